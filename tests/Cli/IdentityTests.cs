using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.Pipeline.Data;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>A track is the same from a folder, a table, its windows and lists, whatever the songs are called.</summary>
public sealed partial class IdentityTests : IClassFixture<CorpusFixture>, IDisposable
{
    private const int Songs = 4;
    private static readonly string[] s_genres = ["amberwaltz", "brasswalk", "ironriff"];
    private readonly TemporaryFolder _folder = new();

    public IdentityTests(CorpusFixture corpus)
    {
        foreach (var genre in s_genres)
        {
            Directory.CreateDirectory(_folder["own", genre]);
            for (var n = 0; n < Songs; n++)
                File.Copy(Path.Combine(corpus.Corpus, genre, $"{genre}.{n:00000}.wav"), _folder["own", genre, Name(n)]);
        }
    }

    public void Dispose() => _folder.Dispose();

    // Songs of the same names in every genre, with a dot, a number and a letter beyond ASCII.
    private static string Name(int n) => n switch { 0 => "No. 5.wav", 1 => "canção.wav", _ => $"my song {n}.wav" };

    [Fact]
    public void Table_OfWindows_KeepsTracksTogetherAsTheFolderDoes()
    {
        Features("w.csv", "--segment", "0.4", _folder["own"]);
        var table = FeatureTable.Read(_folder["w.csv"]);
        Assert.Equal(2 * Songs * s_genres.Length, table.Rows.Count);
        Assert.Equal("amberwaltz/No. 5.wav", table.Rows[0].Track);
        Assert.Equal(57, table.Columns.Count);

        var fromTable = Uses(Train("w.csv", "table", "--split", "kfold:2"));
        var fromFolder = Uses(Train("own", "folder", "--split", "kfold:2", "--set", "front_end.segment=0.4"));
        Assert.Equal(fromFolder, fromTable);
        Assert.All(fromTable.GroupBy(u => u.Track), track => Assert.Single(track.Select(u => u.Use).Distinct()));

        // In another order of rows the same, to the byte.
        var lines = File.ReadAllLines(_folder["w.csv"]);
        File.WriteAllLines(_folder["x.csv"], [lines[0], .. lines[1..].Reverse()]);
        Assert.Equal(fromTable, Uses(Train("x.csv", "reversed", "--split", "kfold:2")));
        Assert.Equal(File.ReadAllBytes(_folder["table", "predictions.csv"]),
            File.ReadAllBytes(_folder["reversed", "predictions.csv"]));
    }

    [Fact]
    public void Table_OfWindowsThatNamesNoTracks_IsRefusedOrLeaky()
    {
        Features("w.csv", "--segment", "0.4", _folder["own"]);
        var text = WindowNumber().Replace(WithoutTracks("w.csv"), "_$1.wav,");
        File.WriteAllText(_folder["w.csv"], text);
        foreach (var split in new[] { "stratified", "kfold:2", "holdout:2" })
        {
            Run("train", _folder["w.csv"], "--recipe", "gtzan57-knn", "--split", split, "--out", _folder["run"])
                .IsRefused("only in a number", "Add a column 'track'", split);
        }

        Run("tune", _folder["w.csv"], "--recipe", "gtzan57-knn", "--set",
            """search=[{"path": "classifier.k", "kind": "integer", "low": 1, "high": 2}]""", "--trials", "1", "--out",
            _folder["tuned"]).IsRefused("Add a column 'track'");
        Run("compare", _folder["w.csv"], "--recipes", "gtzan57-knn", "--split", "holdout:2", "--out", _folder["compared"])
            .IsRefused("Add a column 'track'");
        Assert.Contains("LEAKY", Train("w.csv", "run", "--split", "leaky-windows").Succeeds());

        // The column says what is right: each row by itself, or the song of each.
        string[] rows = text.TrimEnd().Split('\n');
        File.WriteAllLines(_folder["rows.csv"], rows.Select((r, i) => $"{r},{(i == 0 ? "track" : r[..r.IndexOf(',')])}"));
        Assert.Contains($"{2 * Songs * s_genres.Length} tracks", Train("rows.csv", "rows").Succeeds());
        File.WriteAllLines(_folder["songs.csv"], rows.Select((r, i) => $"{r},{(i == 0 ? "track" : r[..r.LastIndexOf('_')])}"));
        Assert.Contains($"{Songs * s_genres.Length} tracks in {2 * Songs * s_genres.Length} " +
            "windows", Train("songs.csv", "songs").Succeeds());
    }

