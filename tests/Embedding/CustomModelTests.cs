using Engine.Classifiers;
using Engine.Classifiers.Scaling;
using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Pipeline;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors.Serialization;
using Engine.Tests.Classifiers;
using Engine.Tests.Cli;
using Engine.Tests.Support;

namespace Engine.Tests.Embedding;

/// <summary>Models of networks and classifiers that this test made itself.</summary>
public sealed class CustomModelTests(EmbeddingModels models) : IClassFixture<EmbeddingModels>, IDisposable
{
    private static readonly FrontEndSpec s_columns = EmbeddingModels.Whole.FrontEnd;
    private static readonly FrontEndSpec s_pictures = EmbeddingModels.Network.FrontEnd;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_Network_PredictsTheSoftmaxOfItsScores()
    {
        var song = PipelineCorpus.Clip("drone", 20);
        var features = new FrontEnd(s_columns).Extract(song, PipelineCorpus.Rate).Rows.Row(0).ToArray();
        var scaler = Scaler();
        var (center, scale) = (scaler.Center.ToArray(), scaler.Scale.ToArray());
        var dense = Initialized(new Dense(26, 3));
        var (weight, bias) = (dense.Parameter("weight").Value.ToArray(), dense.Parameter("bias").Value.ToArray());
        var options = new CustomModelOptions { Scaler = scaler, RecordingSeconds = 1 };
        using var model = GenreModel.Create(s_columns, dense, PipelineCorpus.Genres, options);
        var scores = Enumerable.Range(0, 3).Select(l => bias[l] + Enumerable.Range(0, 26)
            .Sum(c => weight[l * 26 + c] * (features[c] - center[c]) / scale[c])).Select(Math.Exp).ToArray();
        var found = model.Predict(song, PipelineCorpus.Rate);
        foreach (var (label, probability) in found.Ranked)
            Assert.Equal(scores[Array.IndexOf(PipelineCorpus.Genres, label)] / scores.Sum(), probability, 1e-5);
        Assert.False(found.IsCalibrated);
        Assert.Equal(("custom", "Dense 26 -> 3", 1.0), (model.Recipe.Name, model.Recipe.Description, model.WindowSeconds));
        Assert.Equal("none", model.Split);
        Assert.Contains("\"kind\": \"custom\"", model.Recipe.ToJson());
        Assert.Equal(model.Recipe, model.Recipe with { });

        model.Save(_folder["model"]);
        Assert.Contains("the model's network (Dense 26 -> 3) is a program's own, and only that program can make it again: load " +
            "it there with GenreModel.LoadNetwork.", PipelineCorpus.ErrorOf(() => GenreModel.Load(_folder["model"])));
        using var again = GenreModel.LoadNetwork(_folder["model"], saved =>
        {
            Assert.Equal("custom: Dense 26 -> 3; 3 labels, inputs [26]", $"{saved}");
            Assert.Equal(s_columns.ToCanonicalJson(), saved.FrontEnd.ToCanonicalJson());
            return new Dense(26, saved.Labels.Count);
        }, "cpu");
        Assert.Equal(found.Ranked, again.Predict(song, PipelineCorpus.Rate).Ranked);
        again.Save(_folder["again"]);
        Assert.Equal(File.ReadAllBytes(_folder["model"]), File.ReadAllBytes(_folder["again"]));
    }

    [Fact]
    public void Create_NetworkOfWindows_StreamsAndHasATimeline()
    {
        var song = PipelineCorpus.Clip("hiss", 20);
        using var model = GenreModel.Create(s_pictures, Initialized(Pictures()), PipelineCorpus.Genres);
        var stream = model.OpenStream(PipelineCorpus.Rate, window: 0.75);
        stream.Push(song);
        Assert.Equal(0.25, stream.Current!.Start, 1e-3);
        Assert.Equal(4, model.Timeline(song, PipelineCorpus.Rate).Windows.Count);
        model.Save(_folder["model"]);
        using var again = GenreModel.LoadNetwork(_folder["model"], _ => Pictures());
        Assert.Equal($"{model.Predict(song, PipelineCorpus.Rate)}", $"{again.Predict(song, PipelineCorpus.Rate)}");
        var other = PipelineCorpus.ErrorOf(
            () => GenreModel.LoadNetwork(_folder["model"], _ => new Sequential(new Flatten(), new Dense(20 * 11, 3))));
        Assert.StartsWith($"{_folder["model"]}: the network's weights: '1.weight' is F32 [2, 1, 3, 3]; the network has [3, 220]",
            other);
    }

