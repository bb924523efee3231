using Engine.Tests.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Pages;

public sealed class ReportCommandTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Report_OfARun_IsThePageThatTrainingWrote()
    {
        var page = Path.Combine(corpus.Run, "report.html");
        Assert.Contains($"report      {page}", corpus.TrainOutput);
        var written = File.ReadAllText(page);
        Assert.Contains("gtzan57-knn", written);
        Assert.Contains("<audio src=\"../corpus/", written);
        Assert.Equal($"{page}\n", EngineRun.Of("report", corpus.Run).Succeeds());
        Assert.Equal(written, File.ReadAllText(page));
    }

    [Fact]
    public void Report_Out_LinksFromWhereItLies()
    {
        Directory.CreateDirectory(_folder["deep"]);
        EngineRun.Of("report", corpus.Run, "--out", _folder["deep", "page.html"]).Succeeds();
        var page = File.ReadAllText(_folder["deep", "page.html"]);
        Assert.Contains($"<audio src=\"../../{Path.GetFileName(Path.GetDirectoryName(corpus.Corpus))}/corpus/", page);
    }

    [Fact]
    public void Report_OfWindowsAndEveryRound_IsThePageThatTrainingWrote()
    {
        EngineRun.Of("features", corpus.Corpus, "--set", "gtzan57", "--segment", "0.5", "--out", _folder["f.csv"],
            "--no-cache").Succeeds();
        foreach (var (name, recipe, split) in new[] { ("a", "gtzan57-svm", "holdout:2"), ("b", "gtzan57-knn", "leaky-windows") })
        {
            EngineRun.Of("train", _folder["f.csv"], "--recipe", recipe, "--split", split, "--out", _folder[name]).Succeeds();
            var written = File.ReadAllText(_folder[name, "report.html"]);
            Assert.Equal(name == "b", written.Contains("LEAKY"));
            EngineRun.Of("report", _folder[name]).Succeeds();
            Assert.Equal(written, File.ReadAllText(_folder[name, "report.html"]));
        }
    }

    [Fact]
    public void Test_Report_IsAPageOfTheTest()
    {
        var page = _folder["test.html"];
        Assert.Contains($"report      {page}", EngineRun.Of("test", corpus.Run, "--report", page, "--no-cache").Succeeds());
        Assert.Contains("engine test ", File.ReadAllText(page));
        EngineRun.Of("test", corpus.Run, "--report", page).IsRefused(page, "--force");
        EngineRun.Of("test", corpus.Run, "--report", page, "--force", "--no-cache").Succeeds();
        EngineRun.Of("synth", _folder["other"], "--tracks", "1", "--seconds", "1", "--seed", "9").Succeeds();
        EngineRun.Of("test", corpus.Run, _folder["other"], "--report", _folder["other.html"], "--no-cache").Succeeds();
        Assert.Contains("Test on other data", File.ReadAllText(_folder["other.html"]));
    }

    [Fact]
    public void Compare_AndTune_WriteTheirPages()
    {
        var compared = _folder["compared"];
        string[] compare = ["compare", corpus.Corpus, "--recipes", "gtzan57-knn,gtzan57-lda", "--split", "kfold:2", "--out",
            compared, "--no-cache"];
        Assert.Contains($"report      {Path.Combine(compared, "report.html")}", EngineRun.Of(compare).Succeeds());
        var page = File.ReadAllText(Path.Combine(compared, "report.html"));
        Assert.Contains($"--recipes gtzan57-knn,gtzan57-lda --split kfold:2 --seed 1 --out again", page);
        Assert.Contains("McNemar", page);
        EngineRun.Of("report", compared).Succeeds();
        Assert.Equal(page, File.ReadAllText(Path.Combine(compared, "report.html")));
        // The same command goes on with the folder, page and all.
        EngineRun.Of(compare).Succeeds();

        const string Search = """search=[{"path": "classifier.k", "kind": "integer", "low": 1, "high": 10}]""";
        EngineRun.Of("tune", corpus.Corpus, "--recipe", "gtzan57-knn", "--set", Search, "--trials", "4", "--folds", "2", "--out",
            _folder["tuned"], "--no-cache").Succeeds();
        page = File.ReadAllText(_folder["tuned", "report.html"]);
        Assert.Contains("What each parameter explains", page);
        Assert.Contains("engine tune ", page);
        EngineRun.Of("report", _folder["tuned"]).Succeeds();
        Assert.Equal(page, File.ReadAllText(_folder["tuned", "report.html"]));
    }

    [Theory]
    [InlineData("predictions.csv", "ironriff.00", "unknown.00", "is not in run.json")]
    [InlineData("predictions.csv", ",ironriff,", ",polka,", "'polka'")]
    [InlineData("predictions.csv", ",1,no", ",7,no", "round 7")]
    [InlineData("metrics.json", "\"ironriff\",", "\"polka\",", "different runs")]
    public void Report_FilesThatDoNotFitTogether_AreRefused(string file, string part, string other, string message)
    {
        var run = _folder["run"];
        Directory.CreateDirectory(run);
        foreach (var path in Directory.GetFiles(corpus.Run)) File.Copy(path, Path.Combine(run, Path.GetFileName(path)));
        File.Delete(Path.Combine(run, "report.html"));
        var text = File.ReadAllText(Path.Combine(run, file));
        Assert.Contains(part, text);
        File.WriteAllText(Path.Combine(run, file), text.Replace(part, other));
        EngineRun.Of("report", run).IsRefused(file, message);
        Assert.False(File.Exists(Path.Combine(run, "report.html")));
    }

    [Fact]
    public void Report_Misuse_IsRefused()
    {
        EngineRun.Of("report").IsRefused("RUN");
        EngineRun.Of("report", _folder["none"]).IsRefused(_folder["none"], "no such folder");
        EngineRun.Of("report", corpus.Run, corpus.Run, "--out", _folder["a.html"])
            .IsRefused("2 folders", "engine compare --runs");
        EngineRun.Of("report", corpus.Run, "--out", _folder["a.pdf"]).IsRefused("a.pdf", ".html");
        EngineRun.Of("report", corpus.Run, "--out", _folder["no", "a.html"]).IsRefused("there is no folder");
        File.WriteAllText(_folder["a.html"], "mine");
        EngineRun.Of("report", corpus.Run, "--out", _folder["a.html"]).IsRefused("exists", "--force");
        Assert.Equal("mine", File.ReadAllText(_folder["a.html"]));
        var unfinished = _folder["unfinished"];
        Directory.CreateDirectory(unfinished);
        File.Copy(Path.Combine(corpus.Run, "run.json"), Path.Combine(unfinished, "run.json"));
        EngineRun.Of("report", unfinished).IsRefused(unfinished, "--resume");
    }
}