    [Fact]
    public void Table_OfWindowsWithoutTheColumn_IsGroupedWhereItIsCertain()
    {
        Features("w.csv", "--segment", "0.4", _folder["own"]);
        File.WriteAllText(_folder["w.csv"], WithoutTracks("w.csv"));
        var output = Train("w.csv", "run").Succeeds();
        Assert.Contains($"{Songs * s_genres.Length} tracks in {2 * Songs * s_genres.Length} windows", output);
        Assert.Matches(@"count\s+as\s+windows\s+of\s+12\s+tracks", output);
    }

    [Fact]
    public void Features_OfFoldersGenresOrFiles_NameTheSameTracks()
    {
        Features("root.csv", _folder["own"]);
        Features("genres.csv", [.. s_genres.Select(g => _folder["own", g])]);
        Features("files.csv", [.. s_genres.SelectMany(g => Enumerable.Range(0, Songs).Select(n => _folder["own", g, Name(n)]))]);
        string[] Tracks(string table) =>
            [.. FeatureTable.Read(_folder[table]).Rows.Select(r => r.Track!).Order(StringComparer.Ordinal)];
        Assert.Equal(Dataset.Open(_folder["own"]).Recordings.Select(r => r.Track.Value).Order(StringComparer.Ordinal),
            Tracks("root.csv"));
        Assert.Equal(Tracks("root.csv"), Tracks("genres.csv"));
        Assert.Equal(Tracks("root.csv"), Tracks("files.csv"));

        Directory.CreateDirectory(_folder["more", "ironriff"]);
        File.Copy(_folder["own", "ironriff", Name(0)], _folder["more", "ironriff", Name(0)]);
        Features("both.csv", _folder["own"], _folder["more"]);
        Assert.Equal(Songs * s_genres.Length + 1, Tracks("both.csv").Distinct().Count());
    }

    [Fact]
    public void Test_TableOfTheSameSongs_LeavesOutWhatWasLearned()
    {
        Train("own", "run").Succeeds();
        Features("t.csv", _folder["own"]);
        Features("w.csv", "--segment", "0.4", _folder["own"]);
        var tested = Uses(_folder["run"]).Count(u => u.Use == "test");
        Assert.Contains($"{Songs * s_genres.Length - tested} rows are of tracks that the model was trained " +
            "on", Run("test", _folder["run"], _folder["t.csv"]).Succeeds());
        foreach (var name in new[] { WithoutTracks("w.csv"), WindowNumber().Replace(WithoutTracks("w.csv"), "_$1.wav,") })
        {
            File.WriteAllText(_folder["w.csv"], name);
            Assert.Contains($"{2 * (Songs * s_genres.Length - tested)} rows are of tracks that the model was trained " +
                "on", Run("test", _folder["run"], _folder["w.csv"]).Succeeds());
            Features("w.csv", "--segment", "0.4", _folder["own"], "--force");
        }
    }

    [Fact]
    public void Test_RunOfBefore_FindsItsTracks()
    {
        foreach (var genre in s_genres)
        {
            for (var n = 0; n < Songs; n++)
                File.Move(_folder["own", genre, Name(n)], _folder["own", genre, $"{genre} {(char)('a' + n)}.wav"]);
        }

        Features("t.csv", _folder["own"]);
        var trained = Train("t.csv", "run").Succeeds();
        var record = File.ReadAllText(_folder["run", "run.json"]);
        foreach (var genre in s_genres) record = record.Replace($"\"{genre}/{genre} ", $"\"{genre} ");
        Assert.Contains("\"track\": \"ironriff a.wav\"", record);
        Assert.Contains("\"track_rule\": 2", record);
        File.WriteAllText(_folder["run", "run.json"], record.Replace("\"track_rule\": 2", "\"track_rule\": 1"));
        Assert.Equal(Accuracy(trained), Accuracy(Run("test", _folder["run"]).Succeeds()));

        static string Accuracy(string output) =>
            output.Split('\n').Single(l => l.StartsWith("accuracy", StringComparison.Ordinal));
    }

