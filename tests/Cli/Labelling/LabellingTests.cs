using System.Text.Json;
using Engine.Cli;
using Engine.Dsp.Audio;
using Engine.Pipeline;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Labelling;

/// <summary>What <c>engine predict</c> writes, and what it does with the songs.</summary>
public sealed class LabellingTests : IClassFixture<CorpusFixture>, IDisposable
{
    private readonly CorpusFixture _corpus;
    private readonly TemporaryFolder _folder = new();

    public LabellingTests(CorpusFixture corpus) => _corpus = corpus;

    public void Dispose() => _folder.Dispose();

    private string Genre(string name) => Path.Combine(_corpus.Corpus, name);

    [Fact]
    public void JsonLines_HasAnObjectForEachSong_AlsoForABadOne()
    {
        File.WriteAllText(_folder["abad.wav"], "this is not audio");
        File.Copy(Path.Combine(Genre("moondub"), "moondub.00001.wav"), _folder["song.wav"]);
        var run = Predict(_folder.Path, "--format", "jsonl", "--top", "2");
        Assert.Equal(CommandLine.Failed, run.Code);
        var lines = run.Output.TrimEnd().Split('\n').Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal([_folder["abad.wav"], _folder["song.wav"]], lines.Select(l => l.GetProperty("file").GetString()));
        Assert.Contains("not audio", lines[0].GetProperty("error").GetString());
        Assert.False(lines[0].TryGetProperty("genre", out _));
        using var model = GenreModel.Load(_corpus.Run);
        var expected = model.Predict(_folder["song.wav"]);
        Assert.Equal(expected.Label, lines[1].GetProperty("genre").GetString());
        Assert.Equal(expected.Probability, lines[1].GetProperty("score").GetDouble());
        Assert.Equal(expected.Ranked.Take(2).Select(r => r.Label),
            lines[1].GetProperty("ranked").EnumerateArray().Select(r => r.GetProperty("genre").GetString()));
    }

    [Fact]
    public void Csv_BadSong_HasALineWithItsError()
    {
        File.WriteAllText(_folder["bad.wav"], "this is not audio");
        var run = Predict(_folder["bad.wav"], Genre("moondub"), "--format", "csv", "--top", "1");
        Assert.Equal(CommandLine.Failed, run.Code);
        var lines = run.Output.TrimEnd().Split('\n');
        Assert.Equal(7, lines.Length);
        Assert.StartsWith($"{_folder["bad.wav"]},,,no,,,,", lines[1]);
        Assert.Contains("not audio", lines[1]);
    }

    [Fact]
    public void Out_OfAnyFormat_HoldsWhatStandardOutputWould()
    {
        foreach (var (name, format) in new[] { ("a.csv", "csv"), ("a.json", "json"), ("a.jsonl", "jsonl"), ("a.txt", "table") })
        {
            var expected = Predict(Genre("moondub"), "--format", format).Succeeds();
            Assert.Equal($"{_folder[name]}: 5 songs labelled\n", Predict(Genre("moondub"), "--out", _folder[name]).Succeeds());
            Assert.Equal(expected, File.ReadAllText(_folder[name]));
        }
    }

    [Fact]
    public void Songs_TheModelWasTrainedOn_AreSaid()
    {
        var run = Predict(Genre("moondub"), "--format", "csv", "--top", "1");
        var trained = JsonDocument.Parse(File.ReadAllText(Path.Combine(_corpus.Run, "run.json"))).RootElement.GetProperty("rows")
            .EnumerateArray().Where(r => r.GetProperty("use").GetString() == "train")
            .Select(r => r.GetProperty("track").GetString()).ToHashSet();
        foreach (var line in run.Succeeds().TrimEnd().Split('\n').Skip(1))
        {
            var cells = line.Split(',');
            Assert.Equal(trained.Contains(Path.GetFileNameWithoutExtension(cells[0])) ? "yes" : "no", cells[4]);
        }

        Assert.Contains("the model was trained on 4 of them (", run.Error);
        Assert.Contains("trained on", Predict(Genre("moondub")).Succeeds());

        // The same samples in another file, under another name.
        var song = Directory.GetFiles(Genre("moondub")).First(f => trained.Contains(Path.GetFileNameWithoutExtension(f)));
        var copy = AudioFile.Read(song);
        WavWriter.Write(_folder["copy.wav"], copy);
        Assert.Contains("copy.wav: such labels", Predict(_folder["copy.wav"]).Error);
        WavWriter.Write(_folder["other.wav"], new([.. copy.Samples.Select(s => s / 2)], copy.SampleRate));
        Assert.DoesNotContain("trained on", Predict(_folder["other.wav"]).Error);
    }