    [Fact]
    public void Create_Classifier_PredictsAndIsSaved()
    {
        var (frontEnd, scaler) = (new FrontEnd(s_columns), Scaler());
        var examples = models.Files().ToArray();
        var rows = new FeatureMatrix(examples.Length, 26);
        for (var i = 0; i < examples.Length; i++)
            frontEnd.ExtractFile(examples[i].Path!).Features.Rows.Row(0).CopyTo(rows.Row(i));
        var nearest = new NearestMean();
        nearest.Fit(scaler.Transform(rows), [.. examples.Select(e => Array.IndexOf(PipelineCorpus.Genres, e.Label))], 3);
        var options = new CustomModelOptions { Name = "means", Description = "the nearest mean", Scaler = scaler };
        using var model = GenreModel.Create(s_columns, nearest, PipelineCorpus.Genres, options);
        foreach (var genre in PipelineCorpus.Genres)
            Assert.Equal(genre, model.Predict(PipelineCorpus.Clip(genre, 30), PipelineCorpus.Rate).Label);
        model.Save(_folder["model"]);
        using var again = GenreModel.LoadClassifier(_folder["model"], saved => saved.Description == "the nearest mean"
            ? new NearestMean() : throw new InvalidOperationException());
        Assert.Equal(model.Predict(models.Wav("hiss")).Ranked, again.Predict(models.Wav("hiss")).Ranked);

        EngineRun.Of("predict", _folder["model"], models.Wav("hiss"))
            .IsRefused("the model's classifier (the nearest mean) is a program's own");
        Assert.Contains("the model has a classifier; load it with GenreModel.LoadClassifier.",
            PipelineCorpus.ErrorOf(() => GenreModel.LoadNetwork(_folder["model"], _ => new Dense(1, 1))));
        Assert.Contains("the means are missing",
            PipelineCorpus.ErrorOf(() => GenreModel.LoadClassifier(_folder["model"], _ => new NearestMean { Key = "other" })));
        models.OfWhole.Save(_folder["own"]);
        Assert.Contains("load it with GenreModel.Load.",
            PipelineCorpus.ErrorOf(() => GenreModel.LoadClassifier(_folder["own"], _ => new NearestMean())));
        Assert.Contains("nearest mean is a program's own, which only the program can train",
            PipelineCorpus.ErrorOf(() => Training.Fit(model.Recipe, models.Files())));
        Assert.Contains("custom", PipelineCorpus.ErrorOf(() => Recipe.Parse(model.Recipe.ToJson(), "recipe")));
    }

