using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Engine.Classifiers;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Plots.Report;
using Engine.Tests.Support;

namespace Engine.Tests.Pages;

public partial class RunPageTests
{
    private static readonly string[] s_genres = ["blues", "jazz", "rock"];

    [Fact]
    public void Songs_OfWindows_AreCountedAsTheMatrixCountsThem()
    {
        var run = MadeUpRuns.Of(s_genres, songs: 8, windows: 3);
        var songs = TestedSong.Of(run);
        var matrix = run.Metrics.Tracks!.ConfusionMatrix!;
        for (var r = 0; r < 3; r++)
            for (var c = 0; c < 3; c++)
                Assert.Equal(matrix[r][c], songs.Count(s => s.Label == s_genres[r] && s.Predicted == s_genres[c]));
        var first = songs[0];
        Assert.Equal([("blues", 2), ("jazz", 1)], first.Votes);
        Assert.Equal(2.0 / 3, first.Agreement, 12);
        Assert.Equal((0.6 + 0.6 + 0.2) / 3, first.Confidence, 12);
    }

    [Fact]
    public void Songs_OfALeakyRun_AreItsWindows()
    {
        var run = MadeUpRuns.Of(s_genres, songs: 4, windows: 3, leaky: true);
        Assert.Equal(36, TestedSong.Of(run).Count);
        var page = RunPage.Of(run, "/run");
        Assert.Contains("LEAKY", page);
        Assert.Contains("36 tested windows", page);
    }

    [Fact]
    public void Baseline_NamesTheGenreMostFrequentInTraining()
    {
        var run = MadeUpRuns.Of(s_genres, songs: 4);
        // Nine more training songs of rock, which is a third of the tested.
        var rows = run.Record.Rows.Concat(
            Enumerable.Range(0, 9).Select(i => new RunRow($"more {i}", $"more {i}", "rock", "0", "train")));
        Assert.Equal(1.0 / 3, MajorityBaseline.Accuracy(run with { Record = run.Record with { Rows = [.. rows] } })!.Value, 12);
        var onlyBlues = run with { Tested = [.. run.Tested.Where(t => t.Label == "blues")] };
        Assert.Equal(0, MajorityBaseline.Accuracy(onlyBlues with { Record = run.Record with { Rows = [.. rows] } }));
    }

    [Fact]
    public void Page_OfARun_HasEveryPartInOrder()
    {
        var page = RunPage.Of(MadeUpRuns.Of(s_genres, songs: 8, windows: 3), "/run");
        string[] parts = ["result", "data", "confusion", "genres", "errors", "windows", "calibration", "settings", "again"];
        Assert.Equal(parts, SectionId().Matches(page).Select(m => m.Groups[1].Value));
        Assert.Contains("engine train /music --recipe gtzan57-knn --split stratified --seed 1 --out again", page);
        Assert.Contains("1 min 15 s", page);
        Assert.Equal(page, RunPage.Of(MadeUpRuns.Of(s_genres, songs: 8, windows: 3), "/run"));
    }

    [Fact]
    public void Page_HostileNames_StayText()
    {
        const string Genre = "<script>alert(1)</script>";
        var run = MadeUpRuns.Of([Genre, "\" onmouseover=\"alert(1)", "</script><img src=x onerror=alert(1)>"],
            name: (g, s) => $"{g.Replace('/', '-')} \"'><svg onload=alert(1)> {s}.wav");
        var recipe = run.Record.Recipe with { Description = Genre };
        var page = RunPage.Of(run with { Record = run.Record with { Recipe = recipe } }, "/run");
        Assert.DoesNotContain("<script>alert", page);
        Assert.DoesNotContain("<img", page);
        Assert.DoesNotContain("<svg onload", page);
        Assert.DoesNotContain("\" onmouseover", page);
        // The script, the data and nothing else.
        Assert.Equal(2, page.Split("<script").Length - 1);
        Assert.Equal(2, page.Split("</script").Length - 1);
    }

