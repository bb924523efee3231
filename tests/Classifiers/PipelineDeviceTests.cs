using System.Text.Json.Nodes;
using Engine.Pipeline;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>
/// Which device a recipe's networks work on, what says so, and that a model and a training move between devices.
/// </summary>
[Collection(nameof(OpenClTests))]
public sealed class PipelineDeviceTests : IDisposable
{
    private const string Network = """
        {
          "kind": "network",
          "layers": [ { "layer": "dense", "units": 16 }, { "layer": "relu" }, { "layer": "dropout", "share": 0.3 }, { "layer": "output" } ],
          "training": { "optimizer": { "kind": "nadam" }, "batch": 4, "epochs": 4, "validation": 0.2 }
        }
        """;

    private static readonly Recipe s_network = RecipeCatalog.Get("gtzan57-knn")
        .With("classifier", Network) with
    { Name = "small-mlp" };
    private static readonly Recipe s_knn = RecipeCatalog.Get("gtzan57-knn").With("classifier.k", "3");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("cpu")]
    [InlineData("auto")]
    public void Run_Classifier_WorksOnTheProcessor(string? device)
    {
        var result = Training.Run(Options("run", s_knn) with { Device = device });
        Assert.Equal(("cpu", "cpu"), (result.Record.Device, result.Metrics.Device));
        Assert.Equal("cpu", Testing.Run(new() { Run = _folder["run"], Device = device }).Metrics.Device);
        using var model = GenreModel.Load(_folder["run"], device);
        Assert.Equal(Device.Cpu, model.Device);
    }

    // An ensemble of classifiers is one, too.
    [Theory]
    [InlineData("opencl")]
    [InlineData("cuda:1")]
    public void Run_ClassifierOnAnotherDevice_IsRefused(string device)
    {
        var ensemble = s_knn.With("scaler", "none")
            .With("classifier", """{ "kind": "ensemble", "members": [ { "classifier": { "kind": "knn", "k": 3 } } ] }""") with
        { Name = "two" };
        foreach (var recipe in new[] { s_knn, ensemble })
        {
            var expected = $"{recipe.Name} has no network; it runs on the processor: leave --device out.";
            Assert.Equal(expected, PipelineCorpus.ErrorOf(() => Training.Run(Options("run", recipe) with { Device = device })));
            Assert.Equal(expected, PipelineCorpus.ErrorOf(() => Rehearsal.Run(Options("run", recipe) with { Device = device })));
            Assert.False(Directory.Exists(_folder["run"]));
            Training.Run(Options("run", recipe));
            Assert.Equal(expected, PipelineCorpus.ErrorOf(() => Testing.Run(new() { Run = _folder["run"], Device = device })));
            Assert.Equal(expected, PipelineCorpus.ErrorOf(() => GenreModel.Load(_folder["run"], device)));
            Directory.Delete(_folder["run"], recursive: true);
        }

        Recipe[] recipes = [s_knn, RecipeCatalog.Get("gtzan57-svm")];
        var options = new ComparisonOptions { Data = Table(), Recipes = recipes, Output = _folder["compared"], Device = device };
        Assert.Equal("none of gtzan57-knn, gtzan57-svm has a network; they run on the processor: leave --device out.",
            PipelineCorpus.ErrorOf(() => Comparing.Run(options)));
    }

    [Theory]
    [InlineData("gpu", "'gpu' is not a device")]
    [InlineData("opencl:99", "device 'opencl:99': ")]
    public void Run_NetworkOnADeviceThatIsAbsent_SaysWhy(string device, string expected)
    {
        Assert.StartsWith(expected,
            PipelineCorpus.ErrorOf(() => Training.Run(Options("run", s_network) with { Device = device })));
        Assert.False(Directory.Exists(_folder["run"]));
        Training.Run(Options("run", s_network));
        Assert.StartsWith(expected, PipelineCorpus.ErrorOf(() => Testing.Run(new() { Run = _folder["run"], Device = device })));
        Assert.StartsWith(expected, PipelineCorpus.ErrorOf(() => GenreModel.Load(_folder["run"], device)));
    }

    // What an earlier version wrote.
    [Fact]
    public void Load_RecordWithoutADevice_IsOfTheProcessor()
    {
        Training.Run(Options("run", s_knn));
        var path = _folder["run", RunFolder.RecordFile];
        var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        Assert.Equal("cpu", (string)json["device"]!);
        json.Remove("device");
        File.WriteAllText(path, json.ToJsonString());
        Assert.Equal("cpu", RunRecord.Load(_folder["run"]).Device);
        Testing.Run(new() { Run = _folder["run"] });
    }

    [Fact]
    public void Resume_DeviceOfTheRunIsAbsent_SaysSoAndGoesOnElsewhere()
    {
        Assert.ThrowsAny<OperationCanceledException>(() => Interrupted("run", "cpu"));
        var path = _folder["run", RunFolder.RecordFile];
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"device\": \"cpu\"", "\"device\": \"opencl:99\""));
        Assert.StartsWith($"{_folder["run"]} was trained on opencl:99, which cannot be used: device 'opencl:99': ",
            PipelineCorpus.ErrorOf(() => Training.Resume(Options("run", s_network))));
        var result = Training.Resume(Options("run", s_network) with { Device = "cpu" });
        Assert.Equal("cpu", result.Record.Device);
        Assert.Contains("the training moved from opencl:99 to cpu", string.Join(' ', result.Record.Notes));
        Assert.Equal(result.Record.Notes, RunRecord.Load(_folder["run"]).Notes);
    }

    [OpenClFact]
    public void Run_OnOpenCl_IsRecordedAndTestedOnEitherDevice()
    {
        var trained = Training.Run(Options("run", s_network) with { Device = "opencl" });
        Assert.Equal(("opencl", "opencl"), (trained.Record.Device, trained.Metrics.Device));
        var same = Testing.Run(new() { Run = _folder["run"], Device = "opencl" });
        Assert.Equal((trained.Metrics.LogLoss, "opencl"), (same.Metrics.LogLoss, same.Metrics.Device));
        Assert.DoesNotContain(same.Notes, n => n.Contains("differently", StringComparison.Ordinal));

        // The processor's figures within a few roundings, and why they differ.
        var other = Testing.Run(new() { Run = _folder["run"], Device = "cpu" });
        Assert.Equal("cpu", other.Metrics.Device);
        Close.Assert([trained.Metrics.LogLoss], new[] { other.Metrics.LogLoss }, 0, 1e-5);
        if (other.Metrics.LogLoss != trained.Metrics.LogLoss)
            Assert.Contains(other.Notes,
                n => n.EndsWith("opencl, where it was trained, and cpu round differently", StringComparison.Ordinal));
    }

    [OpenClFact]
    public void Run_OnTheProcessor_IsTestedOnOpenCl()
    {
        var trained = Training.Run(Options("run", s_network) with { Device = "cpu" });
        var test = Testing.Run(new() { Run = _folder["run"], Device = "opencl" });
        Assert.Equal("opencl", test.Metrics.Device);
        Close.Assert([trained.Metrics.LogLoss], new[] { test.Metrics.LogLoss }, 0, 1e-5);
    }

    [OpenClFact]
    public void Run_TwiceOnOpenCl_GivesTheSameBytes()
    {
        Training.Run(Options("one", s_network) with { Device = "opencl" });
        Training.Run(Options("two", s_network) with { Device = "opencl" });
        foreach (var file in new[] { GenreModel.FileName, RunFolder.RecordFile, RunFolder.PredictionsFile })
            Assert.Equal(File.ReadAllBytes(_folder["one", file]), File.ReadAllBytes(_folder["two", file]));
    }

    [OpenClFact]
    public void Resume_OfOpenCl_StaysThereUnlessAnotherIsNamed()
    {
        foreach (var (device, expected) in new[] { (null, "opencl"), ("cpu", "cpu") })
        {
            Assert.ThrowsAny<OperationCanceledException>(() => Interrupted(expected, "opencl"));
            var result = Training.Resume(Options(expected, s_network) with { Device = device });
            Assert.Equal((expected, expected), (result.Record.Device, result.Metrics.Device));
            Assert.Equal(device is not null,
                result.Record.Notes.Any(n => n.StartsWith("the training moved from opencl to cpu", StringComparison.Ordinal)));
        }

        Training.Run(Options("whole", s_network) with { Device = "opencl" });
        Assert.Equal(File.ReadAllBytes(_folder["whole", GenreModel.FileName]),
            File.ReadAllBytes(_folder["opencl", GenreModel.FileName]));
    }

    [OpenClFact]
    public void Predict_FromManyThreadsOnOpenCl_GivesTheSameAsFromOne()
    {
        var audio = PipelineCorpus.WriteAudio(_folder["audio"]);
        Training.Run(Options("run", s_network) with { Data = audio });
        using var model = GenreModel.Load(_folder["run"], "opencl");
        Assert.Equal("opencl", model.Device.Name);
        var clips = PipelineCorpus.Genres.Select(g => PipelineCorpus.Clip(g, 40)).ToArray();
        var alone = clips.Select(c => model.Predict(c, PipelineCorpus.Rate).Ranked.ToArray()).ToArray();
        Parallel.For(0, 48, i => Assert.Equal(alone[i % 3], model.Predict(clips[i % 3], PipelineCorpus.Rate).Ranked));
    }

    [OpenClFact]
    public void Compare_NetworkAndClassifierOnOpenCl_NamesTheDeviceOfEach()
    {
        var options = new ComparisonOptions
        {
            Data = Table(),
            Recipes = [s_network, s_knn],
            Output = _folder["compared"],
            Split = "holdout:2",
            Device = "opencl"
        };
        Assert.Equal(["opencl", "cpu"], Comparing.Run(options).Systems.Select(s => s.Device));
        Assert.Contains("\"device\": \"opencl\"", File.ReadAllText(_folder["compared", "compare.json"]));

        // Finished rounds stay what they were.
        Assert.Equal(["opencl", "cpu"], Comparing.Run(options with { Device = "cpu" }).Systems.Select(s => s.Device));
    }

    [OpenClFact]
    public void Ensemble_OnOpenCl_HasItsNetworkThere()
    {
        var members = $$"""{ "kind": "ensemble", "members": [ { "scaler": "standard", "classifier": { "kind": "knn", "k": 3 } }, { "scaler": "standard", "classifier": {{Network}} } ] }""";
        var result = Training.Run(
            Options("run", s_knn.With("scaler", "none")
                .With("classifier", members) with
            { Name = "mixed" }) with
            { Device = "opencl" });
        Assert.Equal("opencl", result.Metrics.Device);
        var test = Testing.Run(new() { Run = _folder["run"], Device = "cpu" });
        Assert.Equal("cpu", test.Metrics.Device);
        Close.Assert([result.Metrics.LogLoss], new[] { test.Metrics.LogLoss }, 0, 1e-5);
    }

    [OpenClFact]
    public void Tune_OnOpenCl_TrainsTheBestThere()
    {
        var recipe = s_network.With("search",
            """[{"path": "classifier.training.batch", "kind": "integer", "low": 4, "high": 8}]""");
        var result = RecipeTuning.Run(
            new() { Data = Table(), Recipe = recipe, Output = _folder["run"], Trials = 2, Folds = 2, Device = "opencl" });
        Assert.Equal("opencl", result.Training.Metrics.Device);
    }

    private string Table() => File.Exists(_folder["table.csv"])
        ? _folder["table.csv"] : PipelineCorpus.WriteTable(_folder["table.csv"]);

    private TrainingOptions Options(string run, Recipe recipe) =>
        new() { Data = Table(), Output = _folder[run], Recipe = recipe, Seed = 5 };

    // Stops after the second epoch.
    private TrainingResult Interrupted(string run, string device)
    {
        using var stop = new CancellationTokenSource();
        return Training.Run(Options(run, s_network) with
        {
            Device = device,
            Extraction = new() { Cancellation = stop.Token },
            Epochs = new Watch(e => { if (e.Record.Epoch == 2) stop.Cancel(); })
        });
    }

    private sealed class Watch(Action<TrainingEpoch> report) : IProgress<TrainingEpoch>
    {
        public void Report(TrainingEpoch value) => report(value);
    }
}