    [Fact]
    public void Lists_MatchFoldersTablesAndWindowsAlike()
    {
        Features("t.csv", _folder["own"]);
        Features("w.csv", "--segment", "0.4", _folder["own"]);
        File.WriteAllLines(_folder["groups.tsv"],
            s_genres.SelectMany(g =>
                Enumerable.Range(0, Songs)
                    .Select(n => $"{g}/{Name(n).Replace("ç", "c\u0327").Replace("ã", "a\u0303")}\t{g} {n / 2}")));
        var split = $"groups:{_folder["groups.tsv"]}";
        var tracks = Uses(Train("own", "a", "--split", split)).Select(u => (u.Track, u.Use)).ToHashSet();
        Assert.Contains(tracks, t => t.Use == "test");
        Assert.Equal(tracks, Uses(Train("t.csv", "b", "--split", split)).Select(u => (u.Track, u.Use)).ToHashSet());
        Assert.Equal(tracks, Uses(Train("w.csv", "c", "--split", split)).Select(u => (u.Track, u.Use)).ToHashSet());
    }

    [Fact]
    public void Copies_OnBothSides_AreANoteOfTheRun()
    {
        foreach (var n in Enumerable.Range(0, Songs))
            File.Copy(_folder["own", "ironriff", Name(n)], _folder["own", "ironriff", $"{(char)('a' + n)} copy.wav"]);
        var output = Train("own", "run", "--split", "kfold:4").Succeeds();
        Assert.Matches(@"\d\s+tested\s+rows\s+also\s+appear\s+under\s+another\s+name\s+among\s+those\s+learned\s+from", output);
    }

    [Fact]
    public void GenresAt_TwoReadings_AsksAndTakesTheAnswerEverywhere()
    {
        foreach (var genre in s_genres)
        {
            for (var n = 0; n < Songs; n++)
            {
                Directory.CreateDirectory(_folder["lib", genre, $"{genre} artist {n / 2}"]);
                File.Copy(_folder["own", genre, Name(n)], _folder["lib", genre, $"{genre} artist {n / 2}", $"{n:00}.wav"]);
            }
        }

        string[] recipe = ["--recipe", "gtzan57-knn", "--set", "classifier.k=1"];
        string[][] commands =
        [
            ["train", _folder["lib"], .. recipe, "--out", _folder["run"]],
            ["features", _folder["lib"], "--out", _folder["f.csv"]],
            ["tune", _folder["lib"], .. recipe, "--set",
                """search=[{"path": "classifier.k", "kind": "integer", "low": 1, "high": 2}]""", "--trials", "1", "--folds", "2",
                "--out", _folder["tuned"]],
            ["compare", _folder["lib"], "--recipes", "aiml-knn", "--split", "holdout:2", "--out", _folder["compared"]],
            ["test", _folder["run"], _folder["lib"]],
            ["train", _folder["lib"], .. recipe, "--dry-run"],
        ];
        foreach (var command in commands)
        {
            Run(command).IsRefused("--genres-at top or --genres-at parent");
            Run([.. command, "--genres-at", "top"]).Succeeds();
        }

        Assert.Equal(s_genres, FeatureTable.Read(_folder["f.csv"]).Rows.Select(r => r.Label).Distinct());
        Assert.Equal("amberwaltz/amberwaltz artist 0/00.wav", FeatureTable.Read(_folder["f.csv"]).Rows[0].Track);
        Run("test", _folder["run"]).Succeeds();
        Run("test", _folder["run"], "--genres-at", "top").IsRefused("--genres-at");
        Run("train", _folder["f.csv"], "--recipe", "gtzan57-knn", "--out", _folder["g"], "--genres-at", "top")
            .IsRefused("f.csv", "leave --genres-at out");
        Run("features", _folder["lib"], "--set", "mel", "--out", _folder["f.npz"], "--genres-at", "top").IsRefused("--genres-at");
        Run("features", _folder["lib"], "--set", "mel", "--out", _folder["f.npz"]).Succeeds();
    }