    [Fact]
    public void Page_PlaysWhatIsThere_AndOnlyThat()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["music", "blues"]);
        File.WriteAllBytes(folder["music", "blues", "blues.00003.wav"], []);
        var page = RunPage.Of(MadeUpRuns.Of(s_genres, data: folder["music"]), folder["run"]);
        Assert.Single(Regex.Matches(page, "<audio"));
        Assert.Contains("<audio src=\"../music/blues/blues.00003.wav\" controls preload=\"none\"", page);
        Assert.Contains("<a href=\"../music/blues/blues.00003.wav\"", page);
        Assert.DoesNotContain("jazz.00003.wav\" controls", page);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 1)]
    [InlineData(30, 34)]
    [InlineData(61, 8)]
    [InlineData(250, 4)]
    public void Page_AnyNumberOfGenres_IsSmallAndWhole(int genres, int songs)
    {
        var page = RunPage.Of(MadeUpRuns.Of([.. Enumerable.Range(0, genres).Select(g => $"genre {g:000}")], songs), "/run");
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 10_000, 2_000_000);
        Assert.Equal(genres <= 60, page.Contains("id=\"matrix\""));
        Assert.EndsWith("</html>\n", page);
    }

    [Fact]
    public void Songs_OfMoreGenresThanTheFileHolds_KeepTheBest()
    {
        using var folder = new TemporaryFolder();
        var run = MadeUpRuns.Of([.. Enumerable.Range(0, 250).Select(g => $"genre {g:000}")]);
        PredictionsFile.Write(folder["predictions.csv"], run.Record.Labels, run.Tested, calibrated: true, leaky: false);
        var read = run with { Tested = PredictionsFile.ReadAny(folder["predictions.csv"], run.Record.Labels) };
        Assert.Equal(TestedSong.Of(run).Select(s => (s.Name, s.Predicted, s.Confidence, s.OfLabel)),
            TestedSong.Of(read).Select(s => (s.Name, s.Predicted, s.Confidence, s.OfLabel)));
        Assert.Equal(RunPage.Of(run, "/run"), RunPage.Of(read, "/run"));
    }

    [Fact]
    public void Page_OfManySongsWithLongNames_StaysBelowItsLimit()
    {
        var run = MadeUpRuns.Of(s_genres, songs: 4000, name: (g, s) => $"{g} {s} {new string('x', 200)}.wav");
        var page = RunPage.Of(run, "/run");
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 100_000, 2_000_000);
        using var data = JsonDocument.Parse(SongJson().Match(page).Groups[1].Value);
        var cell = data.RootElement.GetProperty("cells")[0];
        Assert.Equal(3000, cell.GetProperty("count").GetInt32());
        Assert.InRange(cell.GetProperty("songs").GetArrayLength(), 100, 2999);
    }

    [Fact]
    public void Command_ChangedValues_AreSetAndAnotherRecipeIsAFile()
    {
        var run = MadeUpRuns.Of(s_genres, data: "/my music");
        var changed = run.Record.Recipe.With("classifier.k", "9");
        Assert.Equal("engine train '/my music' --recipe gtzan57-knn --set classifier.k=9 --split stratified --seed 1 --out again",
            AgainCommand.Of(run with { Record = run.Record with { Recipe = changed } }).Command);
        var own = RecipeCatalog.Get("gtzan57-svm") with { Name = "mine" };
        var (command, note) = AgainCommand.Of(run with { Record = run.Record with { Recipe = own, Device = "cuda:1" } });
        Assert.Equal("engine train '/my music' --recipe recipe.json --split stratified --seed 1 --device cuda:1 --out again",
            command);
        Assert.Contains("run.json", note);
        Assert.Equal("engine test /runs/a /other --report again.html",
            AgainCommand.Of(run with { TestOf = "/runs/a", IsOtherData = true, Data = "/other" }).Command);
    }

    // Reference: numpy.polyfit of degree 2 on the ranks, and the groups' means; adjusted R².
    [Fact]
    public void SearchImportance_NumbersAndCategories_MatchReference()
    {
        double[] accuracy = [.50, .62, .71, .80, .78, .66, .55, .60, .72, .79];
        Trial[] Trials<T>(IEnumerable<T> values) => [.. values.Zip(accuracy, (v, a) => new Trial(1,
            new Dictionary<string, JsonElement> { ["p"] = JsonSerializer.SerializeToElement(v) }, a, [], [], 1))];
        Assert.Equal(0.8714757969303424, SearchImportance.Of("p", Trials([1, 2, 3, 5, 6, 8, 10, 9, 4, 7]))!.Value, 10);
        Assert.Equal(0.18181818181818177, SearchImportance.Of("p", Trials([1, 1, 1, 2, 2, 2, 1, 2, 1, 2]))!.Value, 10);
        Assert.Equal(0, SearchImportance.Of("p", Trials("aabbccabca".Select(c => c.ToString()))));
        Assert.Null(SearchImportance.Of("p", Trials([3, 3, 3, 3, 3, 3, 3, 3, 3, 3])));
        Assert.Null(SearchImportance.Of("p", Trials([1, 2, 3])));
    }

    [Fact]
    public void Page_ThatCannotBeMade_IsAWarning()
    {
        using var folder = new TemporaryFolder();
        List<string> warnings = [];
        ReportPage.Write<int>(folder.Path, "run", (_, _) => throw new EngineException("no ink."), () => 1, warnings.Add);
        Assert.Contains("run", Assert.Single(warnings));
        Assert.Contains("no ink. The run is complete without it; to write it later: engine report run", warnings[0]);
        Directory.CreateDirectory(folder["report.html"]);
        ReportPage.Write(folder.Path, "run", (_, _) => "page", () => 1, warnings.Add);
        Assert.Equal(2, warnings.Count);
        Assert.Equal([folder["report.html"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [GeneratedRegex("<section id=\"([a-z]+)\"")]
    private static partial Regex SectionId();

    [GeneratedRegex("<script type=\"application/json\" id=\"song-data\">(.*?)</script>")]
    private static partial Regex SongJson();
}
