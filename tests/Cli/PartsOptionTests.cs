using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary><c>engine train --parts</c> and <c>--profile</c>.</summary>
public class PartsOptionTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>
{
    [Fact]
    public void Train_PartsAndProfile_AreRecordedAndTold()
    {
        using var folder = new TemporaryFolder();
        var output = EngineRun.Of("train", corpus.Corpus, "--recipe", "spectro-ann", "--set", "classifier.training.epochs=1",
            "--parts", "3", "--profile", "--no-cache", "--out", folder["run"]).Succeeds();
        Assert.Equal(3, RunRecord.Load(folder["run"]).Parts);
        Assert.Matches(@"steps +\d+ of \d+\.\d{3} ms; 0 bytes sent in each", output);
        foreach (var phase in new[] { "forward", "backward", "exchange, waited for", "optimiser", "reading, waited for" })
            Assert.Matches($@"{phase} +\d+\.\d{{3}} +\d+\.\d{{3}} +\d+\.\d %", output);
    }

    [Theory]
    [InlineData("--parts must be at least 1", "train", "corpus", "--recipe", "spectro-ann", "--out", "run", "--parts", "0")]
    [InlineData("leave one of them out", "train", "corpus", "--recipe", "spectro-ann", "--out", "run", "--profile", "--json")]
    [InlineData("leave one of them out", "train", "corpus", "--recipe", "spectro-ann", "--dry-run", "--profile")]
    [InlineData("leave --parts out", "train", "--resume", "--out", "run", "--parts", "2")]
    [InlineData("gtzan57-knn: it has no network to train in parts", "train", "corpus", "--recipe", "gtzan57-knn", "--out", "run",
        "--parts", "2")]
    [InlineData("gtzan57-knn: it has no network to measure", "train", "corpus", "--recipe", "gtzan57-knn", "--out", "run",
        "--profile")]
    public void Train_OptionsThatDoNotFit_AreRefused(string message, params string[] arguments) =>
        EngineRun.Of(arguments).IsRefused(message);
}
