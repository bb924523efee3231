using System.Globalization;
using System.Text.Json;
using Engine.Dsp.Audio;
using Engine.Pipeline;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary><c>engine predict --timeline</c> with a model of songs of one second.</summary>
public sealed class TimelineCommandTests : IClassFixture<CorpusFixture>, IDisposable
{
    private readonly CorpusFixture _corpus;
    private readonly TemporaryFolder _folder = new();
    private readonly string _song;

    public TimelineCommandTests(CorpusFixture corpus)
    {
        _corpus = corpus;
        _song = _folder["two.wav"];
        // Three seconds of each of two genres, from songs that the model was trained on.
        string[] parts = [.. new[] { "ironriff", "moondub" }.SelectMany(g => new[] { 0, 1, 2 }.Select(i => Trained(g, i)))];
        WavWriter.Write(_song, new([.. parts.SelectMany(p => AudioFile.Read(p).Samples)], 22050));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Table_TwoGenres_ShowsWhereTheyChange()
    {
        var lines = Run("--hop", "0.5").Succeeds().TrimEnd().Split('\n');
        Assert.Equal($"{_song}  (11 windows of 1 s, one every 0.5 s)", lines[0]);
        string[] Cells(int line) => lines[line].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["from", "to", "genre", "score"], Cells(1));
        Assert.Equal(4, lines.Length);
        Assert.Equal(["0:00.0", "ironriff"], [Cells(2)[0], Cells(2)[2]]);
        Assert.Equal(["0:06.0", "moondub"], [Cells(3)[1], Cells(3)[2]]);
        Assert.Equal(Cells(2)[1], Cells(3)[0]);
        Assert.InRange(double.Parse(Cells(3)[0][2..], CultureInfo.InvariantCulture), 2.5, 3.5);
    }

    [Fact]
    public void Csv_HasALinePerWindow()
    {
        var other = Trained("glasspulse", 0);
        var lines = EngineRun.Of("predict", _corpus.Run, _song, other, "--timeline", "--format", "csv", "--no-cache").Succeeds()
            .TrimEnd().Split('\n');
        using var model = GenreModel.Load(_corpus.Run);
        Assert.Equal($"file,start,end,label,{string.Join(',', model.Labels.Select(l => $"score_{l}"))}," +
            "leaky,trained_on,bandwidth_hz,lacks_band,error,made_by", lines[0]);
        Assert.Equal(8, lines.Length);
        var windows = model.Timeline(_song).Windows;
        for (var w = 0; w < 6; w++)
        {
            var numbers = windows[w].Probabilities.Select(p => p.ToString("R", CultureInfo.InvariantCulture));
            Assert.StartsWith($"{_song},{w},{w + 1},{windows[w].Label},{string.Join(',', numbers)},no,no,11025,no,,",
                lines[w + 1]);
        }

        Assert.StartsWith($"{other},0,1,", lines[7]);
    }

    [Fact]
    public void Json_HasWindowsAndSegments()
    {
        using var json = JsonDocument.Parse(Run("--json", "--window", "2", "--hop", "1").Succeeds());
        var song = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal(_song, song.GetProperty("file").GetString());
        using var model = GenreModel.Load(_corpus.Run);
        var expected = model.Timeline(_song, hop: 1, window: 2);
        Assert.Equal(expected.Labels, song.GetProperty("labels").EnumerateArray().Select(l => l.GetString()));
        Assert.Equal(
            expected.Segments.Select(s => (s.Start, s.End, s.Label, s.Probability)),
            song.GetProperty("segments").EnumerateArray().Select(s => (s.GetProperty("start").GetDouble(),
                s.GetProperty("end").GetDouble(), s.GetProperty("genre").GetString()!, s.GetProperty("score").GetDouble())));
        var windows = song.GetProperty("windows").EnumerateArray().ToArray();
        Assert.Equal(5, windows.Length);
        Assert.Equal((2, 4), (windows[2].GetProperty("start").GetDouble(), windows[2].GetProperty("end").GetDouble()));
        Assert.Equal(expected.Windows[2].Label, windows[2].GetProperty("genre").GetString());
        Assert.Equal(expected.Windows[2].Probabilities,
            windows[2].GetProperty("scores").EnumerateArray().Select(p => p.GetDouble()));
        Assert.False(song.GetProperty("leaky").GetBoolean());
    }

    [Fact]
    public void Folder_BadFileSkipped_LeavesTheOthers()
    {
        File.WriteAllText(_folder["bad.wav"], "this is not audio");
        WavWriter.Write(_folder["mute.wav"], new(new float[22050], 22050));
        var run = EngineRun.Of("predict", _corpus.Run, _folder[""], "--timeline", "--no-cache");
        Assert.Equal(1, run.Code);
        Assert.StartsWith(_song, run.Output);
        Assert.Contains("2 of 3 recordings were skipped", run.Error);
        Assert.Contains("silent", run.Error);
        File.Delete(_song);
        run = EngineRun.Of("predict", _corpus.Run, _folder[""], "--timeline", "--no-cache");
        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("none of 2", run.Error);
    }

    [Fact]
    public void BadInput_IsRefused()
    {
        Run("--hop", "-1").IsRefused("--hop: '-1'");
        Run("--hop", "0").IsRefused("--hop: '0'");
        Run("--window", "NaN").IsRefused("--window: 'NaN'");
        Run("--window", "0.05").IsRefused("need at least 2048");
        Run("--top", "2").IsRefused("--top", "leave it out");
        Run("--unknown-below", "0.5").IsRefused("--unknown-below", "leave it out");
        Run("--sort-into", _folder["sorted"]).IsRefused("--sort-into", "leave --timeline out");
        Run("--format", "m3u", "--out", _folder["lists"]).IsRefused("--format m3u", "leave --timeline out");
        EngineRun.Of("predict", _corpus.Run, _song, "--hop", "1", "--no-cache").IsRefused("--hop", "--timeline");
        EngineRun.Of("predict", _corpus.Run, _song, "--window", "1", "--no-cache").IsRefused("--window", "--timeline");
        WavWriter.Write(_folder["mute.wav"], new(new float[22050], 22050));
        EngineRun.Of("predict", _corpus.Run, _folder["mute.wav"], "--timeline", "--no-cache").IsRefused("mute.wav", "silent");
        File.WriteAllText(_folder["table.csv"], "filename,label\n");
        EngineRun.Of("predict", _corpus.Run, _folder["table.csv"], "--timeline").IsRefused("table.csv", "have no time");
    }

    private EngineRun Run(params string[] options) =>
        EngineRun.Of(["predict", _corpus.Run, _song, "--timeline", "--no-cache", .. options]);

    // The nth song of a genre that the model was trained on; one song in five was held out.
    private string Trained(string genre, int n)
    {
        var use = JsonDocument.Parse(File.ReadAllText(Path.Combine(_corpus.Run, "run.json"))).RootElement.GetProperty("rows")
            .EnumerateArray().Where(r => r.GetProperty("label").GetString() == genre
                && r.GetProperty("use").GetString() == "train").ElementAt(n);
        return Path.Combine(_corpus.Corpus, genre, $"{use.GetProperty("track").GetString()}.wav");
    }
}
