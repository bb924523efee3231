using Engine.Pipeline;
using Engine.Pipeline.Data;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Networks that start from the weights of a run: what they take, what stays as it is, and what is refused.</summary>
public sealed class FineTuningTests(FineTuningTests.BaseRun trained) : IClassFixture<FineTuningTests.BaseRun>, IDisposable
{
    private const string Json = """
        {
          "name": "small-cnn", "description": "A small network of convolutions.",
          "front_end": {
            "sample_rate": 8000, "segment": 1,
            "features": { "set": "mel-frames", "n_fft": 512, "hop_length": 256, "n_mels": 16 }
          },
          "window_scaler": "bin", "scaler": "none",
          "classifier": {
            "kind": "network",
            "layers": [
              { "layer": "conv2d", "filters": 6, "kernel": 3 }, { "layer": "batch-norm" }, { "layer": "relu" },
              { "layer": "max-pool2d", "size": 2 }, { "layer": "conv2d", "filters": 8, "kernel": 3 }, { "layer": "relu" },
              { "layer": "global-average" }, { "layer": "dense", "units": 8 }, { "layer": "relu" },
              { "layer": "dropout", "share": 0.1 }, { "layer": "output" }
            ],
            "training": { "optimizer": { "kind": "adam", "learning_rate": 0.01 }, "batch": 6, "epochs": 12 }
          },
          "split": "stratified:0.4"
        }
        """;

    private static readonly Recipe s_recipe = Recipe.Parse(Json, "small");
    private static readonly string[] s_mixtures = ["drone-hiss", "drone-pulse", "hiss-pulse"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Run_FromARun_TakesAllButTheOutputAndTheScalerToo()
    {
        var result = Training.Run(Options("tuned", From(trained.Run).With("classifier.initialize.freeze", "until 8")));
        var start = Assert.Single(result.Record.Initializations!);
        Assert.Equal(["10.weight", "10.bias"], start.Anew);
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "4.weight", "4.bias",
            "7.weight", "7.bias"], start.Taken);
        Assert.Equal(("$.classifier", trained.Run, "a model of recipe small-cnn"), (start.At, start.From, start.Source));
        Assert.EndsWith("(a model of recipe small-cnn): 10 tensors taken; 2 start anew: 10.weight, 10.bias", start.ToString());
        Assert.Equal(start.ToString(), Assert.Single(RunRecord.Load(_folder["tuned"]).Initializations!).ToString());

