using Engine.Classifiers;
using Engine.Pipeline;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors.Distributed;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Ranks;

/// <summary>Trainings shared by ranks write what one process writes with as many parts.</summary>
public sealed class RankTrainingTests : IDisposable
{
    private static readonly string[] s_identical = [GenreModel.FileName, RunFolder.RecordFile, RunFolder.PredictionsFile];

    private const string Cnn = """
        {
          "name": "ranked-cnn", "description": "A small network for tests.",
          "front_end": {
            "sample_rate": 22050, "segment": 0.5,
            "features": { "set": "mel-frames", "n_fft": 1024, "hop_length": 512, "n_mels": 16 }
          },
          "scaler": "none", "window_scaler": "bin", "calibration": "temperature",
          "classifier": {
            "kind": "network",
            "layers": [
              { "layer": "conv2d", "filters": 4, "kernel": [3, 3] }, { "layer": "batch-norm" }, { "layer": "relu" },
              { "layer": "max-pool2d", "size": [2, 2] }, { "layer": "flatten" }, { "layer": "dropout", "share": 0.2 }, { "layer": "output" }
            ],
            "training": {
              "optimizer": { "kind": "adam", "learning_rate": 0.01 }, "batch": 6, "epochs": 4,
              "average_decay": 0.5, "mixup": 0.2, "validation": 0.25, "early_stopping": { "monitor": "loss", "patience": 3 }
            },
            "augmentation": { "time_mask": 0.1, "gain_db": 3 }
          }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_OnTwoRanks_WritesWhatOneProcessWritesInTwoParts()
    {
        var audio = PipelineCorpus.WriteAudio(_folder["audio"]);
        var one = Training.Run(Options(audio, "one", Cnn) with { Parts = 2 });
        Assert.Equal(2, RunRecord.Load(_folder["one"]).Parts);
        // The parts are as many as the ranks.
        var results = ThreadRanks.Run(2, ranks => Training.Run(Options(audio, "two", Cnn, ranks)));
        AssertSame("one", "two");
        Assert.Equal([one.Metrics.LogLoss, one.Metrics.LogLoss], results.Select(r => r.Metrics.LogLoss));
        Assert.Equal(one.Tested.Select(t => t.Predicted), results[1].Tested.Select(t => t.Predicted));
        Assert.Equal(
            Directory.GetFileSystemEntries(_folder["one"]).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            Directory.GetFileSystemEntries(_folder["two"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Resume_OfRoundsOnOtherRanks_EndsAsOneProcess()
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"]);
        var recipe = PipelineCorpus.SmallNetwork;
        Training.Run(Options(table, "whole", recipe) with { Split = "kfold:3", Parts = 3 });
        foreach (var (stopAfter, size) in new[] { (3, 3), (3, 2), (2, 1) })
        {
            ThreadRanks.Run(size, ranks =>
            {
                using var cancel = new CancellationTokenSource();
                var epochs = 0;
                var options = Options(table, "stopped", recipe, ranks) with
                {
                    Split = "kfold:3",
                    CheckpointInterval = TimeSpan.Zero,
                    Epochs = new Epochs(() =>
                    {
                        if (++epochs == stopAfter) cancel.Cancel();
                    }),
                };
                options = options with { Extraction = options.Extraction with { Cancellation = cancel.Token } };
                var canResume = RunFolder.CanResume(_folder["stopped"]);
                ranks.Barrier();
                Assert.Throws<OperationCanceledException>(
                    () => canResume ? Training.Resume(options) : Training.Run(options));
            });
        }

        ThreadRanks.Run(4, ranks => Training.Resume(Options(table, "stopped", recipe, ranks)));
        AssertSame("whole", "stopped");
    }

    [Fact]
    public void Folder_OfOtherRanks_IsACopyThatEnds()
    {
        Directory.CreateDirectory(_folder["run", "rounds"]);
        File.WriteAllText(_folder["run", "run.json"], "{}");
        File.WriteAllBytes(_folder["run", "rounds", "round-1.safetensors"], [1, 2, 3]);
        var paths = ThreadRanks.Run(3, ranks =>
        {
            using var folder = RankFolder.Take(ranks, _folder["run"], () => null);
            Assert.Equal("{}", File.ReadAllText(Path.Combine(folder.Path, "run.json")));
            Assert.Equal([1, 2, 3], File.ReadAllBytes(Path.Combine(folder.Path, "rounds", "round-1.safetensors")));
            return folder.Path;
        });
        Assert.Equal(3, paths.Distinct().Count());
        Assert.Equal([true, false, false], paths.Select(Directory.Exists));
    }

    [Fact]
    public void Run_FolderThatIsTaken_EndsAllRanks()
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"]);
        Directory.CreateDirectory(_folder["taken"]);
        File.WriteAllText(Path.Combine(_folder["taken"], "letter.txt"), "");
        ThreadRanks.Run(2, ranks =>
        {
            var error = Assert.Throws<EngineException>(
                () => Training.Run(Options(table, "taken", PipelineCorpus.SmallNetwork, ranks)));
            Assert.StartsWith($"{_folder["taken"]}: the folder exists and is not empty", error.Message);
            error = Assert.Throws<EngineException>(
                () => Training.Resume(Options(table, "none", PipelineCorpus.SmallNetwork, ranks)));
            Assert.StartsWith($"{_folder["none"]}: there is no run to resume", error.Message);
        });
    }

    [Fact]
    public void Run_RankWithOtherData_IsNamed()
    {
        var tables = new[] { "a.csv", "b.csv" }.Select(name => PipelineCorpus.WriteTable(_folder[name])).ToArray();
        var lines = File.ReadAllLines(tables[1]);
        lines[2] = lines[2].Replace(lines[2].Split(',')[3], "0.125");
        File.WriteAllLines(tables[1], lines);
        ThreadRanks.Run(2, ranks =>
        {
            var error = Assert.Throws<EngineException>(
                () => Training.Run(Options(tables[ranks.Rank], "run", PipelineCorpus.SmallNetwork, ranks)));
            Assert.StartsWith($"Trainer: rank 1 ({Environment.MachineName}) differs from the first rank in: data.",
                error.Message);
        });
    }

    [Fact]
    public void Run_ClassifierWithoutNetwork_IsTheSameOnRanks()
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"]);
        var recipe = RecipeCatalog.Find("gtzan57-knn");
        Training.Run(Options(table, "one", PipelineCorpus.SmallNetwork) with { Recipe = recipe });
        ThreadRanks.Run(2, ranks =>
            Training.Run(Options(table, "two", PipelineCorpus.SmallNetwork, ranks) with { Recipe = recipe }));
        AssertSame("one", "two");
        Assert.Equal("recipe gtzan57-knn: it has no network to train in parts.", PipelineCorpus.ErrorOf(() =>
            Training.Run(Options(table, "three", PipelineCorpus.SmallNetwork) with { Recipe = recipe, Parts = 2 })));
        Assert.Equal("recipe gtzan57-knn: it has no network to measure.", PipelineCorpus.ErrorOf(() =>
            Training.Run(Options(table, "three", PipelineCorpus.SmallNetwork) with { Recipe = recipe, Profile = new() })));
    }

    [Fact]
    public void Run_PartsOfTheRecipe_AreThoseOfTheRun()
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"]);
        var recipe = PipelineCorpus.SmallNetwork.Replace("\"batch\": 8", "\"batch\": 8, \"parts\": 2");
        Training.Run(Options(table, "recipe", recipe));
        Training.Run(Options(table, "option", PipelineCorpus.SmallNetwork) with { Parts = 2 });
        Training.Run(Options(table, "plain", recipe) with { Parts = 1 });
        Assert.Equal([2, 2, null], new[] { "recipe", "option", "plain" }.Select(r => RunRecord.Load(_folder[r]).Parts));
        Assert.Equal(Predictions("recipe"), Predictions("option"));
        Assert.NotEqual(Predictions("recipe"), Predictions("plain"));
        Assert.Contains("at least 1", PipelineCorpus.ErrorOf(() =>
            Training.Run(Options(table, "bad", PipelineCorpus.SmallNetwork) with { Parts = 0 })));
        byte[] Predictions(string run) => File.ReadAllBytes(Path.Combine(_folder[run], RunFolder.PredictionsFile));
    }

    [Fact]
    public void Run_PartsRanksOrProfileOnAGpu_AreRefused()
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"]);
        var options = Options(table, "run", PipelineCorpus.SmallNetwork) with { Device = "ilgpu-cpu" };
        Assert.Equal("a training has 2 parts on the processor only, not on ilgpu-cpu; choose --device cpu.",
            PipelineCorpus.ErrorOf(() => Training.Run(options with { Parts = 2 })));
        Assert.Equal("steps are measured on the processor only, not on ilgpu-cpu; choose --device cpu.",
            PipelineCorpus.ErrorOf(() => Training.Run(options with { Profile = new() })));
        ThreadRanks.Run(2, ranks => Assert.Equal(
            "2 ranks share a training on the processor only, not on ilgpu-cpu; choose --device cpu.",
            PipelineCorpus.ErrorOf(() => Training.Run(options with { Extraction = new() { Ranks = ranks } }))));
        Assert.False(Directory.Exists(_folder["run"]));
    }

    [Fact]
    public void Fit_ExamplesOnTwoRanks_GivesTheSameModel()
    {
        var recipe = Recipe.Parse(PipelineCorpus.SmallNetwork.Replace("\"batch\": 8", "\"batch\": 8, \"parts\": 2"), "test");
        var one = Figures(Communicator.Alone);
        Assert.Equal([one, one], ThreadRanks.Run(2, Figures));

        string Figures(Communicator ranks)
        {
            var examples = Enumerable.Range(0, 15).Select(i => TrainingExample.OfSamples(
                PipelineCorpus.Clip(PipelineCorpus.Genres[i % 3], i), PipelineCorpus.Rate, PipelineCorpus.Genres[i % 3]));
            var options = new FitOptions { Split = "stratified", Extraction = new() { Ranks = ranks } };
            var trained = Training.Fit(recipe, examples, options);
            trained.Model.Dispose();
            return string.Join(' ', trained.Tested.SelectMany(t => t.Probabilities));
        }
    }

    private void AssertSame(string a, string b)
    {
        foreach (var file in s_identical)
        {
            Assert.True(File.ReadAllBytes(Path.Combine(_folder[a], file)).AsSpan()
                .SequenceEqual(File.ReadAllBytes(Path.Combine(_folder[b], file))), $"{file} differs.");
        }
    }

    private TrainingOptions Options(string data, string run, string recipe, Communicator? ranks = null) => new()
    {
        Data = data,
        Recipe = Recipe.Parse(recipe, "test"),
        Output = _folder[run],
        Seed = 5,
        Extraction = new WorkOptions { Ranks = ranks ?? Communicator.Alone },
    };

    private sealed class Epochs(Action next) : IProgress<TrainingEpoch>
    {
        public void Report(TrainingEpoch value) => next();
    }
}
