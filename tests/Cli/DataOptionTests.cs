using System.Text.Json;
using Engine.Pipeline.Runs;
using Engine.Tensors;
using Engine.Tests.Classifiers;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>Manifests and tables as people have them, from the command line to the run and back.</summary>
public sealed class DataOptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Two songs an artist; the manifest is that of engine scan.
    private string Songs(int tracks = 6)
    {
        PipelineCorpus.WriteAudio(_folder["music"], tracks);
        var lines = PipelineCorpus.Genres.SelectMany(g => Enumerable.Range(0, tracks).Select(t =>
            $"music/{g}/{g}.{t:00000}.wav,{g},{(t == 5 ? "" : $"The {g} {t / 2}")},Album,Song {t},1,22050,1,wav"));
        File.WriteAllLines(_folder["songs.csv"],
            lines.Prepend("path,genre,artist,album,title,duration,sample_rate,channels,format"));
        return _folder["songs.csv"];
    }

    private EngineRun Train(string data, string run, params string[] more) =>
        EngineRun.Of(["train", data, "--recipe", "gtzan57-knn", "--set", "classifier.k=1", "--out", _folder[run], "--no-cache",
            .. more]);

    [Fact]
    public void Train_ScannedSongs_SplitsByArtistAndIsTestedWhereverItMoves()
    {
        Train(Songs(), "run", "--split", "artists").Succeeds();
        var record = RunRecord.Load(_folder["run"]);
        Assert.StartsWith("artists: every artist on one side", record.Protocol);
        Assert.Contains(record.Notes, n => n.StartsWith("3 of 18 tracks name no artist, such as drone.00005"));
        Assert.Null(record.Reading);
        Assert.Equal(18, record.Rows.Count);
        var sides = record.Rows.ToLookup(r => r.Track[..^1] + (char)('0' + ((r.Track[^1] - '0') / 2)), r => r.Use);
        Assert.All(sides.Where(s => !s.Key.EndsWith('2')), side => Assert.Single(side.Distinct()));

        var own = JsonDocument.Parse(EngineRun.Of("test", _folder["run"], "--json", "--no-cache").Succeeds()).RootElement;
        File.Copy(_folder["songs.csv"], _folder["moved.csv"]);
        var moved = EngineRun.Of("test", _folder["run"], _folder["moved.csv"], "--json", "--no-cache").Succeeds();
        Assert.Equal(own.GetProperty("protocol").GetString(),
            JsonDocument.Parse(moved).RootElement.GetProperty("protocol").GetString());
        Assert.Equal(own.GetProperty("log_loss").GetDouble(),
            JsonDocument.Parse(moved).RootElement.GetProperty("log_loss").GetDouble());
        EngineRun.Of("report", _folder["run"]).Succeeds();
    }

    [Fact]
    public void Features_OfAManifest_KeepArtistsAndTracks()
    {
        EngineRun.Of("features", Songs(), "--out", _folder["f.csv"], "--no-cache").Succeeds();
        Assert.StartsWith("filename,artist,length,", File.ReadLines(_folder["f.csv"]).First());
        Train(_folder["f.csv"], "table", "--split", "artists").Succeeds();
        Train(_folder["songs.csv"], "songs", "--split", "artists").Succeeds();
        Assert.Equal(Uses("songs"), Uses("table"));
        EngineRun.Of("features", _folder["music"], "--where", "a=b", "--out", _folder["g.csv"])
            .IsRefused("--where: is for manifests");
    }

    [Fact]
    public void Train_FmaLayout_ReadsItsSplit()
    {
        Fma();
        string[] how = ["--root", _folder["fma_small"], "--where", "set.subset=small"];
        Train(_folder["tracks.csv"], "run", [.. how, "--split", "column"]).Succeeds();
        var record = RunRecord.Load(_folder["run"]);
        Assert.Equal("column: sides given by the data; 9 train, 3 valid, 3 test rows", record.Protocol);
        Assert.Equal((_folder["fma_small"], "set.subset=small"), (record.Reading!.Root, Assert.Single(record.Reading.Where!)));
        Assert.Equal(["train", "train", "train", "valid", "test"],
            record.Rows.Where(r => r.Label == "drone").OrderBy(r => int.Parse(r.Track)).Select(r => r.Use));
        Assert.Contains("column: sides", EngineRun.Of("test", _folder["run"], "--no-cache").Succeeds());
        Assert.Contains($"--root {_folder["fma_small"]} --where ", File.ReadAllText(_folder["run", "report.html"]));
        Train(_folder["tracks.csv"], "named", [.. how, "--split", "column:set.split", "--path-column", "track_id",
            "--label-column", "track.genre_top"]).Succeeds();
        Assert.Equal(record.Rows, RunRecord.Load(_folder["named"]).Rows);
        EngineRun.Of(["train", _folder["tracks.csv"], .. how, "--recipe", "gtzan57-knn", "--dry-run", "--no-cache"]).Succeeds();

        // More is described than there is.
        Train(_folder["tracks.csv"], "no", "--root", _folder["fma_small"], "--split", "column")
            .IsRefused("1 of 16 recordings does not exist: 99999", "--on-error skip", "--where");
        Train(_folder["tracks.csv"], "skip", "--root", _folder["fma_small"], "--split", "column", "--on-error", "skip")
            .Succeeds();
        var skipped = RunRecord.Load(_folder["skip"]);
        Assert.EndsWith("099999.mp3: there is no such file.", Assert.Single(skipped.Skipped).Reason);
        Assert.Equal(["left out 1 row without track.genre_top: 99998"], skipped.Notes);
        EngineRun.Of("test", _folder["skip"], "--no-cache").Succeeds();
        Train(_folder["tracks.csv"], "no").IsRefused("none of the 16 recordings exists: ", "--root", "--columns");
    }

    [Fact]
    public void Train_FmaFeatures_TakeTheirLabelsFromTracks()
    {
        Fma();
        var random = new RandomStream(1, "fma");
        string[] lines = [.. Enumerable.Range(0, 15).Select(i =>
            $"{2 + (137 * i)},{Number(random.NextGaussian() + (i / 5 * 9))},{Number(random.NextGaussian())}")];
        File.WriteAllLines(_folder["features.csv"],
            ["feature,mfcc,mfcc", "statistics,mean,mean", "number,01,02", "track_id,,", .. lines, "99999,0,0", "7,0,0"]);
        var run = Train(_folder["features.csv"], "run", "--labels", _folder["tracks.csv"], "--where", "set.subset=small",
            "--columns", "numeric", "--split", "column");
        Assert.Contains("accuracy    1.000", run.Succeeds());
        Assert.Contains("left out 2 rows without a label", run.Error);
        Assert.Contains("in place of the recipe's features, 2 columns of the table: mfcc.mean.01, mfcc.mean.02",
            RunRecord.Load(_folder["run"]).Notes);
        EngineRun.Of("test", _folder["run"]).Succeeds();
    }

    [Fact]
    public void Spotify_FromTrainingToLabels()
    {
        var table = Spotify();
        var run = Train(table, "run", "--columns", "numeric", "--split", "artists");
        run.Succeeds();
        Assert.Contains("left out 1 track (2 of 92 rows) listed under several genres, such as s03", run.Error);
        var record = RunRecord.Load(_folder["run"]);
        Assert.Equal(90, record.Rows.Count);
        Assert.Contains(record.Notes, n => n.Contains("8 columns of the table: popularity, danceability, energy"));
        Assert.Contains(record.Notes, n => n.StartsWith("left out 1 track", StringComparison.Ordinal));
        Assert.DoesNotContain("s03", record.Rows.Select(r => r.Track));
        EngineRun.Of("test", _folder["run"]).Succeeds();
        EngineRun.Of("test", _folder["run"], table, "--json").Succeeds();

        var labels = EngineRun.Of("predict", _folder["run"], table, "--format", "csv").Succeeds();
        Assert.Equal(94, labels.Trim().Split('\n').Length);
        Assert.StartsWith("s00,", labels.Split('\n')[1]);
        PipelineCorpus.WriteAudio(_folder["music"], 1);
        var audio = EngineRun.Of("predict", _folder["run"], _folder["music", "hiss", "hiss.00000.wav"]);
        Assert.Contains("8 columns of a table (popularity, danceability, energy, …), which are not computed from audio",
            audio.Error);
        Train(_folder["music"], "no", "--columns", "numeric").IsRefused("is not a table");

        Assert.Contains("rows        90 of 90 tracks, 8 columns",
            EngineRun.Of("explore", table, "--columns", "numeric", "--no-boruta").Succeeds());
        EngineRun.Of("plot", table, "--columns", "numeric", "--kind", "pca", "--out", _folder["pca.svg"]).Succeeds();
        var command = "--split artists --seed 1 --columns numeric --out again";
        Assert.Contains(command, File.ReadAllText(_folder["run", "report.html"]));
    }

    [Fact]
    public void Spotify_ComparedAndTuned()
    {
        var table = Spotify();
        var compared = EngineRun.Of("compare", table, "--columns", "danceability,energy,tempo", "--recipes",
            "gtzan57-knn,gtzan57-bayes", "--split", "artists", "--out", _folder["compared"]).Succeeds();
        Assert.Contains("gtzan57-bayes", compared);
        Assert.Contains("--columns danceability,energy,tempo", File.ReadAllText(_folder["compared", "report.html"]));
        EngineRun.Of("tune", table, "--columns", "numeric", "--recipe", "gtzan57-knn", "--set",
            """search=[{"path": "classifier.k", "kind": "integer", "low": 1, "high": 3}]""", "--method", "grid", "--trials", "2",
            "--folds", "2", "--split", "artists", "--out", _folder["tuned"]).Succeeds();
        Assert.Equal("numeric", Assert.Single(RunRecord.Load(_folder["tuned"]).Reading!.Columns!));
    }

    [Fact]
    public void Network_OnATable_ResumesWithItsOptions()
    {
        var table = Spotify();
        File.WriteAllText(_folder["small.json"], PipelineCorpus.SmallNetwork);
        string[] train = ["train", table, "--columns", "numeric", "--recipe", _folder["small.json"], "--split", "artists"];
        EngineRun.Of([.. train, "--out", _folder["whole"]]).Succeeds();
        EngineRun.Of([.. train, "--out", _folder["run"]]).Succeeds();
        // As it is before the last file is written.
        File.Delete(_folder["run", RunFolder.MetricsFile]);
        EngineRun.Of("train", "--resume", "--out", _folder["run"], "--columns", "numeric").IsRefused("leave --columns out");
        EngineRun.Of("train", "--resume", "--out", _folder["run"]).Succeeds();
        Assert.Equal(File.ReadAllText(_folder["whole", "predictions.csv"]), File.ReadAllText(_folder["run", "predictions.csv"]));
    }

    [Theory]
    [InlineData("cs464-lstm", "--columns", "numeric", "recipe cs464-lstm needs audio")]
    [InlineData("cs464-lstm", "--seed", "1", "reads windows of audio; name the folder of the recordings, or a manifest")]
    [InlineData("gtzan57-knn", "--label-column", "mood", "column 'mood' is missing; the header has 15 columns: (unnamed), track")]
    [InlineData("gtzan57-knn", "--columns", "energy,mood", "column 'mood' is missing")]
    [InlineData("gtzan57-knn", "--seed", "1", "--columns numeric")]
    [InlineData("gtzan57-knn", "--genres-at", "top", "is a table, whose genres are in a column; leave --genres-at out")]
    public void Train_SpotifyTable_ErrorsNameTheWayOut(string recipe, string option, string value, string expected) =>
        EngineRun.Of("train", Spotify(), "--recipe", recipe, option, value, "--out", _folder["run"]).IsRefused(expected);

    [Fact]
    public void Train_FolderWithTableOptions_IsRefused()
    {
        PipelineCorpus.WriteAudio(_folder["music"], 1);
        Train(_folder["music"], "run", "--label-column", "genre").IsRefused("is a folder, whose sub-folders are the genres; " +
            "leave --label-column out");
        Train(_folder["music"], "run", "--split", "artists").IsRefused("engine scan MUSIC --out songs.csv");
    }

    private string[] Uses(string run) => [.. RunRecord.Load(_folder[run]).Rows.Select(r => $"{r.Track} {r.Use}").Order()];

    private static string Number(double value) => value.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);

    // Fifteen tracks as FMA stores them, one that is not there, and one without a genre.
    private void Fma()
    {
        var lines = new List<string>();
        for (var i = 0; i < 15; i++)
        {
            var (id, genre) = (2 + (137 * i), PipelineCorpus.Genres[i / 5]);
            Directory.CreateDirectory(_folder["fma_small", $"{id / 1000:000}"]);
            PipelineCorpus.WriteWav(_folder["fma_small", $"{id / 1000:000}", $"{id:000000}.wav"], PipelineCorpus.Clip(genre, i));
            var side = (i % 5) switch { 3 => "validation", 4 => "test", _ => "training" };
            lines.Add($"{id},0,\"A \"\"way\"\"\nof life\",{i / 2},{side},small,{genre}");
        }

        File.WriteAllText(_folder["tracks.csv"], string.Join('\n', [
            ",album,album,artist,set,set,track", ",comments,title,id,split,subset,genre_top", "track_id,,,,,,", .. lines,
            "99999,0,x,9,test,large,drone", "99998,0,x,9,test,small,"]) + "\n");
    }

    // Ninety tracks, one also under another genre, one repeated, one without an artist.
    private string Spotify()
    {
        var random = new RandomStream(1, "spotify");
        var lines = new List<string>();
        for (var i = 0; i < 90; i++)
        {
            var g = i / 30;
            var guest = i % 10 == 0 ? $";Guest {g}" : "";
            lines.Add($"s{i:00},{(i == 50 ? "" : $"Artist {i / 3}{guest}")},Album,Song,{random.NextUInt32() % 100},False," +
                $"{Number(g + random.NextGaussian())},{Number(g - random.NextGaussian())},{i % 12},{Number(-8 + g)}," +
                $"{Number(100 + (20 * g))},4,{200_000 + i},genre{g}");
        }

        lines.Add(lines[3].Replace("genre0", "genre1"));
        lines.Add(lines[5]);
        lines.Add(lines[60].Replace("s60", "s90"));
        File.WriteAllLines(_folder["spotify.csv"], lines.Select((l, i) => $"{i},{l}").Prepend(
            ",track_id,artists,album_name,track_name,popularity,explicit,danceability,energy,key,loudness,tempo,time_signature," +
                "duration_ms,track_genre"));
        return _folder["spotify.csv"];
    }
}
