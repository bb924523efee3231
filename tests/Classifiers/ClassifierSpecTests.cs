using Engine.Classifiers;
using Engine.Classifiers.Trees;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Forests, logistic regression and naive Bayes as recipes say them.</summary>
public sealed class ClassifierSpecTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gtzan57-forest", "classifier.trees", "0", "$.classifier.trees is 0; it must be from 1 to")]
    [InlineData("gtzan57-forest", "classifier.max_features", "0",
        "$.classifier.max_features is 0; expected \"sqrt\", \"log2\", \"all\", a whole number of columns, or a share")]
    [InlineData("gtzan57-forest", "classifier.max_features", "1.5", "$.classifier.max_features is 1.5")]
    [InlineData("gtzan57-forest", "classifier.max_features", "none", "$.classifier.max_features is \"none\"")]
    [InlineData("gtzan57-forest", "classifier.max_depth", "0", "$.classifier.max_depth is 0; it must be at least 1")]
    [InlineData("gtzan57-forest", "classifier.min_samples_split", "1",
        "$.classifier.min_samples_split is 1; it must be at least 2")]
    [InlineData("gtzan57-forest", "classifier.min_samples_leaf", "0", "$.classifier.min_samples_leaf is 0")]
    [InlineData("gtzan57-forest", "classifier.criterion", "log_loss", "one of gini, entropy")]
    [InlineData("gtzan57-forest", "classifier.class_weight", "even", "one of none, balanced")]
    [InlineData("gtzan57-logistic", "classifier.c", "0", "$.classifier.c is 0; it must be above 0")]
    [InlineData("gtzan57-logistic", "classifier.tolerance", "-1", "$.classifier.tolerance is -1")]
    [InlineData("gtzan57-logistic", "classifier.max_iterations", "0", "$.classifier.max_iterations is 0")]
    [InlineData("gtzan57-bayes", "classifier.var_smoothing", "-1", "$.classifier.var_smoothing is -1")]
    public void With_BadValue_NamesPathAndRule(string name, string path, string value, string expected) =>
        Assert.Contains(expected, PipelineCorpus.ErrorOf(() => RecipeCatalog.Get(name).With(path, value)));

    [Theory]
    [InlineData("\"sqrt\"", 7)]
    [InlineData("\"log2\"", 5)]
    [InlineData("\"all\"", 57)]
    [InlineData("0.5", 28)]
    [InlineData("1", 1)]
    [InlineData("100", 57)]
    public void MaxFeatures_EveryForm_IsReadAndWritten(string json, int columns)
    {
        var recipe = RecipeCatalog.Get("gtzan57-forest").With("classifier.max_features", json);
        Assert.Equal(columns, ((ForestOptions)recipe.Classifier).MaxFeatures.Of(57));
        Assert.Contains($"\"max_features\": {json}", recipe.ToJson());
        Assert.Equal(recipe, Recipe.Parse(recipe.ToJson(), "again"));
    }

    [Fact]
    public void Forest_DefaultsLeftOut_AreScikitLearns()
    {
        var recipe = RecipeCatalog.Get("gtzan57-forest").With("classifier", """{ "kind": "forest" }""");
        Assert.Equal(new ForestOptions(100, SplitCriterion.Gini, MaxFeatures.Sqrt, null, 2, 1, true, ClassWeighting.None),
            recipe.Classifier);
        Assert.Equal(new ExtraTreesOptions(bootstrap: false), recipe.With("classifier", """{ "kind": "extra-trees" }""")
            .Classifier);
    }

    [Theory]
    [InlineData("""{ "kind": "forest", "trees": 12, "class_weight": "balanced", "max_depth": 5 }""")]
    [InlineData("""{ "kind": "extra-trees", "trees": 12, "criterion": "entropy", "max_features": 3 }""")]
    [InlineData("""{ "kind": "logistic", "c": 0.1, "class_weight": "balanced" }""")]
    [InlineData("""{ "kind": "naive-bayes" }""")]
    public void Run_SeveralHoldouts_TestGivesTheSameFigures(string classifier)
    {
        var result = Training.Run(new TrainingOptions
        {
            Data = PipelineCorpus.WriteTable(_folder["table.csv"]),
            Output = _folder["run"],
            Recipe = RecipeCatalog.Get("gtzan57-logistic").With("classifier", classifier),
            Split = "holdout:3",
            Seed = 5,
        });
        Assert.True(result.Metrics.Accuracy > 0.6, $"{result.Metrics.Accuracy}");
        var test = Testing.Run(new() { Run = _folder["run"] });
        Assert.Equal(result.Metrics.ToJson(),
            (test.Metrics with
            {
                PredictSeconds = result.Metrics.PredictSeconds,
                FitSeconds = result.Metrics.FitSeconds
            }).ToJson());
        Assert.Empty(test.Notes);
    }

    [Fact]
    public void Run_ConstantColumn_TrainsEveryClassifier()
    {
        PipelineCorpus.WriteTable(_folder["table.csv"], edit: lines => lines.Select((l, i) => i == 0 ? l : Constant(l)));
        foreach (var name in new[] { "gtzan57-forest", "gtzan57-logistic", "gtzan57-bayes" })
        {
            var recipe = RecipeCatalog.Get(name);
            if (recipe.Classifier is ForestOptions) recipe = recipe.With("classifier.trees", "10");
            var result = Training.Run(
                new TrainingOptions
                {
                    Data = _folder["table.csv"],
                    Output = _folder[name],
                    Recipe = recipe,
                    Split = "stratified",
                    Seed = 1
                });
            Assert.True(result.Metrics.Accuracy > 0.5, name);
        }

        static string Constant(string line)
        {
            var fields = line.Split(',');
            fields[4] = "0.25";
            return string.Join(',', fields);
        }
    }
}