    [Fact]
    public void Create_PartsThatDoNotFit_SaysWhy()
    {
        string[] genres = PipelineCorpus.Genres;
        Assert.Contains("the labels are 'a', 'a', 'b'",
            Error(() => GenreModel.Create(s_columns, Initialized(new Dense(26, 3)), ["a", "a", "b"])));
        Assert.Contains("at least two", Error(() => GenreModel.Create(s_columns, Initialized(new Dense(26, 1)), ["a"])));
        Assert.Contains("maps one row of the front end, [26], to [1, 4]; it must be [1, 3]",
            Error(() => GenreModel.Create(s_columns, Initialized(new Dense(26, 4)), genres)));
        Assert.Contains("does not take the front end's rows, [1, 20, 11]",
            Error(() => GenreModel.Create(s_pictures, Initialized(new Dense(26, 3)), genres)));
        Assert.Contains("the network has no values yet", Error(() => GenreModel.Create(s_columns, new Dense(26, 3), genres)));
        Assert.Contains("the network has no parameters", Error(() => GenreModel.Create(s_columns, new Flatten(), genres)));
        Assert.Contains("the scaler was fitted on 2 columns, but the front end gives 26",
            Error(() => GenreModel.Create(s_columns, Initialized(new Dense(26, 3)), genres, new() { Scaler = Scaler(2) })));
        Assert.Contains("a scaler needs plain columns",
            Error(() => GenreModel.Create(s_pictures, Initialized(Pictures()), genres, new() { Scaler = Scaler() })));
        Assert.Contains("means: the classifier has 0 columns, but the front end has 26",
            Error(() => GenreModel.Create(s_columns, new NearestMean(), genres, new() { Name = "means" })));
        Assert.Contains("RecordingSeconds is -1",
            Error(() => GenreModel.Create(s_columns, Initialized(new Dense(26, 3)), genres, new() { RecordingSeconds = -1 })));
        Assert.Contains("front end: $.front_end.sample_rate is 1",
            Error(() => GenreModel.Create(s_columns with { SampleRate = 1 }, Initialized(new Dense(26, 3)), genres)));
        using var wrong = GenreModel.Create(s_columns, Fitted(new NearestMean { Extra = 1 }), genres);
        Assert.Contains("NearestMean: it returned probabilities [1, 4] for 1 rows and 3 classes",
            Error(() => wrong.Predict(PipelineCorpus.Clip("hiss", 1), PipelineCorpus.Rate)));

        static string Error(Action action) => PipelineCorpus.ErrorOf(action);
    }

    private static NearestMean Fitted(NearestMean classifier)
    {
        classifier.Fit(new FeatureMatrix(3, 26), [0, 1, 2], 3);
        return classifier;
    }

    private static T Initialized<T>(T network)
        where T : Module
    {
        network.Initialize(5);
        return network;
    }

    private static Sequential Pictures() => new(
        new BatchNorm2d(1), new Conv2d(1, 2, kernel: 3), Activation.Relu(), new GlobalAveragePool(), new Dense(2, 3));

    private static StandardScaler Scaler(int columns = 26)
    {
        var rows = new FeatureMatrix(4, columns);
        for (var i = 0; i < rows.Data.Length; i++) rows.Data[i] = 10 * Math.Sin(i);
        var scaler = new StandardScaler();
        scaler.Fit(rows);
        return scaler;
    }

    /// <summary>Shares by the distance to the mean of each class.</summary>
    private sealed class NearestMean : IClassifier
    {
        private FeatureMatrix _means = new(0, 0);

        public string Key { get; init; } = "means";

        /// <summary>Columns too many, as a faulty classifier returns.</summary>
        public int Extra { get; init; }

        public int Classes => _means.Rows;

        public int Columns => _means.Columns;

        public void Fit(FeatureMatrix x, ReadOnlySpan<int> labels, int classes)
        {
            _means = new(classes, x.Columns);
            for (var c = 0; c < classes; c++)
            {
                var rows = new List<int>();
                for (var r = 0; r < labels.Length; r++) if (labels[r] == c) rows.Add(r);
                for (var column = 0; column < x.Columns; column++)
                    _means.Row(c)[column] = rows.Average(r => x[r, column]);
            }
        }

        public FeatureMatrix PredictProbabilities(FeatureMatrix x)
        {
            var shares = new FeatureMatrix(x.Rows, Classes + Extra);
            for (var r = 0; r < x.Rows; r++)
            {
                var near = Enumerable.Range(0, Classes)
                    .Select(c => 1 / (1e-9 + Enumerable.Range(0, Columns).Sum(i => Math.Pow(x[r, i] - _means[c, i], 2))))
                    .ToArray();
                for (var c = 0; c < Classes; c++) shares.Row(r)[c] = near[c] / near.Sum();
            }

            return shares;
        }

        public IReadOnlyDictionary<string, StoredTensor> SaveState() =>
            new Dictionary<string, StoredTensor> { [Key] = new(_means.Data, _means.Rows, _means.Columns) };

        public void LoadState(IReadOnlyDictionary<string, StoredTensor> state)
        {
            if (!state.TryGetValue(Key, out var means)) throw new EngineException("the means are missing.");
            _means = new(means.Shape[0], means.Shape[1], (double[])means.Data);
        }
    }
}
