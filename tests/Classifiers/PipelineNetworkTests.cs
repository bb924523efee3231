using Engine.Classifiers.Evaluation;
using Engine.Pipeline;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>
/// Networks from recordings and tables to run folders: training, going on after an interruption, testing, labelling.
/// </summary>
public sealed class PipelineNetworkTests : IDisposable
{
    // metrics.json and history.csv hold the seconds it took, which are all that may differ between equal runs.
    private static readonly string[] s_identical = [GenreModel.FileName, RunFolder.RecordFile, RunFolder.PredictionsFile];

    // Half a second a window, so that every recording of a second has two; everything random that a training can have.
    private const string Cnn = """
        {
          "name": "small-cnn", "description": "A small network for tests.",
          "front_end": { "sample_rate": 22050, "features": { "set": "mel-frames", "n_fft": 1024, "hop_length": 512, "n_mels": 16 }, "segment": 0.5 },
          "scaler": "none", "window_scaler": "bin",
          "classifier": {
            "kind": "network",
            "layers": [
              { "layer": "conv2d", "filters": 4, "kernel": [3, 3] }, { "layer": "batch-norm" }, { "layer": "relu" }, { "layer": "max-pool2d", "size": [2, 2] },
              { "layer": "flatten" }, { "layer": "dropout", "share": 0.2 }, { "layer": "dense", "units": 8 }, { "layer": "relu" }, { "layer": "output" }
            ],
            "training": {
              "optimizer": { "kind": "adam", "learning_rate": 0.01 }, "batch": 5, "epochs": 6,
              "schedule": { "kind": "cosine", "warm_up": 1 }, "average_decay": 0.5, "mixup": 0.2,
              "validation": 0.25, "early_stopping": { "monitor": "loss", "patience": 4 }
            },
            "augmentation": { "time_mask": 0.1, "gain_db": 3 }
          }
        }
        """;

