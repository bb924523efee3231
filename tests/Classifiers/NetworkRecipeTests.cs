using Engine.Nn;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Tests.Classifiers;

/// <summary>
/// The shipped network recipes: that they are there, build at their front end's sizes, and are as large as published.
/// </summary>
public class NetworkRecipeTests
{
    public static TheoryData<string> Names => [.. Networks];

    private static IEnumerable<string> Networks => RecipeCatalog.Names.Where(n => RecipeCatalog.Get(n).Classifier is NetworkSpec);

    [Fact]
    public void Catalog_HoldsEveryPublishedNetwork() => Assert.Equal(
        [
            "aiml-cnn", "aiml-ffnn", "cortis-cnn-mel", "cortis-cnn-mel-30s", "cortis-cnn-mfcc", "cortis-cnn-stft",
            "cortis-mlp-fixed", "cortis-mlp-fixed-3s", "cortis-mlp-nomfcc", "cortis-mlp-nomfcc-3s", "cortis-mlp-tuned",
            "cortis-mlp-tuned-3s",
            "cortis-mmnn", "cs464-conv1d-mel", "cs464-conv1d-raw", "cs464-conv2d", "cs464-conv2d-keras", "cs464-lstm",
            "dsap-cnn-18", "dsap-cnn-26", "spectro-ann", "spectro-finetune",
        ],
        Networks);

    [Theory]
    [MemberData(nameof(Names))]
    public void Recipe_ForwardOfTwo_GivesAScoreForEachLabel(string name)
    {
        var recipe = RecipeCatalog.Get(name);
        var summary = RecipeSummary.Of(recipe, 10);
        Assert.Equal(new Shape(1, 10), summary.Network.Output);
        // 173 MB of weights: its shapes alone.
        if (name == "cs464-conv2d-keras") return;

        using var scope = new TensorScope();
        using var network = ((NetworkSpec)recipe.Classifier).Build([.. summary.Inputs.Select(i => i.Shape)], 10, name);
        network.Initialize(1);
        var inputs = summary.Inputs.Select(i => Noise(new Shape([2, .. i.Shape.Sizes]), i.Name)).ToArray();
        using var output = network.Forward(inputs, ForwardContext.Evaluate());
        Assert.Equal(new Shape(2, 10), output.Shape);
        Assert.All(output.ToArray(), v => Assert.True(float.IsFinite(v)));
    }

    [Theory]
    [InlineData("cs464-conv2d", 4_432_418)]
    [InlineData("cs464-conv2d-keras", 43_273_058)]
    public void Recipe_HasThePublishedParameters(string name, long parameters) =>
        Assert.Equal(parameters, RecipeSummary.Of(RecipeCatalog.Get(name)).Network.Parameters);

    [Fact]
    public void Cs464Conv1dRaw_FlattensToThePublishedSize()
    {
        var layers = RecipeSummary.Of(RecipeCatalog.Get("cs464-conv1d-raw")).Network.Layers;
        Assert.Equal(new Shape(1, 1, 551_250), layers[0].Input);
        Assert.Equal(new Shape(1, 119_936), layers.Single(l => l.Description == "Flatten").Output);
    }

    [Fact]
    public void Cs464Lstm_Sees400StepsOf1200()
    {
        var layers = RecipeSummary.Of(RecipeCatalog.Get("cs464-lstm")).Network.Layers;
        Assert.Equal(new Shape(1, 400, 1200), layers.Single(l => l.Description.StartsWith("Lstm", StringComparison.Ordinal))
            .Input);
    }

    [Fact]
    public void CortisWithoutMfcc_KeepsTheOther17Columns() =>
        Assert.Equal(new Shape(17), Assert.Single(RecipeSummary.Of(RecipeCatalog.Get("cortis-mlp-nomfcc")).Inputs).Shape);

    [Theory]
    [InlineData("mfc9", "$.front_end.features.exclude[0] is \"mfc9\"", "rolloff_mean")]
    [InlineData("", "$.front_end.features.exclude[0] is \"\"", "beginning of one")]
    public void Exclude_OfNoColumn_IsRefused(string start, string found, string expected)
    {
        var message = PipelineCorpus.ErrorOf(
            () => RecipeCatalog.Get("cortis-mlp-nomfcc").With("front_end.features.exclude", $"[\"{start}\"]"));
        Assert.Contains(found, message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void Exclude_LeavesTheOtherColumnsAsTheyAre()
    {
        var samples = PipelineCorpus.Clip("drone", 1);
        var all = new FrontEnd(new(PipelineCorpus.Rate, new Gtzan57Features()));
        var some = new FrontEnd(new(PipelineCorpus.Rate, new Gtzan57Features(["mfcc", "tempo"])));
        var (allRow, someRow) = (all.Extract(samples, PipelineCorpus.Rate).Rows, some.Extract(samples, PipelineCorpus.Rate).Rows);
        Assert.Equal(16, some.Columns.Count);
        for (var c = 0; c < some.Columns.Count; c++)
            Assert.Equal(allRow.Row(0)[all.Columns.ToList().IndexOf(some.Columns[c])], someRow.Row(0)[c]);
        Assert.Equal("""{"sample_rate":22050,"features":{"set":"gtzan57"},"segment":null}""", all.Spec.ToCanonicalJson());
    }

    [Fact]
    public void Summary_OfARecipeWithoutANetwork_SaysWhatItHas() =>
        Assert.Equal("recipe aiml-knn has no network to summarise; its classifier is knn.",
            PipelineCorpus.ErrorOf(() => RecipeSummary.Of(RecipeCatalog.Get("aiml-knn"))));

    [Fact]
    public void Summary_CountsOptimiserAndAverage()
    {
        var summary = RecipeSummary.Of(RecipeCatalog.Get("cs464-conv2d").With("classifier.training.average_decay", "0.99"));
        Assert.Equal((4 * 4_432_418, 4 * 4_432_418, 2 * 4 * 4_432_418),
            (summary.ParameterBytes, summary.GradientBytes, summary.OptimizerBytes));
        Assert.Equal(20, summary.Batch);
    }

    private static Tensor Noise(Shape shape, string stream)
    {
        var random = new RandomStream(7, stream);
        return Tensor.From(Enumerable.Range(0, shape.Count).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray(), shape);
    }
}
