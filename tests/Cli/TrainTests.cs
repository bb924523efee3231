using System.Text.Json;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public class TrainTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>
{
    [Fact]
    public void Train_SynthCorpus_PrintsProtocolAccuracyAndConfusion()
    {
        string[] parts = ["gtzan57-knn", "50 tracks of 10 genres, 5 each", "stratified", "seed 1", "accuracy", "95 % interval",
            "macro F1", "top 2, 3", "recall", corpus.Run];
        Assert.All(parts, part => Assert.Contains(part, corpus.TrainOutput));
        Assert.All(corpus.TrainOutput.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
        Assert.DoesNotContain("LEAKY", corpus.TrainOutput);
    }

    [Fact]
    public void Train_RunFolder_HoldsItsFiles() =>
        Assert.Equal(
            ["metrics.json", "model.safetensors", "predictions.csv", "report.html", "run.json"],
            Directory.GetFiles(corpus.Run).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("gtzan57-knn")]
    [InlineData("aiml-knn")]
    public void Train_OtherThreadsAndOrderOfFolders_GivesTheSameBytes(string recipe)
    {
        using var folder = new TemporaryFolder();
        // The copy's entries are made in the opposite order, which is the order that many file systems list them in.
        foreach (var file in Directory.GetFiles(corpus.Corpus, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Reverse())
        {
            var copy = folder["corpus", Path.GetRelativePath(corpus.Corpus, file)];
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        string[] Arguments(string run, string threads) =>
            ["train", folder["corpus"], "--recipe", recipe, "--split", "holdout:2", "--seed", "3", "--out", folder[run],
            "--threads", threads, "--no-cache"];
        EngineRun.Of(Arguments("one", "1")).Succeeds();
        EngineRun.Of(Arguments("two", "2")).Succeeds();
        EngineRun.Of([.. Arguments("original", "2").Select(a => a == folder["corpus"] ? corpus.Corpus : a)]).Succeeds();

        foreach (var file in new[] { "model.safetensors", "predictions.csv" })
        {
            Assert.Equal(File.ReadAllBytes(folder["one", file]), File.ReadAllBytes(folder["two", file]));
            Assert.Equal(File.ReadAllBytes(folder["one", file]), File.ReadAllBytes(folder["original", file]));
        }

        Assert.Equal(File.ReadAllBytes(folder["one", "run.json"]), File.ReadAllBytes(folder["two", "run.json"]));
    }

    [Fact]
    public void Train_OnFeatureTable_GivesTheFolderFigures()
    {
        using var folder = new TemporaryFolder();
        EngineRun.Of("features", corpus.Corpus, "--out", folder["f.csv"], "--no-cache").Succeeds();
        EngineRun.Of("train", folder["f.csv"], "--recipe", "gtzan57-knn", "--out", folder["run"]).Succeeds();
        Assert.Equal(Accuracy(corpus.Run), Accuracy(folder["run"]));
    }

    [Theory]
    [InlineData("holdout:3", "3 rounds")]
    [InlineData("kfold:5", "5 rounds")]
    [InlineData("stratified:0.4", "20 tested")]
    public void Train_Split_IsNamedInTheOutput(string split, string part)
    {
        using var folder = new TemporaryFolder();
        var output = EngineRun.Of("train", corpus.Corpus, "--recipe", "aiml-knn", "--split", split, "--out", folder["run"],
            "--no-cache").Succeeds();
        Assert.Contains(split.Split(':')[0], output);
        Assert.Contains(part, output);
    }

    [Fact]
    public void Train_LeakyWindows_SaysSoInEveryOutput()
    {
        using var folder = new TemporaryFolder();
        string[] windows = ["--set", "front_end.segment=0.5"];
        var train = EngineRun.Of(
            ["train", corpus.Corpus, "--recipe", "gtzan57-knn", "--split", "leaky-windows", "--out", folder["run"], "--no-cache",
                .. windows]).Succeeds();
        Assert.Contains("LEAKY", train);
        Assert.Contains("LEAKY", EngineRun.Of("test", folder["run"], "--no-cache").Succeeds());
        Assert.Contains("\"leaky\": true", EngineRun.Of("test", folder["run"], "--no-cache", "--json").Succeeds());
        foreach (var file in new[] { "metrics.json", "run.json", "predictions.csv" })
            Assert.Contains("LEAKY", File.ReadAllText(folder["run", file]));
        string Predict(string format) =>
            EngineRun.Of("predict", folder["run"], Path.Combine(corpus.Corpus, "moondub"), "--format", format, "--no-cache")
                .Succeeds();
        Assert.Contains("LEAKY", Predict("table"));
        Assert.Contains(",LEAKY,", Predict("csv"));
        Assert.Contains("\"leaky\": true", Predict("json"));
    }

    [Fact]
    public void Train_SkippedRecordings_AreListedAndCounted()
    {
        using var folder = new TemporaryFolder();
        var bad = folder["corpus", "moondub", "moondub.00099.wav"];
        EngineRun.Of("synth", folder["corpus"], "--tracks", "5", "--seconds", "1").Succeeds();
        File.WriteAllBytes(bad, []);
        string[] arguments = ["train", folder["corpus"], "--recipe", "aiml-knn", "--out", folder["run"], "--no-cache"];
        EngineRun.Of(arguments).IsRefused(bad, "0 bytes");
        Assert.False(Directory.Exists(folder["run"]));
        var output = EngineRun.Of([.. arguments, "--on-error", "skip"]).Succeeds();
        Assert.Contains("1 recording was skipped", output);
        Assert.Contains("moondub.00099.wav", output);
        Assert.Contains("50 tracks", output);
    }

    [Fact]
    public void Set_ChangesTheRecipeThatIsStored()
    {
        using var folder = new TemporaryFolder();
        EngineRun.Of("train", corpus.Corpus, "--recipe", "gtzan57-knn", "--set", "classifier.k=3", "--set", "scaler=robust",
            "--out", folder["run"], "--no-cache").Succeeds();
        using var json = JsonDocument.Parse(File.ReadAllText(folder["run", "run.json"]));
        var recipe = json.RootElement.GetProperty("recipe");
        Assert.Equal(3, recipe.GetProperty("classifier").GetProperty("k").GetInt32());
        Assert.Equal("robust", recipe.GetProperty("scaler").GetString());
    }

    private static double Accuracy(string run)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "metrics.json")));
        return json.RootElement.GetProperty("accuracy").GetDouble();
    }
}
