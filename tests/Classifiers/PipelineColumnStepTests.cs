using Engine.Pipeline;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>
/// Selection between a recipe's scaler and what learns: fitted with it, saved with it, refused where it makes no sense.
/// </summary>
public sealed class PipelineColumnStepTests : IDisposable
{
    private const string Correlation = """{"kind":"correlation","measure":"pearson","label":0.3,"repeat":0.9}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gtzan57-knn")]
    [InlineData("cortis-mlp-tuned")]
    public void Train_WithSelection_KeepsFewerColumnsAndTestsTheSame(string name)
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"]);
        var recipe = RecipeCatalog.Get(name).With("selection", Correlation);
        if (recipe.Classifier is NetworkSpec) recipe = recipe.With("classifier.training.epochs", "2");
        var training = Training.Run(PipelineCorpus.Options(table, _folder["run"]) with { Recipe = recipe, Split = "stratified" });
        using var model = GenreModel.Load(_folder["run", GenreModel.FileName]);
        Assert.Equal(recipe, model.Recipe);
        var selected = SafetensorsFile.Read(_folder["run", GenreModel.FileName]).Tensors["selection.selected"];
        Assert.InRange(selected.Shape[0], 1, 56);
        Assert.Equal(training.Metrics.LogLoss, Testing.Run(new TestingOptions { Run = _folder["run"] }).Metrics.LogLoss);
    }

    [Theory]
    [InlineData("gtzan57-knn", """{"kind":"pca","components":5,"whiten":true}""", "5")]
    [InlineData("gtzan57-knn", """{"kind":"lda"}""", "2")]
    [InlineData("cortis-mlp-tuned", """{"kind":"pca","components":7,"solver":"randomized"}""", "7")]
    public void Train_WithSelectionAndProjection_TestsTheSame(string name, string projection, string columns)
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"], tracks: 20);
        var recipe = RecipeCatalog.Get(name).With("selection", Correlation).With("projection", projection);
        if (recipe.Classifier is NetworkSpec) recipe = recipe.With("classifier.training.epochs", "2");
        var training = Training.Run(PipelineCorpus.Options(table, _folder["run"]) with { Recipe = recipe, Split = "stratified" });
        Assert.Equal(training.Metrics.LogLoss, Testing.Run(new TestingOptions { Run = _folder["run"] }).Metrics.LogLoss);
        if (recipe.Classifier is NetworkSpec) Assert.Equal($"[{columns}]", $"{RecipeSummary.Of(recipe).Inputs[0].Shape}");
        else Assert.Equal(columns,
            $"{SafetensorsFile.Read(_folder["run", GenreModel.FileName]).Tensors["classifier.train"].Shape[1]}");
    }

    [Fact]
    public void Train_LdaClassifier_LearnsTheTable()
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"], tracks: 40);
        var recipe = RecipeCatalog.Get("gtzan57-knn").With("classifier", """{"kind":"lda"}""");
        Assert.InRange(Training.Run(PipelineCorpus.Options(table, _folder["run"]) with { Recipe = recipe }).Metrics.Accuracy, 0.9,
            1);
    }

    [Fact]
    public void Load_SelectionOfOtherColumns_SaysSo()
    {
        var recipe = RecipeCatalog.Get("gtzan57-knn").With("selection", Correlation);
        Training.Run(PipelineCorpus.Options(PipelineCorpus.WriteTable(_folder["table.csv"]),
            _folder["run"]) with
        { Recipe = recipe, Split = "stratified" });
        var path = _folder["run", GenreModel.FileName];
        var file = SafetensorsFile.Read(path);
        file.Tensors["selection.columns"] = new StoredTensor(new[] { 60 }, 1);
        file.Write(path);
        Assert.Contains("the selection has 60 columns, but there are 57", PipelineCorpus.ErrorOf(() => GenreModel.Load(path)));
    }

    [Fact]
    public void Recipe_WithoutSelection_SaysNothingOfIt() =>
    Assert.DoesNotContain("selection", RecipeCatalog.Get("gtzan57-knn").ToJson());

    [Theory]
    [InlineData("gtzan57-knn", """{"kind":"correlation","label":2}""", "$.selection.label is 2")]
    [InlineData("gtzan57-knn", """{"kind":"correlation","measure":"kendall"}""", "pearson, spearman, mic")]
    [InlineData("gtzan57-knn", """{"kind":"chance"}""", "$.selection.kind is \"chance\"")]
    [InlineData("cs464-conv2d", """{"kind":"correlation"}""", "no plain columns")]
    [InlineData("aiml-knn", """{"kind":"correlation"}""", "no plain columns")]
    [InlineData("gtzan57-knn", """{"kind":"correlation","repeat":-1}""", "$.selection.repeat is -1")]
    public void Recipe_SelectionThatCannotWork_IsRefused(string name, string selection, string expected) =>
        Assert.Contains(expected, PipelineCorpus.ErrorOf(() => RecipeCatalog.Get(name).With("selection", selection)));

    [Theory]
    [InlineData("gtzan57-knn", """{"kind":"pca"}""", "$.projection.components is missing")]
    [InlineData("gtzan57-knn", """{"kind":"pca","components":0}""", "$.projection.components is 0")]
    [InlineData("gtzan57-knn", """{"kind":"lda","components":0}""", "$.projection.components is 0")]
    [InlineData("cs464-conv2d", """{"kind":"lda"}""", "no plain columns")]
    public void Recipe_ProjectionThatCannotWork_IsRefused(string name, string projection, string expected) =>
        Assert.Contains(expected, PipelineCorpus.ErrorOf(() => RecipeCatalog.Get(name).With("projection", projection)));

    [Fact]
    public void Summary_WithSelection_SaysWhatIsKept()
    {
        var recipe = RecipeCatalog.Get("cortis-mlp-tuned");
        Assert.Null(RecipeSummary.Of(recipe).Selection);
        Assert.Equal(
            "columns that correlate (pearson) with the labels at 0.3 or more and with no other above 0.9",
            RecipeSummary.Of(recipe.With("selection", Correlation)).Selection);
    }
}
