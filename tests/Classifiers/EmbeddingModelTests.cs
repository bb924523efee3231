using System.Text.Json.Nodes;
using Engine.Classifiers.Linear;
using Engine.Pipeline;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Pretrained;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Models whose features are embeddings hold the networks that compute them.</summary>
public sealed class EmbeddingModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Model_WithoutItsWeights_PredictsTheSame()
    {
        using var trained = Train(EmbeddingSamples.Write(_folder, "weights.safetensors"));
        var samples = PipelineCorpus.Clip("hiss", 99);
        var expected = trained.Predict(samples, PipelineCorpus.Rate);
        Assert.Equal("hiss", expected.Label);
        trained.Save(_folder["model.safetensors"]);
        File.Delete(_folder["weights.safetensors"]);
        using var loaded = GenreModel.Load(_folder["model.safetensors"]);
        Assert.Equal(expected.Ranked, loaded.Predict(samples, PipelineCorpus.Rate).Ranked);
        Assert.Equal(["tiny, nobody; licence MIT"], loaded.Networks);
        Assert.NotNull(((EmbeddingFeatures)loaded.Recipe.FrontEnd.Features).Sha256);
        // Windows of other lengths need no weights either.
        Assert.Equal(2, loaded.Timeline(samples, PipelineCorpus.Rate, null, 0.5).Windows.Count);
        // It can be saved again, to the same bytes.
        loaded.Save(_folder["again.safetensors"]);
        Assert.Equal(File.ReadAllBytes(_folder["model.safetensors"]), File.ReadAllBytes(_folder["again.safetensors"]));
    }

    [Fact]
    public void Model_WithOtherWeights_IsRefused()
    {
        using (var trained = Train(EmbeddingSamples.Write(_folder, "weights.safetensors")))
            trained.Save(_folder["model.safetensors"]);
        Refused("holds no weights with the SHA-256", file => ((float[])file.Tensors["embedding.0.fc.bias"].Data)[0] += 1);
        Refused("fc.bias", file => file.Tensors.Remove("embedding.0.fc.bias"));
        Refused("holds no weights with the SHA-256", file => file.Metadata.Remove("embedding.0"));
        Refused("of which its recipe uses 1", file =>
        {
            var own = file.Tensors.Where(t => t.Key.StartsWith("embedding.0.", StringComparison.Ordinal)).ToArray();
            foreach (var (name, tensor) in own) file.Tensors.Add(name.Replace(".0.", ".1."), tensor);
            file.Metadata["embedding.1"] = file.Metadata["embedding.0"];
        });
        Refused("$.licens", file => file.Metadata["embedding.0"] = file.Metadata["embedding.0"].Replace("licence", "licens"));
        Refused("(none)", file =>
        {
            var recipe = JsonNode.Parse(file.Metadata["recipe"])!;
            recipe["front_end"]!["features"]!["sha256"] = null;
            file.Metadata["recipe"] = recipe.ToJsonString();
        });

        void Refused(string part, Action<SafetensorsFile> change)
        {
            var file = SafetensorsFile.Read(_folder["model.safetensors"]);
            change(file);
            file.Write(_folder["changed.safetensors"]);
            var error = PipelineCorpus.ErrorOf(() => GenreModel.Load(_folder["changed.safetensors"]).Dispose());
            Assert.Contains(part, error);
            Assert.DoesNotContain('\n', error);
        }
    }

    [Fact]
    public void Run_NamesTheHashOfItsWeights_AndIsTestedWithoutThem()
    {
        var path = EmbeddingSamples.Write(_folder, "weights.safetensors");
        PipelineCorpus.WriteAudio(_folder["data"]);
        var result = Training.Run(new()
        {
            Data = _folder["data"],
            Recipe = RecipeOf(path),
            Output = _folder["run"],
            Extraction = new() { Threads = 1 },
        });
        var hash = SafetensorsFile.ReadMetadata(path)["payload_sha256"];
        Assert.Contains(hash, File.ReadAllText(_folder["run", "run.json"]));
        File.Delete(path);
        var test = Testing.Run(new() { Run = _folder["run"], Extraction = new() { Threads = 1 } });
        Assert.Equal(result.Metrics.LogLoss, test.Metrics.LogLoss);
    }

    private static Recipe RecipeOf(string weights) => Recipe.Parse(new Recipe("tiny-transfer", "A test.",
        new FrontEndSpec(EmbeddingSamples.Rate, new EmbeddingFeatures(weights, ["tiny_pool"])), ScalerKind.Standard,
        new LogisticOptions()).ToJson(), "test");

    private static GenreModel Train(string weights) => Training.Fit(RecipeOf(weights), PipelineCorpus.Genres.SelectMany(
        genre => Enumerable.Range(0, 4).Select(n => TrainingExample(genre, n)))).Model;

    private static Pipeline.Data.TrainingExample TrainingExample(string genre, int number) =>
        Pipeline.Data.TrainingExample.OfSamples(PipelineCorpus.Clip(genre, number), PipelineCorpus.Rate, genre);
}