    [Fact]
    public void Songs_WithoutTheTrainedBand_GetOneWarning()
    {
        foreach (var file in Directory.GetFiles(Genre("ironriff")))
        {
            var narrow = AudioFile.Read(file).Resample(8000).Resample(22050);
            WavWriter.Write(_folder[Path.GetFileName(file)], narrow);
        }

        var run = Predict(_folder.Path, "--format", "csv", "--top", "1");
        foreach (var cells in run.Succeeds().TrimEnd().Split('\n').Skip(1).Select(l => l.Split(',')))
        {
            Assert.InRange(int.Parse(cells[5]), 3500, 4100);
            Assert.Equal("yes", cells[6]);
        }

        var warning = Assert.Single(run.Error.TrimEnd().Split('\n'), l => l.Contains("kHz"));
        Assert.Contains("trained on sound up to 11.0 kHz, which 5 of them (", warning);
        Assert.DoesNotContain("kHz", Predict(Genre("ironriff")).Error);
    }

    [Fact]
    public void UnknownBelow_Scores_AreRefusedWithWhatToTrain() =>
        Predict(Genre("moondub"), "--unknown-below", "0.5").IsRefused("--unknown-below", "scores", "\"calibration\"");

    [Fact]
    public void UnknownBelow_OfACalibratedModel_AnswersUnknown()
    {
        EngineRun.Of("synth", _folder["corpus"], "--tracks", "7", "--seconds", "1").Succeeds();
        EngineRun.Of("train", _folder["corpus"], "--recipe", "gtzan57-svm", "--out", _folder["run"], "--no-cache").Succeeds();
        using var model = GenreModel.Load(_folder["run"]);
        var songs = Directory.GetFiles(Path.Combine(_folder["corpus"], "moondub")).Order(StringComparer.Ordinal).ToArray();
        var expected = songs.Select(s => model.Predict(s)).ToArray();
        var limit = expected.Select(p => p.Probability).Order().ElementAt(3);
        string[] arguments = ["predict", _folder["run"], Path.Combine(_folder["corpus"], "moondub"), "--no-cache",
            "--unknown-below", limit.ToString("R", System.Globalization.CultureInfo.InvariantCulture)];
        var lines = EngineRun.Of([.. arguments, "--format", "csv"]).Succeeds().TrimEnd().Split('\n').Skip(1)
            .Select(l => l.Split(',')).ToArray();
        Assert.Equal(expected.Select(p => p.Probability < limit ? "unknown" : p.Label), lines.Select(l => l[1]));
        Assert.Equal(3, lines.Count(l => l[1] == "unknown"));
        Assert.Equal(expected.Select(p => p.Label), lines.Select(l => l[3]));
        EngineRun.Of([.. arguments, "--sort-into", _folder["sorted"]]).Succeeds();
        Assert.Equal(3, Directory.GetFiles(_folder["sorted", "unknown"]).Length);
        Assert.Contains("unknown", EngineRun.Of([.. arguments]).Succeeds());
    }

