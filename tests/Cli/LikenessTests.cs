using System.Globalization;
using System.Text.Json;
using Engine.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary><c>engine similar</c> and <c>engine cluster</c>. Figures are NumPy 1.24's.</summary>
public sealed class LikenessTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>, IDisposable
{
    private const string Rows = """
        filename,a,b,artist
        zero.wav,0,0,Ann
        one.wav,1,0,Ann
        two.wav,0,10,Bob
        three.wav,5,5,
        four.wav,1,1,bob
        five.wav,4,40,Cid
        six.wav,5,44,
        seven.wav,4.5,41,Cid
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Table()
    {
        File.WriteAllText(_folder["f.csv"], Rows);
        return _folder["f.csv"];
    }

    private IEnumerable<string> Songs() =>
        Directory.GetFiles(corpus.Corpus, "*.wav", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    private static (string Song, double Distance)[] Similar(params string[] arguments)
    {
        using var json = JsonDocument.Parse(EngineRun.Of(["similar", .. arguments, "--json"]).Succeeds());
        return [.. json.RootElement.GetProperty("similar").EnumerateArray()
            .Select(s => (s.GetProperty("song").GetString()!, s.GetProperty("distance").GetDouble()))];
    }

    [Fact]
    public void Similar_OfATable_AreTheNearestByEitherDistance()
    {
        var euclidean = Similar("zero.wav", Table(), "--top", "7");
        Assert.Equal(["one.wav", "four.wav", "two.wav", "three.wav", "five.wav", "seven.wav", "six.wav"],
            euclidean.Select(s => s.Song));
        double[] expected = [0.473257, 0.476205, 0.529082, 2.381025, 2.839437, 3.039906, 3.319444];
        Assert.All(euclidean.Zip(expected), p => Assert.Equal(p.Second, p.First.Distance, 6));
        var cosine = Similar("zero.wav", Table(), "--top", "3", "--metric", "cosine");
        Assert.Equal([("four.wav", 0.023286), ("one.wav", 0.029823), ("two.wav", 0.055382)],
            cosine.Select(s => (s.Song, Math.Round(s.Distance, 6))));
    }

    [Fact]
    public void Similar_UniqueArtist_ListsEachOnce()
    {
        var songs = Similar("zero.wav", Table(), "--top", "4", "--unique-artist").Select(s => s.Song);
        Assert.Equal(["four.wav", "three.wav", "five.wav", "six.wav"], songs);
        var few = EngineRun.Of("similar", "zero.wav", Table(), "--unique-artist", "--format", "csv");
        Assert.Contains("only 4 other songs by different artists", few.Error);
        Assert.Equal("rank,distance,song,artist", few.Succeeds().Split('\n')[0]);
    }

    [Fact]
    public void Similar_OfRecordings_LeavesTheSongItselfOut()
    {
        string[] songs = [.. Songs()];
        File.Copy(songs[0], _folder["copy.wav"]);
        var found = Similar(_folder["copy.wav"], corpus.Corpus, "--top", "60");
        Assert.Equal(songs.Length - 1, found.Length);
        Assert.DoesNotContain(songs[0], found.Select(f => f.Song));
        Assert.Equal(found.Select(f => f.Distance).Order(), found.Select(f => f.Distance));
        Assert.Equal(found[..5], Similar(songs[0], corpus.Corpus, "--top", "5"));

        // The table of the same features gives the same.
        EngineRun.Of("features", corpus.Corpus, "--out", _folder["f.csv"]).Succeeds();
        var names = Similar(songs[0], _folder["f.csv"], "--top", "6")[1..];
        Assert.Equal(found[..5].Select(f => Path.GetFileName(f.Song)), names.Select(f => f.Song));
        Assert.All(found.Zip(names), p => Assert.Equal(p.First.Distance, p.Second.Distance, 6));

        EngineRun.Of("similar", songs[0], corpus.Corpus, "--format", "m3u", "--top", "2", "--out", _folder["p.m3u8"]).Succeeds();
        string[] lines = File.ReadAllLines(_folder["p.m3u8"]);
        Assert.Equal("#EXTM3U", lines[0]);
        Assert.Equal(found[..2].Select(f => Path.GetFullPath(f.Song)),
            lines[1..].Select(l => Path.GetFullPath(Path.Combine(_folder.Path, l))));
        EngineRun.Of("similar", songs[0], corpus.Corpus, "--out", _folder["p.m3u8"]).IsRefused("exists");
        Assert.Equal(3, Similar(songs[0], corpus.Corpus, "--top", "3", "--recipe", "gtzan57-svm").Length);
    }

    [Fact]
    public void Similar_OfAManifest_KnowsItsArtists()
    {
        string[] songs = [.. Songs().Take(12)];
        File.WriteAllLines(_folder["m.csv"],
            ["path,genre,artist", .. songs.Select((s, i) => $"{s},any,{(i < 10 ? "Ann" : "Bob")}")]);
        Assert.Equal(11, Similar(songs[0], _folder["m.csv"], "--top", "11").Length);
        var alone = Assert.Single(Similar(songs[10], _folder["m.csv"], "--top", "2", "--unique-artist"));
        Assert.InRange(Array.IndexOf(songs, alone.Song), 0, 9);
    }

    [Fact]
    public void Similar_UnusableRecording_IsListedAndLeftOut()
    {
        Directory.CreateDirectory(_folder["songs"]);
        foreach (var song in Directory.GetFiles(corpus.Corpus, "*.00000.wav", SearchOption.AllDirectories)[..3])
            File.Copy(song, _folder["songs", Path.GetFileName(song)]);
        File.WriteAllText(_folder["songs", "broken.wav"], "no audio");
        var first = Directory.GetFiles(_folder["songs"]).Order(StringComparer.Ordinal).Last();
        var run = EngineRun.Of("similar", first, _folder["songs"]);
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Contains("skipped: ", run.Error);
        Assert.Contains("broken.wav", run.Error);
        EngineRun.Of("similar", first, _folder["songs"], "--on-error", "fail").IsRefused("broken.wav");
    }

    [Fact]
    public void Cluster_OfATable_IsTheBestPartition()
    {
        EngineRun.Of("cluster", Table(), "--k", "2", "--out", _folder["c.csv"]).Succeeds();
        var lines = File.ReadAllLines(_folder["c.csv"]).Select(l => l.Split(',')).ToArray();
        Assert.Equal(["song", "cluster", "distance"], lines[0]);
        var distances = lines[1..].ToDictionary(l => l[0], l => double.Parse(l[2], CultureInfo.InvariantCulture));
        Assert.Equal(0.254098, distances["four.wav"], 6);
        Assert.Equal(1.46576, distances["three.wav"], 6);
        var sides = lines[1..].GroupBy(l => l[1]).Select(g => string.Join(' ', g.Select(l => l[0])))
            .Order(StringComparer.Ordinal);
        Assert.Equal(["four.wav zero.wav one.wav two.wav", "seven.wav five.wav six.wav three.wav"], sides);
        using var json = JsonDocument.Parse(EngineRun.Of("cluster", Table(), "--k", "2", "--json").Succeeds());
        Assert.Equal(0.67524002, json.RootElement.GetProperty("silhouette").GetDouble(), 8);
        var table = EngineRun.Of("cluster", Table(), "--k", "2").Succeeds();
        Assert.Contains("four.wav, ", table);
        Assert.Contains("0.675", table);
        Assert.Contains("none", EngineRun.Of("cluster", Table(), "--k", "8").Succeeds());
    }

    [Fact]
    public void Cluster_Playlists_HoldEverySongOnce()
    {
        EngineRun.Of("cluster", corpus.Corpus, "--k", "10", "--m3u", _folder["moods"]).Succeeds();
        var files = Directory.GetFiles(_folder["moods"]).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(10, files.Length);
        Assert.Equal("cluster-01.m3u8", Path.GetFileName(files[0]));
        var songs = files.SelectMany(f => File.ReadAllLines(f)[1..])
            .Select(l => Path.GetFullPath(Path.Combine(_folder["moods"], l)));
        Assert.Equal(Songs(), songs.Order(StringComparer.Ordinal));
        EngineRun.Of("cluster", corpus.Corpus, "--k", "10", "--m3u", _folder["moods"]).IsRefused("not empty");
    }

    [Theory]
    [InlineData("there is no such recording", "similar", "none.wav", "{corpus}")]
    [InlineData("has no song of that name", "similar", "none.wav", "{table}")]
    [InlineData("no such", "similar", "none.wav", "{missing}")]
    [InlineData("names no files", "similar", "zero.wav", "{table}", "--format", "m3u")]
    [InlineData("leave one of them out", "similar", "zero.wav", "{table}", "--set", "mfcc", "--recipe", "gtzan57-svm")]
    [InlineData("windows of audio or Gaussians", "similar", "zero.wav", "{table}", "--recipe", "aiml-knn")]
    [InlineData("windows of audio or Gaussians", "cluster", "{corpus}", "--k", "2", "--recipe", "cs464-svm")]
    [InlineData("leave --columns out", "cluster", "{corpus}", "--k", "2", "--columns", "a")]
    [InlineData("leave it out", "cluster", "{table}", "--k", "2", "--columns", "a", "--set", "mfcc")]
    [InlineData("leave it out", "cluster", "{manifest}", "--k", "2", "--columns", "a")]
    [InlineData("--k is missing", "cluster", "{table}")]
    [InlineData("8 songs cannot be 9 clusters", "cluster", "{table}", "--k", "9")]
    [InlineData("leave --m3u out", "cluster", "{table}", "--k", "2", "--m3u", "x")]
    [InlineData("--force: it needs", "cluster", "{table}", "--k", "2", "--force")]
    [InlineData("--force: it needs", "similar", "zero.wav", "{table}", "--force")]
    public void Likeness_OptionsThatDoNotFit_AreRefused(string message, params string[] arguments)
    {
        var table = Table();
        File.WriteAllText(_folder["m.csv"], $"path,genre\n{Songs().First()},x\n");
        EngineRun.Of([.. arguments.Select(a => a.Replace("{corpus}", corpus.Corpus, StringComparison.Ordinal)
            .Replace("{table}", table, StringComparison.Ordinal)
            .Replace("{manifest}", _folder["m.csv"], StringComparison.Ordinal)
            .Replace("{missing}", _folder["missing"], StringComparison.Ordinal))]).IsRefused(message);
    }
}