    [Fact]
    public void Predict_Table_LabelsItsRowsAsTheRecordings()
    {
        Train("own", "run").Succeeds();
        Features("t.csv", _folder["own"]);
        var expected = Csv(Run("predict", _folder["run"], _folder["own"], "--format", "csv").Succeeds());
        Assert.Equal(expected, Csv(Run("predict", _folder["run"], _folder["t.csv"], "--format", "csv").Succeeds()));
        var lines = File.ReadAllLines(_folder["t.csv"]);
        File.WriteAllLines(_folder["bare.csv"], lines.Select(l => l[..l.LastIndexOf(',')]));
        Assert.Equal(expected, Csv(Run("predict", _folder["run"], _folder["bare.csv"], "--format", "csv").Succeeds()));
        Assert.Equal(lines.Length, Run("predict", _folder["run"], _folder["bare.csv"]).Succeeds().TrimEnd().Split('\n').Length);
        File.WriteAllText(_folder["bare.tsv"], File.ReadAllText(_folder["bare.csv"]).Replace(',', '\t'));
        Assert.Equal(expected, Csv(Run("predict", _folder["run"], _folder["bare.tsv"], "--format", "csv").Succeeds()));
        using var json = JsonDocument.Parse(Run("predict", _folder["run"], _folder["bare.csv"], _folder["own"], "--json")
            .Succeeds());
        Assert.Equal(2 * (lines.Length - 1), json.RootElement.GetArrayLength());

        File.WriteAllText(_folder["bare.csv"], File.ReadAllText(_folder["bare.csv"]).Replace("tempo", "speed")
            .Replace("rms_mean", "loud"));
        Run("predict", _folder["run"], _folder["bare.csv"]).IsRefused("bare.csv", "column 'rms_mean' is missing, as are 1 " +
            "more (tempo)");

        static string[] Csv(string text) => [.. text.TrimEnd().Split('\n')
            .Select(l => string.Join(',', l.Split(',')[1..8]))]; // a table tells nothing of the sound
    }

    [LinuxFact]
    public void Predict_NameInLatin1_IsSkippedWithTheCause()
    {
        Train("own", "run").Succeeds();
        var bad = _folder["own", "ironriff"] + "/caf\u00E9.wav";
        Posix.CopyToLatin1(_folder["own", "ironriff", Name(2)], bad);
        try
        {
            var skipping = Run("predict", _folder["run"], _folder["own"]);
            Assert.Equal(1, skipping.Code);
            Assert.Contains("is not UTF-8", skipping.Error);
            Assert.Contains("1 of 13 recordings were skipped", skipping.Error);
            Run("features", _folder["own"], "--set", "mel", "--out", _folder["f.npz"]).IsRefused("is not UTF-8");
        }
        finally
        {
            Posix.RemoveLatin1(bad);
        }
    }

    private static EngineRun Run(params string[] arguments) =>
        EngineRun.Of(arguments[0] is "tune" or "train" or "test" or "compare" or "predict" or "features"
            ? [.. arguments, "--no-cache"] : arguments);

    private EngineRun Train(string data, string run, params string[] more) =>
        Run(["train", _folder[data], "--recipe", "gtzan57-knn", "--set", "classifier.k=1", "--out", _folder[run], .. more]);

    private void Features(string table, params string[] arguments) =>
        Run(["features", .. arguments, "--out", _folder[table]]).Succeeds();

    // The column after the file name.
    private string WithoutTracks(string table) => TrackField().Replace(File.ReadAllText(_folder[table]), "$1,");

    private (string Name, string Track, string Use)[] Uses(EngineRun trained)
    {
        var output = trained.Succeeds();
        return Uses(output[(output.LastIndexOf("run folder", StringComparison.Ordinal) + 10)..].Split('\n')[0].Trim());
    }

    private static (string Name, string Track, string Use)[] Uses(string run) =>
        [.. RunRecord.Load(run).Rows.Select(r => (r.Name, r.Track, r.Use))];

    [GeneratedRegex(@"\.(\d)\.wav,")]
    private static partial Regex WindowNumber();

    [GeneratedRegex("^([^,\n]*),[^,\n]*,", RegexOptions.Multiline)]
    private static partial Regex TrackField();
}
