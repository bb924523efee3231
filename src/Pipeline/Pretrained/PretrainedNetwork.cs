using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Engine.Classifiers;
using Engine.Nn;
using Engine.Tensors;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Pretrained;

/// <summary>A pre-trained network: its description and its weights. Thread-safe.</summary>
internal sealed class PretrainedNetwork
{
    private readonly string _source;
    private readonly SafetensorsFile _weights;

    // Restored once for each device and kind of window.
    private readonly ConcurrentDictionary<(Device Device, string Kind), Lazy<Graph>> _networks = [];

    /// <summary>Takes a description and weights that fill it.</summary>
    /// <param name="description">The description.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="source">Names them in errors.</param>
    /// <exception cref="EngineException">A tensor is missing, unknown, of another shape or not finite.</exception>
    public PretrainedNetwork(NetworkDescription description, SafetensorsFile weights, string source)
    {
        (Description, _weights, _source, Hash) = (description, weights, source, weights.ComputePayloadHash());
        Identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Hash + "\n"
            + (description with { Name = "", Description = "", Source = "", Licence = "", Download = null, Tensors = null })
                .ToJson())));
        using var network = description.Build(source);
        try
        {
            StateFile.Check(weights, network, source);
        }
        catch (InvalidDataException e)
        {
            throw new EngineException(e.Message, e);
        }
    }

    /// <summary>What it is.</summary>
    public NetworkDescription Description { get; }

    /// <summary>The SHA-256 of the weights' values.</summary>
    public string Hash { get; }

    /// <summary>The hash of all that its outputs depend on: weights, layers and front end.</summary>
    public string Identity { get; }

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => _weights.Tensors;

    /// <summary>
    /// The network on a device, for the windows and layers of a plan: ready for evaluation only, with batch normalisations folded
    /// into convolutions.
    /// </summary>
    public Graph On(Device device, EmbeddingPlan plan) => _networks.GetOrAdd(
        (device, $"{plan.Window} {string.Join(' ', plan.Layers)}"), key => new(() => Restore(key.Device, plan))).Value;

    /// <summary>Name, source and licence.</summary>
    public override string ToString() => $"{Description.Name}, {Description.Source}; licence {Description.Licence}";

    private Graph Restore(Device device, EmbeddingPlan plan)
    {
        var network = plan.Network(Description);
        try
        {
            StateFile.Restore(_weights, network, device, name: _source);
        }
        catch (InvalidDataException e)
        {
            throw new EngineException(e.Message, e);
        }

        network.FoldNormalizations(plan.Layers);
        return network;
    }
}
