using Engine.Classifiers.Evaluation;
using Engine.Dsp;
using Engine.Pipeline;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors.Serialization;
using Engine.Tests.Classifiers;
using Engine.Tests.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Embedding;

/// <summary>Training from examples in memory, against the same training from a folder or table.</summary>
public sealed class TrainingInMemoryTests(EmbeddingModels models) : IClassFixture<EmbeddingModels>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("whole", "stratified")]
    [InlineData("windows", "kfold:3")]
    [InlineData("network", "stratified")]
    public void Fit_SameRecordingsSplitAndSeed_GivesTheModelOfARun(string name, string split)
    {
        var recipe = RecipeOf(name);
        var run = Training.Run(new()
        {
            Data = models.Audio,
            Recipe = recipe,
            Output = _folder["run"],
            Split = split,
            Seed = 7,
        });
        var expected = SafetensorsFile.Read(_folder["run", GenreModel.FileName]);

        // Without room for windows they are computed again from the samples whenever they are read.
        var options = new FitOptions { Split = split, Seed = 7, Extraction = new() { WindowMemory = 0 } };
        foreach (var examples in new[] { models.Files(), models.InMemory(), models.InMemory().Reverse() })
        {
            var trained = Training.Fit(recipe, examples, options);
            using var model = trained.Model;
            model.Save(_folder["model"]);
            var found = SafetensorsFile.Read(_folder["model"]);
            AssertSameTensors(expected, found);
            foreach (var key in new[] { "format", "recipe", "columns", "labels", "split", "seed", "recording_samples", "tested" })
                Assert.Equal(expected.Metadata.GetValueOrDefault(key), found.Metadata.GetValueOrDefault(key));
            Assert.Equal(run.Metrics.Accuracy, trained.Metrics!.Accuracy);
            Assert.Equal(run.Metrics.Protocol, model.Tested!.Protocol);
            Assert.Equal(run.Metrics.ConfusionMatrix, trained.Metrics.ConfusionMatrix);
            Assert.Equal(run.Metrics.Protocol, trained.Protocol);
            Assert.Equal(run.Tested.Select(t => (t.Name, t.Predicted, t.Fold)),
                trained.Tested.Select(t => (t.Name, t.Predicted, t.Fold)));
            Assert.Equal($"{run.Metrics}; {run.Metrics.Protocol}", $"{trained}");
        }
    }

    [Fact]
    public void Fit_RowsOfFeatures_LearnsWhatATableTeaches()
    {
        var table = FeatureTable.Read(PipelineCorpus.WriteTable(_folder["table.csv"]), Gtzan57.Columns);
        var recipe = PipelineCorpus.Options("", "").Recipe;
        Training.Run(new() { Data = _folder["table.csv"], Recipe = recipe, Output = _folder["run"], Seed = 3 });
        var trained = Training.Fit(recipe, table.Rows.Select((row, r) =>
            TrainingExample.OfFeatures(table.Values.Row(r).ToArray(), row.Label) with { Name = row.FileName }),
            new() { Split = recipe.Split, Seed = 3 });
        using var model = trained.Model;
        model.Save(_folder["model"]);
        AssertSameTensors(SafetensorsFile.Read(_folder["run", GenreModel.FileName]), SafetensorsFile.Read(_folder["model"]));
        var metrics = MetricsReport.FromJson(File.ReadAllText(_folder["run", RunFolder.MetricsFile]));
        Assert.Equal(metrics.Accuracy, trained.Metrics!.Accuracy);
    }

    [Fact]
    public void Fit_WithoutSplit_LearnsEverythingAndTestsNothing()
    {
        var recipe = EmbeddingModels.Whole.With("classifier.k", "1");
        var trained = Training.Fit(recipe, models.InMemory());
        using var model = trained.Model;
        Assert.Null(trained.Metrics);
        Assert.Empty(trained.Tested);
        Assert.Equal("none: all 15 rows learned from, none tested", trained.Protocol);
        Assert.Equal("none", model.Split);
        Assert.Null(model.Tested);
        Assert.Equal(1.0, model.WindowSeconds);

        // With one neighbour every recording that was learned is its own.
        foreach (var example in models.Files()) Assert.Equal(example.Label, model.Predict(example.Path!).Label);
        model.Save(_folder["model"]);
        EngineRun.Of("predict", _folder["model"], models.Wav("hiss"), "--no-cache").Succeeds();
        EngineRun.Of("train", models.Audio, "--recipe", "gtzan57-knn", "--split", "none", "--out", _folder["no"], "--no-cache")
            .IsRefused("'none' tests nothing");
    }

    [Fact]
    public void Fit_Numbered_EachExampleIsATrackOfItsOwn()
    {
        var examples = PipelineCorpus.Genres.SelectMany(g => Enumerable.Range(0, 4).Select(n =>
            TrainingExample.OfSamples(PipelineCorpus.Clip(g, n, 0.5), PipelineCorpus.Rate, g))).ToArray();
        var trained = Training.Fit(EmbeddingModels.Whole, examples, new() { Split = "stratified:0.25" });
        trained.Model.Dispose();
        Assert.Equal(3, trained.Metrics!.NTest);
        Assert.Equal(9, trained.Metrics.NTrain);

        trained = Training.Fit(EmbeddingModels.Whole, examples.Select((e, i) => e with { Name = Numbered(i) }));
        trained.Model.Dispose();
        Assert.Contains("give them the same Track", Assert.Single(trained.Notes));

        // Two windows of each track: always on the same side.
        var windows = examples.Select((e, i) => e with { Track = $"{e.Label} {i / 2}" });
        trained = Training.Fit(EmbeddingModels.Whole, windows, new() { Split = "stratified:0.5" });
        trained.Model.Dispose();
        Assert.Equal(6, trained.Metrics!.NTest);
        Assert.Equal(3, trained.Metrics.Tracks!.NTest);
    }

    [Fact]
    public void Fit_Artists_AreOnOneSide()
    {
        var examples = models.InMemory().Select((e, i) => e with { Artist = $"artist {i % 5 / 2}" }).ToArray();
        var artists = examples.ToDictionary(e => Path.GetFileNameWithoutExtension(e.Name!), e => e.Artist!);
        for (var seed = 0UL; seed < 4; seed++)
        {
            var trained = Training.Fit(EmbeddingModels.Whole, examples, new() { Split = "artists", Seed = seed });
            trained.Model.Dispose();
            var tested = trained.Tested.Select(t => t.Name).ToHashSet();
            var (there, here) = (tested.Select(t => artists[t]).ToHashSet(),
                artists.Where(a => !tested.Contains(a.Key)).Select(a => a.Value).ToHashSet());
            Assert.NotEmpty(there);
            Assert.NotEmpty(here);
            Assert.Empty(there.Intersect(here));
            Assert.False(trained.Metrics!.Leaky);
            Assert.StartsWith("artists: ", trained.Protocol);
        }
    }

    [Fact]
    public void Fit_Epochs_AreReportedAndCancelled()
    {
        var epochs = new List<int>();
        using var stop = new CancellationTokenSource();
        var options = new FitOptions
        {
            Epochs = new Reporter<TrainingEpoch>(e =>
            {
                epochs.Add(e.Record.Epoch);
                Assert.Equal(3, e.Epochs);
                if (epochs.Count == 2) stop.Cancel();
            }),
            Extraction = new() { Cancellation = stop.Token },
        };
        Assert.ThrowsAny<OperationCanceledException>(() => Training.Fit(EmbeddingModels.Network, models.Files(), options));
        Assert.Equal([1, 2], epochs);
    }

    [Fact]
    public void Fit_UnusableExamples_SaysWhy()
    {
        TrainingExample[] rows =
            [.. Enumerable.Range(0, 4).Select(i => TrainingExample.OfFeatures(new double[26], i % 2 == 0 ? "a" : "b"))];
        var sound = models.InMemory().ToArray();
        Assert.Equal("there are no examples to learn from.", Error([]));
        Assert.Contains("4 of 19 examples are rows of features and the others recordings", Error([.. rows, .. sound]));
        Assert.Contains("example 1 has 2 features; the front end has 26 columns: mfcc1_mean, mfcc1_var, mfcc2_mean, …",
            Error([rows[0], TrainingExample.OfFeatures([1, 2], "b")]));
        Assert.Contains("example 0: feature mfcc3_mean is NaN",
            Error([TrainingExample.OfFeatures([0, 0, 0, 0, double.NaN, .. new double[21]], "a"), rows[1]]));
        Assert.Contains("rows of features, but this recipe reads windows", Error(rows, EmbeddingModels.Network));
        Assert.Contains("all 2 rows are of the genre 'a'", Error([rows[0], rows[2]]));
        Assert.Contains("'artists' needs to know the artists", Error(sound, split: "artists"));
        Assert.Contains("windows of one track on both sides of 'stratified'.\nGive each example a Track",
            Error([.. Enumerable.Range(0, 8).Select(i => rows[i / 4] with { Name = Numbered(i) })], split: "stratified"));
        Assert.Contains("Split: 'halves' is unknown", Error(sound, split: "halves"));
        Assert.Contains("track drone.00000 appears twice", Error([.. sound, sound[0]]));
        Assert.Contains("example 0: sample 1 is Infinity", Error(
            [TrainingExample.OfSamples([0, float.PositiveInfinity], 8000, "a"), .. sound]));
        Assert.Contains("missing.wav", Error([.. sound, TrainingExample.OfFile("missing.wav", "a")]));
        Assert.Contains("the label is empty", PipelineCorpus.ErrorOf(() => TrainingExample.OfFile("a.wav", " ")));
        Assert.Contains("the sample rate is 0 Hz", PipelineCorpus.ErrorOf(() => TrainingExample.OfSamples([], 0, "a")));

        static string Error(TrainingExample[] examples, Recipe? recipe = null, string? split = null) =>
            PipelineCorpus.ErrorOf(() => Training.Fit(recipe ?? EmbeddingModels.Whole, examples, new() { Split = split }));
    }

    [Fact]
    public void Fit_SkippedRecordings_AreListed()
    {
        var trained = Training.Fit(EmbeddingModels.Whole, models.Files().Append(TrainingExample.OfFile("missing.wav", "hiss")),
            new() { Extraction = new() { OnError = OnError.Skip } });
        trained.Model.Dispose();
        Assert.Equal("missing.wav", Assert.Single(trained.Skipped).Path);
    }

    // Perhaps pieces of two songs, perhaps four songs.
    private static string Numbered(int number) => $"{(number % 4 < 2 ? "one" : "other")} {number % 2}.wav";

    private static void AssertSameTensors(SafetensorsFile expected, SafetensorsFile found)
    {
        Assert.Equal(expected.Tensors.Keys.Order(), found.Tensors.Keys.Order());
        foreach (var (name, tensor) in expected.Tensors) Assert.Equal(tensor.Data, found.Tensors[name].Data);
    }

    private static Recipe RecipeOf(string name) => name switch
    {
        "whole" => EmbeddingModels.Whole,
        "windows" => EmbeddingModels.Windows,
        _ => EmbeddingModels.Network,
    };
}
