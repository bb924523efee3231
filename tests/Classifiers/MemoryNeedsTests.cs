using Engine.Classifiers;
using Engine.Classifiers.Tuning;
using Engine.Nn;
using Engine.Nn.Layers;
using Engine.Pipeline;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Pipeline.Pretrained;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>What a recipe needs is known, and held against a limit, before anything of the sizes it names is allocated.</summary>
public sealed class MemoryNeedsTests : IDisposable
{
    private const long Small = 1 << 20;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly (string At, FrontEndSpec Spec)[] s_absurd =
    [
        ("$.front_end.features.n_mels", new(22050, new MelFeatures(2048, 512, 300_000))),
        ("$.front_end.features.n_mels", new(22050, new MfccFeatures(20, 65536, 512, 200_000))),
        ("$.front_end.features.n_mels", new(22050, new MelFeatures(int.MaxValue, 512, int.MaxValue))),
        ("$.front_end.features.n_fft", new(22050, new StftFeatures(1 << 30))),
        ("$.front_end.features.n_fft", new(22050, new ChromaFeatures(int.MaxValue))),
        ("$.front_end.features.n_fft", new(22050, new DescriptorFeatures(int.MaxValue))),
        ("$.front_end.features.hop_length", new(22050, new StftFeatures(65536, 1))),
        ("$.front_end.features.numcep",
            new(22050, new PsfGaussianFeatures(Coefficients: 100_000, Filters: 100_000, WindowSeconds: 0.02))),
        ("$.front_end.features.nfilt", new(22050, new PsfGaussianFeatures(Filters: 2_000_000, FftSize: 65536))),
        ("$.front_end.features.nfft", new(22050, new PsfGaussianFeatures(FftSize: int.MaxValue))),
        ("$.front_end.segment", new(22050, new Wave(), 97_000)),
        ("$.front_end.hop", new(22050, new Wave(), 10, 0.0001)),
        ("$.front_end.features.cmvn_window", new(22050, new MfccFrames(CmvnWindow: int.MaxValue), 3)),
        ("$.front_end.features.inputs[1].n_fft",
            new(22050, new JoinedFeatures([new Gtzan57Features(), new StftFrames(1 << 29)]), 90_000)),
        ("$.front_end.features.n_mels", new(22050, new MelPicture(Bands: 3_000_000))),
    ];

    public static TheoryData<int> Absurd => [.. Enumerable.Range(0, s_absurd.Length)];

