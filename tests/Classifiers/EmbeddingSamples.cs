using Engine.Pipeline.Pretrained;
using Engine.Tensors;
using Engine.Tensors.Serialization;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Small networks that stand for pre-trained ones.</summary>
internal static class EmbeddingSamples
{
    public const int Rate = 8000, Bands = 4;

    /// <summary>A network that takes 0.1 s of mel bands: their means over time, and a dense layer on those.</summary>
    public static NetworkDescription Description(string name = "tiny", string more = "", int rate = Rate) => NetworkDescription.Parse($$"""
        {
          "name": "{{name}}", "description": "A dense layer on means.", "source": "nobody", "licence": "MIT",
          "front_end": { "sample_rate": {{rate}},
            "features": { "set": "mel-frames", "n_fft": 128, "hop_length": 40, "n_mels": {{Bands}} }, "segment": 0.1 },
          "layers": [
            { "layer": "batch-norm", "name": "norm" },
            { "layer": "series", "name": "{{name}}_series" },
            { "layer": "global-average", "name": "{{name}}_pool" },
            { "layer": "dense", "name": "fc", "units": 3 }
          ],
          "outputs": ["{{name}}_pool", "fc"]{{more}}
        }
        """, "test");

    /// <summary>Writes a network with weights that follow from a seed; returns the file's path.</summary>
    public static string Write(
        TemporaryFolder folder, string file = "tiny.safetensors", ulong seed = 1, NetworkDescription? of = null)
    {
        of ??= Description();
        using var network = of.Build("test");
        var (weights, random) = (new SafetensorsFile(), new RandomStream(seed, "weights"));
        weights.Metadata[PretrainedWeights.DescriptionKey] = of.ToJson();
        foreach (var p in network.State())
        {
            float[] values = [.. Enumerable.Range(0, p.Shape.Count).Select(_ => 0.5f + (float)random.NextDouble())];
            weights.Tensors.Add(p.Name, new(values, [.. p.Shape.Sizes]));
        }

        weights.Write(folder[file], checksum: true);
        return folder[file];
    }
}
