using Engine.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public class TuneTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>
{
    private const string Search = """search=[{"path": "classifier.k", "kind": "integer", "low": 1, "high": 10}]""";

    [Fact]
    public void Tune_SynthCorpus_PrintsTrialsThenTheRun()
    {
        using var folder = new TemporaryFolder();
        var run = EngineRun.Of("tune", corpus.Corpus, "--recipe", "gtzan57-knn", "--set", Search, "--trials", "4", "--folds", "2",
            "--out", folder["run"], "--no-cache");
        var output = run.Succeeds();
        string[] parts = ["4, 0 of them failed", "classifier.k", "accuracy", "stratified", "seed 1", "recall",
            "the best of 4 trials (bayes)", folder["run"]];
        Assert.All(parts, part => Assert.Contains(part, output));
        Assert.Contains("4/4  accuracy", run.Error);
        Assert.Contains("seed 1", EngineRun.Of("test", folder["run"], "--no-cache").Succeeds());
    }

    [Fact]
    public void Tune_Cancelled_SaysThatTheSameCommandGoesOn()
    {
        using var folder = new TemporaryFolder();
        var run = EngineRun.Of(new CancellationToken(canceled: true), "tune", corpus.Corpus, "--recipe", "gtzan57-knn", "--set",
            Search, "--out", folder["run"], "--no-cache");
        Assert.Equal(CommandLine.Stopped, run.Code);
        Assert.Contains("run the same command again to continue", run.Error);
    }

    [Theory]
    [InlineData("--recipe", "tune", "corpus", "--out", "x")]
    [InlineData("--out", "tune", "corpus", "--recipe", "gtzan57-knn")]
    [InlineData("has no search", "tune", "corpus", "--recipe", "gtzan57-knn", "--out", "x")]
    [InlineData("'annealing' is not one of bayes, random, grid", "tune", "corpus", "--recipe", "gtzan57-knn", "--out", "x",
        "--method", "annealing")]
    [InlineData("from 1 to", "tune", "corpus", "--recipe", "gtzan57-knn", "--out", "x", "--trials", "0")]
    [InlineData("from 2 to", "tune", "corpus", "--recipe", "gtzan57-knn", "--out", "x", "--folds", "1")]
    public void Tune_OptionsThatDoNotFit_AreRefused(string message, params string[] arguments) =>
    EngineRun.Of(arguments).IsRefused(message);
}
