using Engine.Classifiers;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Pretrained;

/// <summary>The pre-trained networks inside a model's file, so that the model needs no other.</summary>
internal static class StoredNetworks
{
    private const string Prefix = "embedding.";

    /// <summary>The networks of a front end, each once.</summary>
    public static IReadOnlyList<PretrainedNetwork> Of(FrontEndSpec frontEnd) => [.. frontEnd.Features.Parts
        .OfType<EmbeddingFeatures>().Select(e => e.Network).OfType<PretrainedNetwork>().DistinctBy(n => n.Identity)];

    /// <summary>Adds the networks of a front end to a file: their tensors, and their descriptions to its metadata.</summary>
    public static void Store(SafetensorsFile file, FrontEndSpec frontEnd)
    {
        var networks = Of(frontEnd);
        for (var n = 0; n < networks.Count; n++)
        {
            file.Metadata[$"{Prefix}{n}"] = networks[n].Description.ToJson();
            foreach (var (name, tensor) in networks[n].Tensors) file.Tensors.Add($"{Prefix}{n}.{name}", tensor);
        }
    }

    /// <summary>Takes the networks out of a file, and gives them to the front end that needs them.</summary>
    /// <exception cref="EngineException">
    /// A network is missing, damaged or of no use, or its weights are not those that the front end was made for.
    /// </exception>
    public static FrontEndSpec Take(SafetensorsFile file, FrontEndSpec frontEnd)
    {
        var networks = new List<PretrainedNetwork>();
        for (var n = 0; file.Metadata.TryGetValue($"{Prefix}{n}", out var json); n++)
        {
            var (name, weights) = ($"{Prefix}{n}", new SafetensorsFile());
            foreach (var key in file.Tensors.Keys.Where(k => k.StartsWith($"{name}.", StringComparison.Ordinal)).ToArray())
            {
                file.Tensors.Remove(key, out var tensor);
                weights.Tensors.Add(key[(name.Length + 1)..], tensor!);
            }

            networks.Add(new(NetworkDescription.Parse(json, name), weights, name));
        }

        var used = new HashSet<PretrainedNetwork>();
        var features = frontEnd.Features.Map(part => part is EmbeddingFeatures embedding ? Bind(embedding) : part);
        return used.Count == networks.Count ? frontEnd with { Features = features }
            : throw new EngineException($"the model holds {networks.Count} pre-trained networks, of which its recipe uses "
                + $"{used.Count}; it is damaged or was changed.");

        EmbeddingFeatures Bind(EmbeddingFeatures embedding)
        {
            var network = networks.Find(n => n.Hash.Equals(embedding.Sha256, StringComparison.OrdinalIgnoreCase))
                ?? throw new EngineException($"the model holds no weights with the SHA-256 {embedding.Sha256 ?? "(none)"}, which "
                    + $"its embedding {Excerpt.Of(embedding.Weights)} needs; it is damaged or was changed.");
            used.Add(network);
            return embedding.Of(network);
        }
    }
}
