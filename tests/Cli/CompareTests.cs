using System.Text.Json;
using Engine.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public class CompareTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>
{
    [Fact]
    public void Compare_TwoRecipes_PrintsFiguresIntervalsAndTests()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["compare", corpus.Corpus, "--recipes", "gtzan57-knn,aiml-knn", "--split", "holdout:2", "--out",
            folder["compared"], "--no-cache"];
        var run = EngineRun.Of(arguments);
        var output = run.Succeeds();
        string[] parts = ["gtzan57-knn", "aiml-knn", "holdout:2", "seed 1", "train", "AUROC", "AUPRC", "macro F1", " ± ",
            "95 % interval", "Nadeau", "below best", folder["compared"]];
        Assert.All(parts, part => Assert.Contains(part, output));
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 110));
        Assert.DoesNotContain("LEAKY", output);
        Assert.Contains("4/4  aiml-knn, round 2 of 2", run.Error);
        using var json = JsonDocument.Parse(EngineRun.Of([.. arguments, "--json"]).Succeeds());
        Assert.Equal(2, json.RootElement.GetProperty("systems").GetArrayLength());
        Assert.Equal(json.RootElement.ToString(), JsonDocument.Parse(File.ReadAllText(folder["compared", "compare.json"]))
            .RootElement.ToString());
    }

    [Fact]
    public void Compare_Runs_PrintsMcNemar()
    {
        using var folder = new TemporaryFolder();
        EngineRun.Of("train", corpus.Corpus, "--recipe", "gtzan57-knn", "--set", "classifier.k=1", "--out", folder["other"],
            "--no-cache").Succeeds();
        var output = EngineRun.Of("compare", "--runs", $"{corpus.Run},{folder["other"]}").Succeeds();
        Assert.All(["McNemar", "Wilson", "only best right", corpus.Run], part => Assert.Contains(part, output));
    }

    [Fact]
    public void Compare_Cancelled_SaysThatTheSameCommandGoesOn()
    {
        using var folder = new TemporaryFolder();
        var run = EngineRun.Of(new CancellationToken(canceled: true), "compare", corpus.Corpus, "--recipes", "aiml-knn", "--out",
            folder["compared"], "--no-cache");
        Assert.Equal(CommandLine.Stopped, run.Code);
        Assert.Contains("run the same command again to continue", run.Error);
    }

    [Fact]
    public void Compare_Interrupted_KeepsFinishedRoundsAndGoesOn()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new TemporaryFolder();
        string[] arguments = ["compare", corpus.Corpus, "--recipes", "gtzan57-knn,cortis-mlp-fixed", "--split", "holdout:20",
            "--out", folder["compared"], "--no-cache"];
        using (var process = Child.Engine(folder, arguments))
        {
            for (var line = ""; !line.StartsWith("21/40", StringComparison.Ordinal);)
                line = process.NextLine() ?? throw new InvalidOperationException("it ended before it was interrupted");
            process.Signal("INT");
            var end = process.End();
            Assert.Contains("run the same command again to continue", end.Error);
            Assert.Equal(CommandLine.Stopped, end.Code);
        }

        var rounds = Directory.GetFiles(folder["compared"], "round-*.safetensors", SearchOption.AllDirectories)
            .ToDictionary(f => f, File.GetLastWriteTimeUtc);
        Assert.InRange(rounds.Count, 21, 39);
        EngineRun.Of(arguments).Succeeds();
        Assert.All(rounds, round => Assert.Equal(round.Value, File.GetLastWriteTimeUtc(round.Key)));
        Assert.True(File.Exists(folder["compared", "compare.csv"]));
    }

    [Theory]
    [InlineData("DATA is missing", "compare", "--recipes", "aiml-knn", "--out", "x")]
    [InlineData("--recipes is missing", "compare", "corpus", "--out", "x")]
    [InlineData("--out is missing", "compare", "corpus", "--recipes", "aiml-knn")]
    [InlineData("leave --recipes out", "compare", "--runs", "a,b", "--recipes", "aiml-knn")]
    [InlineData("leave --split out", "compare", "--runs", "a,b", "--split", "kfold:2")]
    [InlineData("leave DATA out", "compare", "corpus", "--runs", "a,b")]
    [InlineData("two or more", "compare", "--runs", "a")]
    [InlineData("did you mean aiml-knn", "compare", "corpus", "--recipes", "aiml-kn", "--out", "x")]
    public void Compare_OptionsThatDoNotFit_AreRefused(string message, params string[] arguments) =>
    EngineRun.Of(arguments).IsRefused(message);
}