    [Fact]
    public void SortInto_LinksOrCopies_AndNeverOverwrites()
    {
        Directory.CreateDirectory(_folder["in", "a"]);
        Directory.CreateDirectory(_folder["in", "b"]);
        var song = Directory.GetFiles(Genre("moondub"))[0];
        using var model = GenreModel.Load(_corpus.Run);
        var genre = model.Predict(song).Label;
        File.Copy(song, _folder["in", "a", "song.wav"]);
        File.Copy(song, _folder["in", "b", "song.wav"]);
        string[] sort = [_folder["in"], "--sort-into", _folder["out"]];
        var dry = Predict([.. sort, "--dry-run"]).Succeeds();
        Assert.False(Directory.Exists(_folder["out"]));
        Assert.Contains("to be linked", dry);

        var output = Predict(sort).Succeeds();
        Assert.Equal([genre, _folder["out", genre], "2", "0"],
            output.TrimEnd().Split('\n')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(_folder["in", "a", "song.wav"], new FileInfo(_folder["out", genre, "song.wav"]).LinkTarget);
        Assert.Equal(_folder["in", "b", "song.wav"], new FileInfo(_folder["out", genre, "song (2).wav"]).LinkTarget);

        // Again: all is there.
        Assert.Equal(["0", "2"], Predict(sort).Succeeds().TrimEnd().Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2..]);
        Assert.Equal(2, Directory.GetFiles(_folder["out", genre]).Length);

        // Copies of the two, which are the same bytes, beside a file that is something else.
        Directory.CreateDirectory(_folder["copies", genre]);
        File.WriteAllText(_folder["copies", genre, "song.wav"], "mine");
        string[] copy = [_folder["in"], "--sort-into", _folder["copies"], "--copy"];
        Predict(copy).Succeeds();
        Predict(copy).Succeeds();
        Assert.Equal("mine", File.ReadAllText(_folder["copies", genre, "song.wav"]));
        Assert.Equal(["song (2).wav", "song (3).wav", "song.wav"],
            Directory.GetFiles(_folder["copies", genre]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(File.ReadAllBytes(song), File.ReadAllBytes(_folder["copies", genre, "song (3).wav"]));
    }

    [Fact]
    public void Playlists_HoldRelativePathsInOrder()
    {
        Directory.CreateDirectory(_folder["music"]);
        var songs = new[] { "b.wav", "#a.wav", "ü.wav" }.Select((name, i) =>
        {
            File.Copy(Path.Combine(Genre("moondub"), $"moondub.0000{i}.wav"), _folder["music", name]);
            return _folder["music", name];
        }).ToArray();
        using var model = GenreModel.Load(_corpus.Run);
        var genres = songs.Select(s => model.Predict(s).Label).ToArray();
        Predict([.. songs, "--format", "m3u", "--out", _folder["lists"]]).Succeeds();
        foreach (var genre in genres.Distinct())
        {
            var expected = songs.Where((_, i) => genres[i] == genre).Select(s => $"../music/{Path.GetFileName(s)}");
            Assert.Equal(["#EXTM3U", .. expected], File.ReadAllLines(_folder["lists", $"{genre}.m3u8"]));
        }

        Assert.Equal(genres.Distinct().Count(), Directory.GetFiles(_folder["lists"]).Length);
        Predict([.. songs, "--format", "m3u", "--out", _folder["lists"]]).IsRefused(_folder["lists"], "not empty", "--force");

        // Beside the songs, a name that would be a comment.
        Predict(songs[1], "--format", "m3u", "--out", _folder["music"], "--force").Succeeds();
        Assert.Equal("./#a.wav", File.ReadAllLines(_folder["music", $"{genres[1]}.m3u8"])[1]);
    }

    [Fact]
    public void Options_ThatContradict_AreRefused()
    {
        var song = Path.Combine(Genre("moondub"), "moondub.00000.wav");
        File.WriteAllText(_folder["there.csv"], "mine");
        Refused(["--copy"], "--copy: it needs --sort-into");
        Refused(["--dry-run"], "--dry-run: it needs --sort-into");
        Refused(["--resume"], "--resume: it needs --out");
        Refused(["--force"], "--force: it needs --out");
        Refused(["--resume", "--force", "--out", _folder["a.csv"]], "--resume", "--force");
        Refused(["--resume", "--out", _folder["a.json"]], "--resume: json", "csv or jsonl");
        Refused(["--format", "m3u"], "--format m3u: it needs --out");
        Refused(["--format", "xml"], "--format: 'xml'", "jsonl");
        Refused(["--json", "--format", "csv"], "--json", "--format csv");
        Refused(["--out", _folder["labels.xyz"]], "labels.xyz", "add --format");
        Refused(["--out", _folder["there.csv"]], "there.csv: exists", "--resume", "--force");
        Refused(["--out", _folder["none", "a.csv"]], "there is no folder");
        Refused(["--out", song, "--format", "csv", "--force"], "is also to be labelled");
        Refused(["--sort-into", _folder["there.csv"]], "--sort-into", "is a file");
        Refused(["--unknown-below", "2"], "--unknown-below: '2'");
        EngineRun.Of("predict", _corpus.Run, _corpus.Corpus, "--sort-into", Path.Combine(_corpus.Corpus, "sorted"))
            .IsRefused("--sort-into", $"lies in {_corpus.Corpus}");
        EngineRun.Of("predict", _corpus.Run, "-", "--sort-into", _folder["sorted"]).IsRefused("-: is no file");
        Assert.Equal("mine", File.ReadAllText(_folder["there.csv"]));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));

        void Refused(string[] options, params string[] parts) => Predict([song, .. options]).IsRefused(parts);
    }

    private EngineRun Predict(params string[] arguments) => EngineRun.Of(["predict", _corpus.Run, .. arguments, "--no-cache"]);
}
