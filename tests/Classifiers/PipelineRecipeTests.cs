using Engine.Classifiers.Knn;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Pretrained;
using Engine.Pipeline.Recipes;

namespace Engine.Tests.Classifiers;

public class PipelineRecipeTests
{
    [Fact]
    public void Catalog_EveryRecipe_ReadsAndWritesTheSame()
    {
        Assert.Equal(RecipeCatalog.Names.Order(StringComparer.Ordinal), RecipeCatalog.Names);
        foreach (var name in RecipeCatalog.Names)
        {
            var recipe = RecipeCatalog.Get(name);
            Assert.Equal(name, recipe.Name);
            Assert.Equal(recipe, Recipe.Parse(recipe.ToJson(), name));
            if (recipe.FrontEnd.Features.Parts.All(p => p is not EmbeddingFeatures)) _ = new FrontEnd(recipe.FrontEnd);
        }
    }

    [Theory]
    [InlineData("gtzan57-kn", "did you mean gtzan57-knn?")]
    [InlineData("resnet", "gtzan57-knn, ")]
    public void Catalog_UnknownName_ListsTheKnown(string name, string expected)
    {
        var message = PipelineCorpus.ErrorOf(() => RecipeCatalog.Find(name));
        Assert.Contains(expected, message);
        Assert.Contains($"'{name}'", message);
    }

    [Fact]
    public void Find_MissingFile_NamesIt() =>
        Assert.Contains("/nowhere/mine.json", PipelineCorpus.ErrorOf(() => RecipeCatalog.Find("/nowhere/mine.json")));

    [Theory]
    [InlineData("classifier.k", "0", "$.classifier.k is 0", "at least 1")]
    [InlineData("classifier.k", "five", "$.classifier.k is \"five\"", "a whole number")]
    [InlineData("classifier.k", "2.5", "$.classifier.k is 2.5", "a whole number")]
    [InlineData("classifier.k", "null", "$.classifier.k is null", "a whole number")]
    [InlineData("classifier.kk", "3", "$.classifier.kk is not a known key", "k, metric, votes")]
    [InlineData("classifier.metric", "euclid", "$.classifier.metric is \"euclid\"",
        "euclidean, manhattan, cosine, chebyshev, gaussian-divergence")]
    [InlineData("classifier.metric", "gaussian-divergence", "psf-mfcc-gaussian", "scaler none")]
    [InlineData("classifier.kind", "oracle", "$.classifier.kind is \"oracle\"", "one of knn, ")]
    [InlineData("scaler", "7", "$.scaler is 7", "none, standard, robust, min-max")]
    [InlineData("front_end.sample_rate", "12", "$.front_end.sample_rate is 12", "1000 to 384000")]
    [InlineData("front_end.segment", "-3", "$.front_end.segment is -3", "above 0")]
    [InlineData("front_end", "[]", "$.front_end is []", "an object")]
    [InlineData("classifier", "{\"k\":3}", "$.classifier.kind is missing", "knn")]
    [InlineData("front_end", "{\"sample_rate\":22050}", "$.front_end.features is missing", "")]
    [InlineData("clasifier.k", "3", "no object 'clasifier'", "classifier")]
    public void With_BadValue_NamesPathFoundAndExpected(string path, string value, string found, string expected)
    {
        var message = PipelineCorpus.ErrorOf(() => RecipeCatalog.Get("gtzan57-knn").With(path, value));
        Assert.Contains(found, message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void With_GoodValues_ChangesOnlyThem()
    {
        var recipe = RecipeCatalog.Get("gtzan57-knn");
        var changed = recipe.With("classifier.k", "9").With("scaler", "min-max").With("front_end.segment", "3")
            .With("name", "mine");
        Assert.Equal(recipe with
        {
            Name = "mine",
            Scaler = ScalerKind.MinMax,
            Classifier = new KnnOptions(9, KnnMetric.Euclidean, KnnVotes.Uniform),
            FrontEnd = recipe.FrontEnd with { Segment = 3 },
        }, changed);
    }

    [Fact]
    public void Parse_DefaultsLeftOut_AreFilledIn()
    {
        var recipe = Recipe.Parse("""
            { "name": "small", "description": "d", "scaler": "none",
              "front_end": { "features": { "set": "mfcc", "n_fft": 1000 }, "sample_rate": 16000 },
              "classifier": { "kind": "knn" } }
            """, "small.json");
        Assert.Equal(new MfccFeatures(20, 1000, 512, 128), recipe.FrontEnd.Features);
        Assert.Equal(new KnnOptions(5), recipe.Classifier);
        Assert.Equal("stratified", recipe.Split);
    }

    [Theory]
    [InlineData("{", "mine.json, line 1")]
    [InlineData("{\"name\": \"a\",\n \"name\": \"b\"}", "mine.json")]
    [InlineData("[]", "$ is []")]
    [InlineData("{\"nam\": 1}", "$.nam is not a known key")]
    public void Parse_NotARecipe_NamesTheSource(string json, string expected)
    {
        var message = PipelineCorpus.ErrorOf(() => Recipe.Parse(json, "mine.json"));
        Assert.StartsWith("mine.json", message);
        Assert.Contains(expected, message);
    }

    [Fact]
    public void CanonicalJson_HoldsEveryParameter() => Assert.Equal(
        """{"sample_rate":22050,"features":{"set":"mel","n_fft":2048,"hop_length":512,"n_mels":64},"segment":null}""",
        new FrontEndSpec(22050, new MelFeatures(Bands: 64)).ToCanonicalJson());
}