    [Theory, MemberData(nameof(Absurd))]
    public void FrontEnd_AbsurdSizes_AreRefusedBeforeTheyAreTaken(int index)
    {
        var (at, spec) = s_absurd[index];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = PipelineCorpus.ErrorOf(() => _ = new FrontEnd(spec, memoryLimit: 2L << 30));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Small);
        Assert.Contains($"{at}: ", message);
        Assert.Contains("the limit is 2 GiB, as requested", message);
        Assert.Contains("--memory-limit", message);
    }

    [Theory]
    [InlineData(1000, 32)]
    [InlineData(1 << 26, 4)]
    [InlineData(100_000_000, 2)]
    [InlineData(int.MaxValue, 1)]
    public void PredictionBatch_WideLayers_AreFewerExamplesAtOnce(int values, int batch)
    {
        var layer = new LayerSummary("0", "ReLU", new Shape(1, values), new Shape(1, values), 0, 0);
        Assert.Equal(batch, NetworkNeeds.PredictionBatch(new([layer])));
        NetworkNeeds.RequireTensors(new([layer]), batch, "$", "test");
    }

    [Fact]
    public void PredictionBatch_RecurrentLayers_CountTheirGatesAndStates()
    {
        // 400 steps of 1,200 values: 2 MB of input, 3 MB of gates and cell states, 1 MB of states.
        using var network = new Sequential(new Sequence(), new Lstm(1200, 400, 2));
        var summary = NetworkSummary.Of(network, new Shape(1, 1200, 400));
        Assert.Equal(8, NetworkNeeds.PredictionBatch(summary, onCpu: true));
        Assert.Equal(32, NetworkNeeds.PredictionBatch(summary));
    }

    [Fact]
    public void FrontEnd_LimitRaisedOrLowered_Decides()
    {
        var spec = new FrontEndSpec(22050, new MelFeatures(4096, 512, 4000));
        Assert.Contains("$.front_end.features.n_mels: ",
            PipelineCorpus.ErrorOf(() => _ = new FrontEnd(spec, memoryLimit: 16 << 20)));
        Assert.Equal(8000, new FrontEnd(spec, memoryLimit: 1L << 30).Columns.Count);
        Assert.Contains("it must be at least 1", PipelineCorpus.ErrorOf(() => _ = new FrontEnd(spec, memoryLimit: 0)));
    }

    [Fact]
    public void Needs_EveryShippedRecipe_HaveTheColumnsOfItsFrontEndAndFitTwoGigabytes()
    {
        foreach (var recipe in RecipeCatalog.Names.Select(RecipeCatalog.Get))
        {
            // Networks that Engine describes are known without their weights, which a front end needs.
            var needsWeights = recipe.FrontEnd.Features.Parts.Any(p => p is EmbeddingFeatures);
            Assert.Equal(needsWeights ? recipe.Name.EndsWith("-both") ? 584 : 384 : new FrontEnd(recipe.FrontEnd).Columns.Count,
                recipe.FrontEnd.Features.ColumnCount);
            recipe.RequireMemory(2L << 30);
        }

        foreach (var set in FeatureSpec.Named.Values.Append(new PsfGaussianFeatures(FftSize: 1024)))
        {
            Assert.Equal(new FrontEnd(new(22050, set)).Columns.Count, set.ColumnCount);
        }
    }

    // What is counted for a training step is what engine summary shows.
    [Fact]
    public void Needs_OfANetwork_AreThoseOfItsSummary()
    {
        var recipe = RecipeCatalog.Get("cs464-conv2d");
        var summary = RecipeSummary.Of(recipe);
        Assert.Equal(summary.TrainingBytes, summary.Needs.Where(n => n.At.StartsWith("$.classifier", StringComparison.Ordinal))
            .Sum(n => n.Bytes), 1.0);
        var message = PipelineCorpus.ErrorOf(
            () => RecipeSummary.Of(recipe.With("classifier.layers[0].filters", "1000000"), 10, 8L << 30));
        Assert.Contains("recipe cs464-conv2d: $.classifier.", message);
    }

    [Theory]
    [InlineData("classifier.layers[0].filters", "1000000")]
    [InlineData("classifier.layers[0].kernel", "[399, 399]")]
    [InlineData("classifier.layers[0].padding", "1000000")]
    [InlineData("classifier.layers[0].stride", "1000000")]
    [InlineData("front_end.features.width", "4096")]
    [InlineData("classifier.training.batch", "65536")]
    public void Summary_LargeLayers_AreRefusedOrDescribedWithoutTheirMemory(string path, string value)
    {
        var recipe = RecipeCatalog.Get("cs464-conv2d").With(path, value);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Record.Exception(() => RecipeSummary.Of(recipe, 10, 1L << 30));
        Assert.True(error is null or EngineException, $"{error}");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Fact]
    public void Layers_MoreThanAnyNetworkHas_AreRefused()
    {
        var hidden = "{\"layer\":\"hidden\",\"count\":1000,\"units\":8}";
        var layers = $"[{string.Join(',', Enumerable.Repeat(hidden, 20))},{{\"layer\":\"output\"}}]";
        Assert.Contains("layers in all",
            PipelineCorpus.ErrorOf(() => RecipeCatalog.Get("cortis-mlp-fixed").With("classifier.layers", layers)));
    }

    [Theory]
    [InlineData("""{"kind":"forest","trees":100000}""", 1e6, 100, "$.classifier.trees")]
    [InlineData("""{"kind":"extra-trees","trees":100000}""", 1e6, 100, "$.classifier.trees")]
    [InlineData("""{"kind":"lda"}""", 1e5, 1e5, "$.classifier.kind")]
    [InlineData("""{"kind":"svm","cache_mb":2147483647}""", 1e6, 10, "$.classifier.cache_mb")]
    [InlineData("""{"kind":"knn"}""", 1e6, 1e4, "$.classifier")]
    [InlineData("""{"kind":"logistic"}""", 100, 1e8, "$.classifier.kind")]
    public void Learning_ManyRowsOrColumns_AreCountedWithoutOverflow(string classifier, double rows, double columns, string at)
    {
        var recipe = RecipeCatalog.Get("gtzan57-knn").With("classifier", classifier);
        var plan = new LearningNeeds(rows, columns, 10).Of(recipe, "$");
        var message = PipelineCorpus.ErrorOf(() => plan.Require(MemoryLimit.ForRecipes(2L << 30), "r"));
        Assert.StartsWith($"r: {at}", message);
        new LearningNeeds(1000, 57, 10).Of(recipe, "$").Require(MemoryLimit.ForRecipes(2L << 30), "r");
    }

    [Fact]
    public void Train_ForestBeyondTheLimit_IsRefusedBeforeAnythingIsWritten()
    {
        var options = PipelineCorpus.Options(PipelineCorpus.WriteTable(_folder["table.csv"], tracks: 20), _folder["run"]);
        options = options with
        {
            Recipe = options.Recipe.With("classifier", """{"kind":"forest","trees":100000}"""),
            Extraction = new WorkOptions { MemoryLimit = 80 << 20 },
        };
        Assert.Contains("$.classifier.trees: 100000 trees", PipelineCorpus.ErrorOf(() => Training.Run(options)));
        Assert.False(Path.Exists(_folder["run"]));
    }

    [Fact]
    public void Tune_ValueBeyondTheLimit_IsAFailedTrialWithItsReason()
    {
        var recipe = RecipeCatalog.Get("cortis-mlp-fixed") with
        {
            Search = [new CategoricalParameter("classifier.layers[0].units",
                [System.Text.Json.JsonElement.Parse("4"), System.Text.Json.JsonElement.Parse("1000000")])],
        };
        var result = RecipeTuning.Run(new TuningOptions
        {
            Data = PipelineCorpus.WriteTable(_folder["table.csv"]),
            Recipe = recipe.With("classifier.training.epochs", "1"),
            Output = _folder["tuned"],
            Trials = 2,
            Folds = 2,
            Split = "stratified",
            Method = TuningMethod.Grid,
            Extraction = new WorkOptions { MemoryLimit = 200 << 20 },
        });
        Assert.Equal([true, false], result.Trials.Select(t => t.Accuracy is not null));
        Assert.Contains("$.classifier.layers: the weights and their gradients", result.Trials[1].Error);
    }

    [Fact]
    public void LoadModel_SmallFileWithAbsurdRecipe_IsRefusedWithoutItsMemory()
    {
        Training.Run(PipelineCorpus.Options(PipelineCorpus.WriteTable(_folder["table.csv"]), _folder["run"]));
        var model = _folder["run", GenreModel.FileName];
        foreach (var features in new FeatureSpec[] { new MelFeatures(2048, 512, 300_000), new StftFeatures(1 << 30),
            new MfccFeatures(20, 65536, 512, 40_000) })
        {
            var file = SafetensorsFile.Read(model);
            var recipe = Recipe.Parse(file.Metadata["recipe"], "");
            file.Metadata["recipe"] = (recipe with { FrontEnd = recipe.FrontEnd with { Features = features } }).ToJson();
            // With the right number of columns, too, where that is not absurd itself.
            if (features is MfccFeatures)
                file.Metadata["columns"] =
                    System.Text.Json.JsonSerializer.Serialize(Enumerable.Range(0, 40).Select(i => $"c{i}"));
            file.Write(_folder["absurd.safetensors"]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var message = PipelineCorpus.ErrorOf(() => GenreModel.Load(_folder["absurd.safetensors"]));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
            Assert.StartsWith(_folder["absurd.safetensors"], message);
        }

        Assert.Contains("the limit is 1 MiB", PipelineCorpus.ErrorOf(() => GenreModel.Load(model, memoryLimit: 1 << 20)));
        GenreModel.Load(model, memoryLimit: 1L << 30).Dispose();
    }
}
