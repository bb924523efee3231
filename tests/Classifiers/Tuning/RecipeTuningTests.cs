using System.Text.Json;
using Engine.Classifiers.Knn;
using Engine.Classifiers.Tuning;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Json;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers.Tuning;

public sealed class RecipeTuningTests : IDisposable
{
    private const string Network = """
        {
          "name": "small", "description": "A small network.",
          "front_end": { "sample_rate": 22050, "features": { "set": "gtzan57" } },
          "scaler": "robust",
          "classifier": {
            "kind": "network",
            "layers": [ { "layer": "hidden", "count": 2, "units": 8, "dropout": 0.1 }, { "layer": "output" } ],
            "training": { "optimizer": { "kind": "adam" }, "batch": 8, "epochs": 3, "validation": 0.2 }
          },
          "search": [
            { "path": "classifier.layers[0].count", "kind": "integer", "low": 1, "high": 3 },
            { "path": "classifier.layers[0].dropout", "kind": "categorical", "values": [0, 0.3] },
            { "path": "classifier.training.optimizer.learning_rate", "kind": "real", "low": 0.0001, "high": 0.1, "log": true }
          ]
        }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _table;
    private readonly Recipe _knn = RecipeCatalog.Get("gtzan57-knn")
        .With("search", """[{ "path": "classifier.k", "kind": "integer", "low": 1, "high": 12 }]""");

    public RecipeTuningTests() => _table = PipelineCorpus.WriteTable(_folder["f.csv"], tracks: 12);

    public void Dispose() => _folder.Dispose();

    private TuningOptions Options(string run = "run", int trials = 6) =>
        new() { Data = _table, Recipe = _knn, Output = _folder[run], Trials = trials, Folds = 3, Seed = 2, Split = "holdout:2" };

    [Fact]
    public void Run_Classifier_TrainsTheBestAsAnOrdinaryRun()
    {
        var result = RecipeTuning.Run(Options());
        Assert.Equal(6, result.Trials.Count);
        Assert.Equal(result.Trials.Max(t => t.Accuracy), result.Best.Accuracy);
        Assert.Equal(result.Best.Folds.Average(), result.Best.Accuracy!.Value, 12);
        var best = Recipe.Load(_folder["run", "best.json"]);
        Assert.Null(best.Search);
        Assert.Equal(result.Best.Values["classifier.k"].GetInt32(), ((KnnOptions)best.Classifier).K);

        var plain = Training.Run(
            new TrainingOptions { Data = _table, Recipe = best, Output = _folder["plain"], Split = "holdout:2", Seed = 2 });
        Assert.Equal(plain.Metrics.LogLoss, result.Training.Metrics.LogLoss);
        foreach (var file in new[] { "model.safetensors", "predictions.csv" })
            Assert.Equal(File.ReadAllBytes(_folder["plain", file]), File.ReadAllBytes(_folder["run", file]));
        Assert.Equal(plain.Metrics.LogLoss, Testing.Run(new TestingOptions { Run = _folder["run"] }).Metrics.LogLoss);
        Assert.Equal(2, result.Training.Record.Notes.Count);
        Assert.Contains("the best of 6 trials (bayes)", result.Training.Record.Notes[0]);
        Assert.Contains("round 1 alone", result.Training.Record.Notes[1]);
    }

    [Fact]
    public void Run_TestRowsOfRoundOne_TakeNoPart()
    {
        var before = RecipeTuning.Run(Options()).Trials;
        var tested = RunRecord.Load(_folder["run"]).Rows.Where(r => r.Use.StartsWith("test", StringComparison.Ordinal))
            .Select(r => $"{r.Name}.wav").ToHashSet();
        PipelineCorpus.WriteTable(_table, tracks: 12,
            edit: lines => lines.Select(
                l => tested.Contains(l.Split(',')[0])
                    ? $"{l.Split(',')[0]},0,{string.Join(',', l.Split(',')[2..^1].Select(_ => "0"))},{l.Split(',')[^1]}" : l));
        var after = RecipeTuning.Run(Options("after")).Trials;
        Assert.Equal(before.Select(t => t.Accuracy), after.Select(t => t.Accuracy));
    }

    [Theory]
    [InlineData(TuningMethod.Bayes)]
    [InlineData(TuningMethod.Random)]
    [InlineData(TuningMethod.Grid)]
    public void Run_Interrupted_GoesOnWithTheSameTrials(TuningMethod method)
    {
        var options = Options() with { Method = method, Trials = 12 };
        var whole = RecipeTuning.Run(options with { Output = _folder["whole"] });
        for (var stop = 2; stop < whole.Trials.Count; stop += 3)
        {
            using var cancel = new CancellationTokenSource();
            var stopping = new Reporter<PipelineProgress>(p =>
            {
                if (p.Done == stop) cancel.Cancel();
            });
            Assert.Throws<OperationCanceledException>(
                () => RecipeTuning.Run(options with
                {
                    Extraction = new WorkOptions { Cancellation = cancel.Token },
                    Progress = stopping
                }));
            // As if the program had been killed while it wrote.
            File.AppendAllText(_folder["run", "trials.jsonl"], "{\"number\":");
        }

        var resumed = RecipeTuning.Run(options);
        Assert.Equal(whole.Trials.Select(t => (t.Accuracy, t.Values["classifier.k"].GetInt32())),
            resumed.Trials.Select(t => (t.Accuracy, t.Values["classifier.k"].GetInt32())));
        Assert.Equal(File.ReadAllBytes(_folder["whole", "model.safetensors"]),
            File.ReadAllBytes(_folder["run", "model.safetensors"]));
    }

    [Fact]
    public void Run_Network_TunesDepthAndGoesOnInItsTraining()
    {
        var options = Options(trials: 4) with { Recipe = Recipe.Parse(Network, "small"), Folds = 2 };
        var whole = RecipeTuning.Run(options with { Output = _folder["whole"] });
        Assert.All(whole.Trials, t => Assert.Equal(3, t.Values.Count));
        using var cancel = new CancellationTokenSource();
        var stopping = new Reporter<PipelineProgress>(p =>
        {
            if (p.Done == 4) cancel.Cancel();
        });
        Assert.Throws<OperationCanceledException>(
            () => RecipeTuning.Run(options with
            {
                Extraction = new WorkOptions { Cancellation = cancel.Token },
                Progress = stopping
            }));
        var resumed = RecipeTuning.Run(options with { Extraction = new WorkOptions { Threads = 2 } });
        Assert.Equal(whole.Training.Metrics.LogLoss, resumed.Training.Metrics.LogLoss);
        Assert.Equal(File.ReadAllBytes(_folder["whole", "model.safetensors"]),
            File.ReadAllBytes(_folder["run", "model.safetensors"]));
    }

    [Fact]
    public void Run_FinalTrainingInterrupted_GoesOnOrBeginsAgain()
    {
        var options = Options(trials: 3) with { Recipe = Recipe.Parse(Network, "small"), Folds = 2 };
        var whole = RecipeTuning.Run(options with { Output = _folder["whole"] });
        foreach (var file in new[] { "trials.jsonl", "run.json", "model.safetensors" }) Copy(file);
        RecipeTuning.Run(options);
        Assert.Equal(File.ReadAllBytes(_folder["whole", "model.safetensors"]),
            File.ReadAllBytes(_folder["run", "model.safetensors"]));

        // With a further trial that is better, what was begun is of no use.
        File.Delete(_folder["run", "metrics.json"]);
        var more = RecipeTuning.Run(options with { Trials = 8 });
        Assert.Equal(whole.Trials.Select(t => t.Accuracy), more.Trials.Take(3).Select(t => t.Accuracy));
        Assert.Equal(RunRecord.Load(_folder["run"]).Recipe, Recipe.Load(_folder["run", "best.json"]));

        void Copy(string file)
        {
            Directory.CreateDirectory(_folder["run"]);
            File.Copy(_folder["whole", file], _folder["run", file]);
        }
    }

    [Fact]
    public void Run_TrialThatCannotBeFitted_IsRecordedAndPassedOver()
    {
        var recipe = RecipeCatalog.Get("gtzan57-knn")
            .With("search", """[{ "path": "classifier.k", "kind": "categorical", "values": [1, 3, 1000] }]""");
        var result = RecipeTuning.Run(Options(trials: 3) with { Recipe = recipe });
        var failed = Assert.Single(result.Trials, t => t.Accuracy is null);
        Assert.Contains("1000", failed.Error);
        Assert.NotEqual(1000, result.Best.Values["classifier.k"].GetInt32());
        var none = RecipeCatalog.Get("gtzan57-knn")
            .With("search", """[{ "path": "classifier.k", "kind": "categorical", "values": [1000, 2000] }]""");
        Assert.Contains("all 2 trials failed",
            PipelineCorpus.ErrorOf(() => RecipeTuning.Run(Options("none", 2) with { Recipe = none })));
    }

    [Fact]
    public void Run_AnotherSearchThere_IsRefusedNamingTheDifference()
    {
        var options = Options();
        RecipeTuning.Run(options);
        Assert.Contains("finished", PipelineCorpus.ErrorOf(() => RecipeTuning.Run(options)));
        File.Delete(_folder["run", "metrics.json"]);
        Assert.Contains("the seed", PipelineCorpus.ErrorOf(() => RecipeTuning.Run(options with { Seed = 3 })));
        Assert.Contains("the split", PipelineCorpus.ErrorOf(() => RecipeTuning.Run(options with { Split = "kfold:2" })));
        Assert.Contains("the recipe",
            PipelineCorpus.ErrorOf(() => RecipeTuning.Run(options with { Recipe = _knn.With("scaler", "robust") })));
        Assert.Contains("the number of folds", PipelineCorpus.ErrorOf(() => RecipeTuning.Run(options with { Folds = 2 })));
        Assert.Contains("the method",
            PipelineCorpus.ErrorOf(() => RecipeTuning.Run(options with { Method = TuningMethod.Random })));
        PipelineCorpus.WriteTable(_table, tracks: 11);
        Assert.Contains("the data", PipelineCorpus.ErrorOf(() => RecipeTuning.Run(options)));
        var log = _folder["run", "trials.jsonl"];
        PipelineCorpus.WriteTable(_table, tracks: 12);
        File.WriteAllLines(log, File.ReadAllLines(log).Where((_, i) => i != 2));
        Assert.Contains("line 3: is not trial 2", PipelineCorpus.ErrorOf(() => RecipeTuning.Run(options)));
    }

    [Fact]
    public void Run_BadInput_NamesTheValue()
    {
        Assert.Contains("has no search",
            PipelineCorpus.ErrorOf(() => RecipeTuning.Run(Options() with { Recipe = RecipeCatalog.Get("gtzan57-knn") })));
        Assert.Contains("0 trials", PipelineCorpus.ErrorOf(() => RecipeTuning.Run(Options(trials: 0))));
        Assert.Contains("needs at least 20 tracks of every genre",
            PipelineCorpus.ErrorOf(() => RecipeTuning.Run(Options() with { Folds = 20 })));
        Recipe With(string path, string range) =>
            RecipeCatalog.Get("gtzan57-knn").With("search", $$"""[{ "path": "{{path}}", {{range}} }]""");
        Assert.Contains("$.classifier.gamma is not a known key",
            PipelineCorpus.ErrorOf(() =>
                RecipeTuning.Run(Options() with
                {
                    Recipe =
                    With("classifier.gamma", "\"kind\": \"real\", \"low\": 0, \"high\": 1")
                })));
        Assert.Contains("$.classifier.k is 0",
            PipelineCorpus.ErrorOf(() =>
                RecipeTuning.Run(Options() with
                {
                    Recipe =
                    With("classifier.k", "\"kind\": \"integer\", \"low\": 0, \"high\": 5")
                })));
        Assert.Contains("cannot change the front end",
            PipelineCorpus.ErrorOf(() =>
                RecipeTuning.Run(Options() with
                {
                    Recipe =
                    With("front_end.sample_rate", "\"kind\": \"integer\", \"low\": 8000, \"high\": 22050")
                })));
        Assert.False(Directory.Exists(_folder["run"]));
        File.WriteAllText(_folder["letter.txt"], "");
        Assert.Contains("not empty", PipelineCorpus.ErrorOf(() => RecipeTuning.Run(Options() with { Output = _folder.Path })));
    }

    [Fact]
    public void Run_Windows_AreCountedByTrack()
    {
        PipelineCorpus.WriteTable(_table, tracks: 6, windows: 3);
        var result = RecipeTuning.Run(Options(trials: 2) with { Folds = 2, Split = "leaky-windows" });
        // Every track has windows to learn from, so the inner folds have 9 of the 18 tracks each.
        Assert.All(result.Trials.SelectMany(t => t.Folds), accuracy => Assert.Equal(0, accuracy * 9 % 1, 1e-9));
        Assert.True(result.Training.Metrics.Leaky);
    }

    [Fact]
    public void Hidden_Layers_AreThoseWrittenOut()
    {
        var hidden = RecipeSummary.Of(Recipe.Parse(Network, "small")).Network;
        var written = RecipeSummary.Of(Recipe.Parse(Network, "small").With("classifier.layers", """
            [{ "layer": "dense", "units": 8 }, { "layer": "relu" }, { "layer": "dropout", "share": 0.1 },
             { "layer": "dense", "units": 8 }, { "layer": "relu" }, { "layer": "dropout", "share": 0.1 }, { "layer": "output" }]
            """)).Network;
        Assert.Equal(written.Parameters, hidden.Parameters);
        Assert.Equal(written.Layers.Select(l => (l.Description, l.Output)), hidden.Layers.Select(l => (l.Description, l.Output)));
        Assert.Contains("$.classifier.layers[0].count is 0",
            PipelineCorpus.ErrorOf(() => Recipe.Parse(Network, "small").With("classifier.layers[0].count", "0")));
        Assert.Contains("$.classifier.layers[0].dropout is 1",
            PipelineCorpus.ErrorOf(() => Recipe.Parse(Network, "small").With("classifier.layers[0].dropout", "1")));
    }

    [Fact]
    public void Trial_Json_ReadsBack()
    {
        var trial = new Trial(1, new Dictionary<string, JsonElement> { ["a.b"] = JsonElement.Parse("\"x\"") }, null, [], [0.25],
            1.5, "why");
        var text = JsonSerializer.Serialize(trial, RunJson.Compact.Of<Trial>());
        Assert.DoesNotContain('\n', text);
        Assert.Equal(text, JsonSerializer.Serialize(StrictJson.Read(text, RunJson.Indented.Of<Trial>(), "trial"),
            RunJson.Compact.Of<Trial>()));
    }
}