    private const string Mlp = """
        {
          "name": "small-mlp", "description": "A small network for tests.",
          "front_end": { "sample_rate": 22050, "features": { "set": "gtzan57" } },
          "scaler": "robust",
          "classifier": {
            "kind": "network",
            "layers": [ { "layer": "dense", "units": 16 }, { "layer": "relu" }, { "layer": "dropout", "share": 0.3 }, { "layer": "output" } ],
            "training": { "optimizer": { "kind": "nadam" }, "batch": 4, "epochs": 5, "validation": 0.2, "early_stopping": { "monitor": "accuracy", "patience": 3 } }
          }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_WindowsOfRecordings_GivesFiguresByWindowAndByTrackThatTestRepeats()
    {
        var result = Training.Run(Options(Audio(), "run", Cnn));
        Assert.Equal(6, result.Metrics.NTest);
        Assert.Equal(3, result.Metrics.Tracks!.NTest);
        Assert.Equal(24, result.Metrics.NTrain);
        Assert.Equal(12, result.Metrics.Tracks.NTrain);
        Assert.NotNull(result.Metrics.Tracks.TrainAccuracy);
        Assert.Equal(
            ["history.csv", "last.checkpoint", "metrics.json", "model.safetensors", "predictions.csv", "run.json"],
            Directory.GetFileSystemEntries(_folder["run"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        var test = Testing.Run(new() { Run = _folder["run"] });
        Assert.Equal(result.Metrics with { FitSeconds = null, PredictSeconds = null, Tracks = null },
            Plain(test.Metrics, result.Metrics), Same);
        Assert.Equal(result.Metrics.Tracks.LogLoss, test.Metrics.Tracks!.LogLoss);
        Assert.Equal(result.Metrics.Tracks.TrainAccuracy, test.Metrics.Tracks.TrainAccuracy);
    }

    [Fact]
    public void Run_WindowsOfRecordings_TrackIsTheMeanOfItsWindows()
    {
        var result = Training.Run(Options(Audio(), "run", Cnn));
        using var model = GenreModel.Load(_folder["run"]);
        foreach (var track in result.Tested.GroupBy(t => t.Path))
        {
            var prediction = model.Predict(_folder["audio", track.Key]);
            for (var l = 0; l < model.Labels.Count; l++)
            {
                var mean = track.Average(w => w.Probabilities[l]);
                Assert.Equal(mean, prediction.Ranked.Single(r => r.Label == model.Labels[l]).Probability, 6);
            }
        }
    }

    [Fact]
    public void Predict_FromManyThreads_GivesTheSameAsFromOne()
    {
        Training.Run(Options(Audio(), "run", Cnn));
        using var model = GenreModel.Load(_folder["run"]);
        var clips = PipelineCorpus.Genres.Select(g => PipelineCorpus.Clip(g, 40)).ToArray();
        var alone = clips.Select(c => model.Predict(c, PipelineCorpus.Rate).Ranked.ToArray()).ToArray();
        Parallel.For(0, 24, i => Assert.Equal(alone[i % 3], model.Predict(clips[i % 3], PipelineCorpus.Rate).Ranked));
    }

    [Fact]
    public void Run_AnyThreadsAndCreationOrder_GivesTheSameBytes()
    {
        Train("one", threads: 1, backwards: false);
        Train("two", threads: 2, backwards: true);
        foreach (var file in s_identical)
            Assert.Equal(File.ReadAllBytes(_folder["one", file]), File.ReadAllBytes(_folder["two", file]));

        // The folder's name is in run.json, so both trainings find the data in the same place.
        void Train(string run, int threads, bool backwards)
        {
            if (Directory.Exists(_folder["audio"])) Directory.Delete(_folder["audio"], recursive: true);
            PipelineCorpus.WriteAudio(_folder["audio"], backwards: backwards);
            Training.Run(Options(_folder["audio"], run, Cnn) with { Extraction = new() { Threads = threads } });
        }
    }

    [Theory]
    [InlineData(Cnn, "stratified", 1)]
    [InlineData(Cnn, "stratified", 4)]
    [InlineData(Mlp, "holdout:3", 2)]
    [InlineData(Mlp, "holdout:3", 7)]
    public void Resume_AfterAnInterruption_EndsInTheSameBytes(string recipe, string split, int epochs)
    {
        var data = recipe == Cnn ? Audio() : PipelineCorpus.WriteTable(_folder["table.csv"]);
        var whole = Training.Run(Options(data, "whole", recipe) with { Split = split });
        using var stop = new CancellationTokenSource();
        var interrupted = Options(data, "interrupted", recipe) with
        {
            Split = split,
            Extraction = new() { Cancellation = stop.Token },
            Epochs = new Counter(() => epochs-- > 1, stop.Cancel),
        };
        Assert.ThrowsAny<OperationCanceledException>(() => Training.Run(interrupted));
        Assert.False(File.Exists(_folder["interrupted", RunFolder.MetricsFile]));
        Assert.Contains("--resume", PipelineCorpus.ErrorOf(() => Testing.Run(new() { Run = _folder["interrupted"] })));

        var resumed = Training.Resume(interrupted with { Extraction = new(), Epochs = null });
        foreach (var file in s_identical)
            Assert.Equal(File.ReadAllBytes(_folder["whole", file]), File.ReadAllBytes(_folder["interrupted", file]));
        Assert.Equal(whole.Metrics.LogLoss, resumed.Metrics.LogLoss);
        Assert.Equal(History("whole"), History("interrupted"));
        Assert.False(Directory.Exists(_folder["interrupted", "rounds"]));
        Assert.Contains("finished", PipelineCorpus.ErrorOf(() => Training.Resume(interrupted)));
    }

    [Fact]
    public void Resume_DataThatChanged_IsRefused()
    {
        using var stop = new CancellationTokenSource();
        var options = Options(Audio(), "run", Cnn) with
        {
            Extraction = new() { Cancellation = stop.Token },
            Epochs = new Counter(() => false, stop.Cancel)
        };
        Assert.ThrowsAny<OperationCanceledException>(() => Training.Run(options));
        PipelineCorpus.WriteWav(_folder["audio", "drone", "drone.00000.wav"], PipelineCorpus.Clip("drone", 99));
        Assert.Contains("have changed", PipelineCorpus.ErrorOf(() => Training.Resume(options with { Extraction = new() })));
    }

    [Fact]
    public void Resume_NoRun_IsRefused() =>
        Assert.Contains("there is no run to resume",
            PipelineCorpus.ErrorOf(() => Training.Resume(Options("nowhere", "run", Cnn))));

    [Fact]
    public void Test_NetworkOfSeveralRounds_IsOfTheStoredOne()
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"]);
        var result = Training.Run(Options(table, "run", Mlp) with { Split = "kfold:3" });
        var test = Testing.Run(new() { Run = _folder["run"] });
        Assert.Equal(result.Metrics.Folds!.Accuracies[0], test.Metrics.Accuracy);
        Assert.Contains(test.Notes, n => n.Contains("round 1 of 3", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_Overfit_TrainsAndTestsTheSameTracksAndSaysLeaky()
    {
        var recipe = Rehearsal.ForOverfit(Recipe.Parse(Mlp, "test").With("classifier.training.epochs", "300"));
        var result = Training.Run(
            Options(PipelineCorpus.WriteTable(_folder["table.csv"]), "run", Mlp) with { Recipe = recipe, Split = "overfit:6" });
        Assert.True(result.Metrics.Leaky);
        Assert.Equal((6, 6), (result.Metrics.NTrain, result.Metrics.NTest));
        Assert.Equal(6, result.Record.Rows.Count(r => r.Use == "both"));
        Assert.Equal(1, result.Metrics.Accuracy);
        Assert.Equal(result.Metrics.LogLoss, Testing.Run(new() { Run = _folder["run"] }).Metrics.LogLoss);
    }

    [Fact]
    public void ForOverfit_Knn_IsRefused() =>
        Assert.Contains("gtzan57-knn", PipelineCorpus.ErrorOf(() => Rehearsal.ForOverfit(RecipeCatalog.Get("gtzan57-knn"))));

    [Theory]
    [InlineData(Cnn)]
    [InlineData(Mlp)]
    public void Rehearsal_Network_GoesThroughEverythingAndKeepsNothing(string recipe)
    {
        var data = recipe == Cnn ? Audio() : PipelineCorpus.WriteTable(_folder["table.csv"]);
        var result = Rehearsal.Run(Options(data, "never", recipe));
        Assert.Equal(12, result.Training.Record.Rows.Select(r => r.Track).Distinct().Count());
        Assert.True(result.Epoch is { Record.Loss: > 0 } && result.ModelBytes > 0);
        Assert.False(Directory.Exists(_folder["never"]));
    }

    [Fact]
    public void Load_ModelWithoutAWeight_NamesIt()
    {
        Training.Run(Options(PipelineCorpus.WriteTable(_folder["table.csv"]), "run", Mlp));
        var path = _folder["run", GenreModel.FileName];
        var file = Engine.Tensors.Serialization.SafetensorsFile.Read(path);
        Assert.True(file.Tensors.Remove("network.0.weight"));
        file.Write(path);
        var message = PipelineCorpus.ErrorOf(() => GenreModel.Load(path));
        Assert.Contains("'0.weight'", message);
        Assert.Contains("[16, 57]", message);
    }

    private static MetricsReport Plain(MetricsReport tested, MetricsReport trained) =>
        tested with { FitSeconds = null, PredictSeconds = null, Tracks = null, TrainAccuracy = trained.TrainAccuracy };

    private static bool Same(MetricsReport a, MetricsReport b) => a.ToJson() == b.ToJson();

    private string Audio() => PipelineCorpus.WriteAudio(_folder["audio"]);

    private TrainingOptions Options(string data, string run, string recipe) =>
        new()
        {
            Data = data,
            Output = _folder[run],
            Recipe = Recipe.Parse(recipe, "test"),
            Seed = 5,
            CheckpointInterval = TimeSpan.Zero
        };

    // Without the seconds.
    private string[] History(string run) =>
        [.. File.ReadAllLines(_folder[run, RunFolder.HistoryFile]).Select(l => string.Join(',', l.Split(',')[..^2]))];

    private sealed class Counter(Func<bool> goOn, Action stop) : IProgress<TrainingEpoch>
    {
        public void Report(TrainingEpoch value)
        {
            if (!goOn()) stop();
        }
    }
}
