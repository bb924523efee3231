using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>What <c>engine train</c> has for networks: trying out, learning by heart, going on.</summary>
public class TrainNetworkTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>
{
    [Fact]
    public void Train_DryRun_SaysWhatWorksAndKeepsNothing()
    {
        using var folder = new TemporaryFolder();
        var output = EngineRun.Of("train", corpus.Corpus, "--recipe", "spectro-ann", "--dry-run", "--no-cache", "--out",
            folder["run"]).Succeeds();
        Assert.All(["spectro-ann", "40 tracks of 10 genres", "1 epoch", "after saving and loading", "nothing"],
            part => Assert.Contains(part, output));
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public void Train_Overfit_SaysLeaky()
    {
        using var folder = new TemporaryFolder();
        var output = EngineRun.Of("train", corpus.Corpus, "--recipe", "spectro-ann", "--overfit", "10", "--no-cache", "--out",
            folder["run"]).Succeeds();
        Assert.Contains("overfit:10", output);
        Assert.Contains("LEAKY", output);
    }

    [Theory]
    [InlineData("--recipe", "spectro-ann")]
    [InlineData("--split", "kfold:2")]
    [InlineData("--seed", "1")]
    [InlineData("--set", "classifier.training.epochs=2")]
    [InlineData("--overfit", "4")]
    public void Train_ResumeWithAnOptionOfTheRun_IsRefused(string option, string value) =>
        EngineRun.Of("train", "--resume", "--out", corpus.Run, option, value).IsRefused("--resume", $"leave {option} out");

    [Fact]
    public void Train_ResumeWithData_IsRefused() =>
    EngineRun.Of("train", corpus.Corpus, "--resume", "--out", corpus.Run).IsRefused("--resume", "leave DATA out");

    [Fact]
    public void Train_ResumeOfAFinishedRun_IsRefused() =>
    EngineRun.Of("train", "--resume", "--out", corpus.Run).IsRefused(corpus.Run, "finished");

    [Fact]
    public void Train_ResumeOfNoRun_IsRefused() =>
    EngineRun.Of("train", "--resume", "--out", "nowhere").IsRefused("nowhere", "no run to resume");

    [Theory]
    [InlineData("--out is missing", "train", "corpus", "--recipe", "spectro-ann")]
    [InlineData("--recipe is missing", "train", "corpus", "--out", "run")]
    [InlineData("DATA is missing", "train", "--recipe", "spectro-ann", "--out", "run")]
    [InlineData("leave --split kfold:2 out", "train", "corpus", "--recipe", "spectro-ann", "--out", "run", "--overfit", "8",
        "--split", "kfold:2")]
    [InlineData("leave one of them out", "train", "corpus", "--recipe", "spectro-ann", "--dry-run", "--resume")]
    [InlineData("it has no network", "train", "corpus", "--recipe", "gtzan57-knn", "--out", "run", "--overfit", "8")]
    public void Train_OptionsThatDoNotFit_AreRefused(string message, params string[] arguments) =>
    EngineRun.Of(arguments).IsRefused(message);
}
