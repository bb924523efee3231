using System.Text.Json;
using Engine.Nn;
using Engine.Pipeline.Networks;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>The layers of the pre-trained networks that are described, from spectrogram to outputs.</summary>
public class PretrainedNetworkTests
{
    // Of what the descriptions call as the references do not.
    private static readonly Dictionary<string, string> s_references = new() { ["penultimate"] = "back.bn_dense" };

    private static Graph Read(string name, Shape input)
    {
        using var stream = typeof(Recipe).Assembly.GetManifestResourceStream($"Engine.Pipeline.Pretrained.{name}.json")!;
        using var json = JsonDocument.Parse(stream);
        var type = RecipeJson.Indented.GetTypeInfo(typeof(IReadOnlyList<LayerSpec>));
        var layers = (IReadOnlyList<LayerSpec>)json.RootElement.GetProperty("layers").Deserialize(type)!;
        string[] outputs = [.. json.RootElement.GetProperty("outputs").EnumerateArray().Select(o => o.GetString()!)];
        return NetworkBuilder.Describe(layers, outputs, input, "$.layers", name);
    }

    [Theory]
    [InlineData("efficientat-mn04", 128, 1000, 983_599, 527)]
    [InlineData("musicnn-msd", 96, 187, 787_159, 50)]
    [InlineData("choi2017-compact", 96, 1360, 39_282, 50)]
    public void Description_HasThePublishedParameters(string name, int bands, int frames, int parameters, int tags)
    {
        using var network = Read(name, new Shape(1, bands, frames));
        var summary = NetworkSummary.Of(network, new Shape(1, 1, bands, frames));
        Assert.Equal((parameters, new Shape(1, tags)), ((int)summary.Parameters, summary.Output));
    }

    [PretrainedTheory]
    [InlineData("efficientat-mn04", "efficientat-mn04-as")]
    [InlineData("musicnn-msd", "musicnn-msd")]
    [InlineData("choi2017-compact", "choi2017-compact-cnn")]
    public void Outputs_AreThoseOfTheReference(string name, string file)
    {
        var weights = SafetensorsFile.Read(Path.Combine(PretrainedFactAttribute.Folder, $"{file}.safetensors")).Tensors
            .ToDictionary(t => t.Key.Replace("conc_se_layers.0.", ""), t => t.Value);
        var reference = SafetensorsFile.Read(Path.Combine(PretrainedFactAttribute.Folder, $"{file}.reference.safetensors"))
            .Tensors;
        var spectrogram = reference["spectrogram"];
        var (bands, frames) = (spectrogram.Shape[0], spectrogram.Shape[1]);
        using var network = Read(name, new Shape(1, bands, frames));
        Assert.Equal(weights.Keys.Order(), network.State().Select(p => p.Name).Order());
        foreach (var p in network.State()) p.Assign(Values(weights[p.Name], p), Device.Default);
        using var x = Tensor.From((float[])spectrogram.Data, new Shape(1, 1, bands, frames));
        var compared = 0;
        foreach (var (key, expected) in reference.Where(r => r.Value.Shape.Count == 1 && IsOutput(network, r.Key)))
        {
            using var scope = new TensorScope();
            var actual = network.Outputs(x, ForwardContext.Evaluate(), s_references.GetValueOrDefault(key, key))[0].ToArray();
            var wanted = (float[])expected.Data;
            var (error, scale) = (wanted.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), wanted.Max(Math.Abs));
            Assert.True(error <= 1e-4 * scale, $"{name} {key}: off by {error} of {scale}");
            compared++;
        }

        Assert.InRange(compared, 2, 3);
    }

    private static bool IsOutput(Graph network, string key) =>
        network.Children.Any(c => c.Path == s_references.GetValueOrDefault(key, key));

    // musicnn's first kernels are [out, 1, time, mel]; pictures have time along the rows.
    private static float[] Values(StoredTensor stored, Parameter parameter)
    {
        var values = (float[])stored.Data;
        if (stored.Shape.SequenceEqual(parameter.Shape.Sizes.ToArray())) return values;
        var (height, width) = (parameter.Shape[2], parameter.Shape[3]);
        Assert.Equal([parameter.Shape[0], parameter.Shape[1], width, height], stored.Shape);
        var size = height * width;
        return [.. values.Select((_, i) => values[i / size * size + i % width * height + i / width % height])];
    }
}
