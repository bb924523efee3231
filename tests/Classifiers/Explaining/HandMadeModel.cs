using System.Text.Json;
using Engine.Pipeline;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Serialization;

namespace Engine.Tests.Classifiers.Explaining;

/// <summary>Models whose weights are written by hand instead of learned.</summary>
internal static class HandMadeModel
{
    /// <summary>Half a second of 12 mel bands in decibels: <c>[1, 12, 22]</c>.</summary>
    public const string Mel = """{ "set": "mel-frames", "n_fft": 1024, "hop_length": 512, "n_mels": 12 }""";

    /// <summary>A network of these layers and weights, of windows of half a second, for labels a, b and so on.</summary>
    public static GenreModel Network(
        string path, string features, string layers, int labels, params (string Name, float[] Values, int[] Shape)[] weights)
    {
        var recipe = Recipe.Parse($$"""
            {
              "name": "by-hand", "description": "A network for tests.",
              "front_end": { "sample_rate": 22050, "features": {{features}}, "segment": 0.5 },
              "scaler": "none",
              "classifier": {
                "kind": "network", "layers": [{{layers}}],
                "training": { "optimizer": { "kind": "sgd", "learning_rate": 0.1 }, "batch": 1, "epochs": 1 }
              }
            }
            """, "test");
        var file = new SafetensorsFile();
        foreach (var (name, values, shape) in weights) file.Tensors[$"network.{name}"] = new StoredTensor(values, shape);
        string[] names = [.. Enumerable.Range(0, labels).Select(l => $"{(char)('a' + l)}")];
        file.Metadata["format"] = "engine-model-1";
        file.Metadata["engine_version"] = GenreModel.CurrentVersion;
        file.Metadata["recipe"] = recipe.ToJson();
        file.Metadata["columns"] = "[]";
        file.Metadata["labels"] = JsonSerializer.Serialize(names);
        file.Metadata["split"] = "stratified";
        file.Metadata["seed"] = "1";
        file.Write(path);
        return GenreModel.Load(path);
    }
}