        // Frozen, so still what they were; the scaler is not fitted again.
        var (before, after) = (Tensors(trained.Run), Tensors(_folder["tuned"]));
        Assert.All(start.Taken.Select(n => $"network.{n}").Concat(before.Keys.Where(n => n.StartsWith("window_scaler"))),
            name => Assert.Equal(before[name].Data, after[name].Data));
        using var model = GenreModel.Load(_folder["tuned"]);
        Assert.Equal(s_mixtures, model.Labels);
    }

    [Fact]
    public void Run_LayersChosen_TakesThoseAlone()
    {
        var recipe = From(trained.Run).With("classifier.initialize.layers", "[\"0\", \"1\"]")
            .With("classifier.initialize.learning_rate_scale", "{\"0\": 1e-9, \"1\": 1e-9}");
        var result = Training.Run(Options("tuned", recipe));
        Assert.Equal(6, result.Record.Initializations![0].Taken.Count);
        // At a billionth of the rate, nothing to speak of changes.
        var (before, after) = (Tensors(trained.Run), Tensors(_folder["tuned"]));
        Close.Assert((float[])before["network.0.weight"].Data, (float[])after["network.0.weight"].Data, 0, 1e-6, "0.weight");
        Assert.NotEqual(before["network.4.weight"].Data, after["network.4.weight"].Data);
    }

    [Fact]
    public void Resume_InEachStage_EndsWithTheSameModel()
    {
        var recipe = From(trained.Run).With("classifier.training.epochs", "5")
            .With("classifier.training.stages",
                """[{"epochs":2,"freeze":"until 8"},{"freeze":"until 4","learning_rate":0.003}]""");
        Training.Run(Options("whole", recipe));
        var whole = File.ReadAllBytes(_folder["whole", GenreModel.FileName]);
        for (var stop = 1; stop < 5; stop++)
        {
            var run = $"stopped{stop}";
            using var cancel = new CancellationTokenSource();
            var options = Options(run, recipe);
            Assert.ThrowsAny<OperationCanceledException>(() => Training.Run(options with
            {
                Extraction = options.Extraction with { Cancellation = cancel.Token },
                Epochs = new Seen(epoch =>
                {
                    if (epoch == stop) cancel.Cancel();
                }),
            }));
            Training.Resume(Options(run, recipe));
            Assert.Equal(whole, File.ReadAllBytes(_folder[run, GenreModel.FileName]));
        }
    }

    [Fact]
    public void Resume_WeightsChanged_IsRefused()
    {
        var model = _folder["weights.safetensors"];
        File.Copy(Path.Combine(trained.Run, GenreModel.FileName), model);
        using var cancel = new CancellationTokenSource();
        var options = Options("run", From(model));
        Assert.ThrowsAny<OperationCanceledException>(() => Training.Run(options with
        {
            Extraction = options.Extraction with { Cancellation = cancel.Token },
            Epochs = new Seen(_ => cancel.Cancel()),
        }));
        File.Copy(Path.Combine(OtherSeed(), GenreModel.FileName), model, overwrite: true);
        Assert.Contains("the weights that its network started from have changed",
            PipelineCorpus.ErrorOf(() => Training.Resume(options)));
    }

    [Fact]
    public void Run_WeightsThatDoNotFit_SaysWhyInOneLine()
    {
        Refused(From("nowhere"), "nowhere: there is no such file or run to start from, nor ");
        Refused(From(_folder.Path), $"{_folder.Path}: holds no model.safetensors");
        Refused(From(trained.Run).With("front_end.features.n_mels", "20"), "$.front_end is ", "only segment and hop may differ");
        Refused(From(trained.Run) with { WindowScaler = Engine.Pipeline.FrontEnds.WindowScalerKind.All },
            "$.window_scaler is all", "was trained with bin");
        Refused(From(trained.Run).With("classifier.layers[4].filters", "9"),
            $"{trained.Run}: '4.weight' is F32 [8, 6, 3, 3]; the network has [9, 6, 3, 3]");
        Refused(From(trained.Run).With("classifier.initialize.freeze", "until conv9"),
            "$.classifier.initialize.freeze: no layer is called 'conv9'; there are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10.");
        Refused(From(trained.Run).With("classifier.initialize.freeze", "[\"2\"]"),
            "none of the layers [\"2\"] has anything to learn");
        Refused(From(trained.Run).With("classifier.initialize.freeze", "until 10"), "it freezes the whole network");
        Refused(From(trained.Run).With("classifier.initialize.learning_rate_scale", "{\"x\":0.1}"),
            "$.classifier.initialize.learning_rate_scale: no layer is called 'x'");
        var weights = _folder["damaged.safetensors"];
        File.WriteAllBytes(weights, File.ReadAllBytes(Path.Combine(trained.Run, GenreModel.FileName))[..5000]);
        Refused(From(weights), weights);
        Training.Run(Options("knn", Recipe.Parse(PipelineCorpus.SmallNetwork, "s").With("classifier", """{"kind":"knn"}""")));
        Refused(From(_folder["knn"]), "is a model of recipe small, which has no network of its own");
    }

    [Theory]
    [InlineData("initialize", """{"from":""}""", "$.classifier.initialize.from is \"\"")]
    [InlineData("initialize", """{"from":"a","freeze":"3"}""", "initialize.freeze is \"3\"; expected \"until NAME\"")]
    [InlineData("initialize", """{"from":"a","freeze":[]}""", "expected \"until NAME\", or a list of names of layers")]
    [InlineData("initialize", """{"from":"a","learning_rate_scale":0}""", "learning_rate_scale is 0; it must be above 0")]
    [InlineData("initialize", """{"from":"a","learning_rate_scale":{"0":-1}}""", "scale.0 is -1; it must be above 0")]
    [InlineData("initialize", """{"from":"a","learning_rate_scale":{}}""", "expected a number such as 0.8, or an object")]
    [InlineData("training.stages", "[]", "$.classifier.training.stages is []")]
    [InlineData("training.stages", """[{"epochs":2}]""", "stages[0].epochs is 2; it must be null: the last stage has what")]
    [InlineData("training.stages", "[{},{}]", "stages[0].epochs is null; only the last stage has the epochs that are left")]
    [InlineData("training.stages", """[{"epochs":12},{}]""", "epochs is 12; the stages before the last have 12 epochs")]
    [InlineData("training.stages", """[{"learning_rate":0}]""", "stages[0].learning_rate is 0; it must be above 0")]
    public void Recipe_ValueThatCannotWork_IsRefused(string key, string value, string message) =>
        Assert.Contains(message, PipelineCorpus.ErrorOf(() => s_recipe.With($"classifier.{key}", value)));

    [Fact]
    public void Recipe_FreezeAndStages_AreRefusedTogether() => Assert.Contains(
        "$.classifier.initialize.freeze is \"until 3\"; it must be null with training.stages", PipelineCorpus.ErrorOf(() =>
            From("a").With("classifier.initialize.freeze", "until 3").With("classifier.training.stages", "[{}]")));

    [Fact]
    public void LearningRateScale_ByDepth_FallsFromTheOutputToTheInput()
    {
        var spec = (NetworkSpec)From("a").With("classifier.initialize.learning_rate_scale", "0.5").Classifier;
        using var network = spec.Build([new Engine.Tensors.Shape(1, 16, 32)], 3, "test");
        Assert.Equal([("0.weight", 0.0625), ("1.weight", 0.125), ("4.weight", 0.25), ("7.weight", 0.5), ("10.weight", 1.0)],
            network.Parameters().Where(p => p.Name.EndsWith("weight")).Select(p => (p.Name, p.LearningRateScale)));
    }

    // Of genres that the network has never heard.
    [Fact]
    public void Fit_FewSongsOfNewGenres_LearnsFromFive()
    {
        var recipe = From(trained.Run).With("classifier.initialize.freeze", "until 6").With("classifier.training.epochs", "60");
        var right = new List<int>();
        foreach (var songs in new[] { 5, 10, 20 })
        {
            using var model = Training.Fit(recipe, s_mixtures.SelectMany(g => Enumerable.Range(0, songs)
                .Select(n => TrainingExample.OfSamples(Mixture(g, n), PipelineCorpus.Rate, g) with { Name = $"{g}.{n:00000}" })))
                .Model;
            right.Add(s_mixtures.Sum(g => Enumerable.Range(100, 10)
                .Count(n => model.Predict(Mixture(g, n), PipelineCorpus.Rate).Label == g)));
        }

        // Of 30; by chance 10.
        Assert.All(right, count => Assert.InRange(count, 20, 30));
    }

    private static Recipe From(string from) =>
        s_recipe.With("classifier.initialize", $$"""{"from":{{System.Text.Json.JsonSerializer.Serialize(from)}}}""");

    private void Refused(Recipe recipe, params string[] parts)
    {
        var message = PipelineCorpus.ErrorOf(() => Training.Run(Options("refused", recipe)));
        Assert.All(parts, part => Assert.Contains(part, message));
        Assert.DoesNotContain('\n', message);
        Assert.False(Directory.Exists(_folder["refused"]));
    }

    private TrainingOptions Options(string run, Recipe recipe) =>
        new() { Data = trained.Mixtures, Recipe = recipe, Output = _folder[run] };

    private string OtherSeed()
    {
        Training.Run(new() { Data = trained.Songs, Recipe = s_recipe, Output = _folder["other"], Seed = 1 });
        return _folder["other"];
    }

    private static Dictionary<string, StoredTensor> Tensors(string run) =>
        SafetensorsFile.Read(Path.Combine(run, GenreModel.FileName)).Tensors;

    private static float[] Mixture(string genres, int number)
    {
        var (first, second) = (genres.Split('-')[0], genres.Split('-')[1]);
        return [.. PipelineCorpus.Clip(first, number).Zip(PipelineCorpus.Clip(second, number + 1000), (a, b) => 0.5f * (a + b))];
    }

    private sealed class Seen(Action<int> act) : IProgress<TrainingEpoch>
    {
        public void Report(TrainingEpoch value) => act(value.Record.Epoch);
    }

    /// <summary>A run on three genres, and songs of three others.</summary>
    public sealed class BaseRun : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public BaseRun()
        {
            PipelineCorpus.WriteAudio(Songs, 6);
            foreach (var genre in s_mixtures)
            {
                Directory.CreateDirectory(Path.Combine(Mixtures, genre));
                for (var n = 0; n < 5; n++)
                    PipelineCorpus.WriteWav(Path.Combine(Mixtures, genre, $"{genre}.{n:00000}.wav"), Mixture(genre, n));
            }

            Training.Run(new() { Data = Songs, Recipe = s_recipe, Output = Run });
        }

        public string Songs => _folder["songs"];

        public string Mixtures => _folder["mixtures"];

        public string Run => _folder["run"];

        public void Dispose() => _folder.Dispose();
    }
}
