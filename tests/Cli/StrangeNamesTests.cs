using System.Globalization;
using System.Text.Json;
using CsvHelper;
using Engine.Cli;
using Engine.Cli.Text;
using Engine.Pipeline.Data;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Classifiers;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>
/// Whatever strangers call their files, genres and recipes: no terminal obeys it, and files give back the same names.
/// </summary>
public sealed class StrangeNamesTests : IDisposable
{
    private static readonly string[] s_genres = ["\u001b[31mred\u001b[0m", "line\nfeed", "\u202egpj.exe <script>alert(1)<b>"];

    private static readonly string[] s_tracks =
    [
        "\u001b]0;title\u0007", "=cmd|' C'!A0", "a,\"quoted\",b", "new\nline", "carriage\rreturn", "tab\tbed", "\u009b31m",
        "\u2066hidden\u2069",
        "[red]markup[bold]", "'; rm -rf ~ #", "@SUM(A1)", "line\u2028separator", new string('é', 120), "-dash", "back\\slash",
        "\u200f",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly List<EngineRun> _runs = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryCommand_StrangeNames_ShowsThemAndKeepsThem()
    {
        if (OperatingSystem.IsWindows()) return;
        var names = WriteCorpus();
        string[] common = ["--seed", "1", "--no-cache"];
        Run("features", _folder["corpus"], "--out", _folder["f.csv"], "--no-cache");
        Assert.Equal(names.Select(n => (n.Track, n.Genre)).Order(), FeatureTable.Read(_folder["f.csv"])
            .Rows.Select(r => (r.FileName, r.Label)).Order());

        Run(["train", _folder["corpus"], "--recipe", "gtzan57-knn", "--out", _folder["run"], .. common]);
        Run(["test", _folder["run"], "--no-cache"]);
        Run(["test", _folder["run"], "--json", "--no-cache"]);
        Assert.Equal(s_genres.Order(StringComparer.Ordinal), RunRecord.Load(_folder["run"]).Labels.Order(StringComparer.Ordinal));
        foreach (var row in Table(File.ReadAllText(_folder["run", "predictions.csv"])))
        {
            Assert.Contains(row["label"], s_genres);
            Assert.Contains(names, n => row["path"] == $"{n.Genre}/{n.Track}");
        }

        Run("predict", _folder["run"], _folder["corpus"], "--no-cache");
        using var json = JsonDocument.Parse(Run("predict", _folder["run"], _folder["corpus"], "--json", "--no-cache").Output);
        Assert.Equal(names.Select(n => n.Path).Order(StringComparer.Ordinal), json.RootElement.EnumerateArray()
            .Select(e => e.GetProperty("file").GetString()!).Order(StringComparer.Ordinal));
        var exact = EngineRun.Of("predict", _folder["run"], _folder["corpus"], "--format", "csv", "--no-cache").Succeeds();
        Assert.Equal(names.Select(n => n.Path).Order(StringComparer.Ordinal), Table(exact).Select(r => r["file"])
            .Order(StringComparer.Ordinal));

        Run(["compare", _folder["corpus"], "--recipes", $"gtzan57-knn,{StrangeRecipe()}", "--split", "holdout:2", "--out",
            _folder["compared"], .. common]);
        AssertSafe(File.ReadAllText(_folder["compared", "compare.md"]));
        Assert.DoesNotContain("<script>", File.ReadAllText(_folder["compared", "compare.md"]));
        const string Search = """search=[{"path": "classifier.k", "kind": "integer", "low": 1, "high": 3}]""";
        Run(["tune", _folder["corpus"], "--recipe", "gtzan57-knn", "--set", Search, "--trials", "2", "--folds", "2", "--out",
            _folder["tuned"], .. common]);
        Run("cache", "ls");
        Run("summary", StrangeNetwork());
    }

    [Fact]
    public void Errors_StrangeNames_AreOneOrTwoLines()
    {
        if (OperatingSystem.IsWindows()) return;
        WriteCorpus();
        foreach (var track in s_tracks)
        {
            var broken = _folder["corpus", s_genres[0], $"{track}.broken.wav"];
            File.WriteAllText(broken, "not audio");
            var fails = Refused("train", _folder["corpus"], "--recipe", "gtzan57-knn", "--out", _folder["none"], "--no-cache");
            Assert.Contains(Visible.Line(track), fails);
            Refused("predict", _folder["none"] + track, broken);
            Refused("recipes", track);
            Refused("test", track, "--" + track);
            File.Delete(broken);
        }

        File.WriteAllText(_folder["corpus", s_genres[1], "\u001b[2Jbroken\n.wav"], "not audio");
        Run("train", _folder["corpus"], "--recipe", "gtzan57-knn", "--on-error", "skip", "--out", _folder["run"], "--no-cache");
    }

    [Theory]
    [InlineData("plain ß 音楽 \U0001f469\u200d\U0001f3a4", "plain ß 音楽 \U0001f469\u200d\U0001f3a4")]
    [InlineData("\u001b[31m\u007f\u0085\u202e", "\\u001b[31m\\u007f\\u0085\\u202e")]
    [InlineData("a\r\nb\tc\rd", "a\\r\\nb\\tc\\u000dd")]
    [InlineData("\U000e0041\ufeff\u2028", "\\udb40\\udc41\\ufeff\\u2028")]
    public void Line_Characters_AreShownOrMadeVisible(string name, string shown) => Assert.Equal(shown, Visible.Line(name));

    [Fact]
    public void Line_HalfOfAPair_IsAReplacement() => Assert.Equal("a\ufffdb\ufffd", Visible.Line("a\ud800b\udc00"));

    [Fact]
    public void Text_LineFeedsAndTabs_Stay() => Assert.Equal("a\r\nb\tc\\u001b\n", Visible.Text("a\r\nb\tc\u001b\n"));

    [Theory]
    [InlineData("runs/a-1.b", "runs/a-1.b")]
    [InlineData("my run", "'my run'")]
    [InlineData("it's; rm -rf ~", "'it'\\''s; rm -rf ~'")]
    [InlineData("a\u001b'\n", "$'a\\u001b\\'\\n'")]
    public void Argument_ForAShell_IsOneWord(string path, string word) => Assert.Equal(word, Visible.Argument(path));

    [Fact]
    public void Csv_OnATerminal_IsMadeVisible()
    {
        using var output = new StringWriter();
        var session = new Session(output, TextWriter.Null, outputIsTerminal: true, errorIsTerminal: false,
            CancellationToken.None);
        session.WriteExactly("\u001b[31m,1\n");
        Assert.Equal("\\u001b[31m,1\n", output.ToString());
    }

    private List<(string Genre, string Track, string Path)> WriteCorpus()
    {
        var names = new List<(string, string, string)>();
        for (var g = 0; g < s_genres.Length; g++)
        {
            Directory.CreateDirectory(_folder["corpus", s_genres[g]]);
            for (var t = 0; t < s_tracks.Length; t++)
            {
                var name = $"{s_tracks[t]}{g}.wav";
                PipelineCorpus.WriteWav(_folder["corpus", s_genres[g], name],
                    PipelineCorpus.Clip(PipelineCorpus.Genres[g], t, 0.3));
                names.Add((s_genres[g], name, _folder["corpus", s_genres[g], name]));
            }
        }

        return names;
    }

    private string StrangeRecipe()
    {
        var recipe = RecipeCatalog.Get("aiml-knn") with
        {
            Name = "a|b <script> \u202e`x`",
            Description = "\u001b[31m\nwith a\ttab"
        };
        File.WriteAllText(_folder["strange.json"], recipe.ToJson());
        return _folder["strange.json"];
    }

    private string StrangeNetwork()
    {
        var recipe = RecipeCatalog.Get("cortis-cnn-mfcc") with { Name = "\u001b[31m\nnet" };
        File.WriteAllText(_folder["network.json"], recipe.ToJson());
        return _folder["network.json"];
    }

    private EngineRun Run(params string[] arguments)
    {
        var run = EngineRun.Of(arguments);
        run.Succeeds();
        _runs.Add(run);
        AssertSafe(run.Output);
        AssertSafe(run.Error);
        return run;
    }

    private static string Refused(params string[] arguments)
    {
        var run = EngineRun.Of(arguments);
        Assert.NotEqual(CommandLine.Done, run.Code);
        AssertSafe(run.Error);
        Assert.InRange(run.Error.TrimEnd().Split('\n').Length, 1, 2);
        return run.Error;
    }

    private static void AssertSafe(string text) => Assert.DoesNotContain(text, c => c is not ('\n' or '\u200c' or '\u200d')
        && char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator);

    private List<Dictionary<string, string>> Table(string text)
    {
        File.WriteAllText(_folder["read.csv"], text);
        using var csv = CsvReader.FromFile(_folder["read.csv"], new CsvReaderOptions { Separator = ',' });
        var headers = csv.Headers.ToArray();
        var rows = new List<Dictionary<string, string>>();
        while (csv.Read()) rows.Add(headers.Select((h, i) => (h, csv.GetString(i))).ToDictionary(f => f.h, f => f.Item2));
        return rows;
    }
}
