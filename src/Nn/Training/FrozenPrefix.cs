using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>
/// The first layers of a network, as far as they are frozen: what they make of an example is the same in every epoch.
/// </summary>
internal sealed class FrozenPrefix
{
    private readonly Module _network;
    private readonly Layer[] _parts;
    private readonly int[] _layers;

    // Of each input, the layers that it passes first, and how many of them are frozen.
    private FrozenPrefix(Module network, Layer[] parts, int[] layers) => (_network, _parts, _layers) = (network, parts, layers);

    /// <summary>The frozen layers that a network begins with, as it is frozen now; null if none has parameters.</summary>
    public static FrozenPrefix? Of(Module network)
    {
        var parts = network is Joined joined ? [.. joined.Branches] : network is Layer layer ? new[] { layer } : [];
        var layers = Array.ConvertAll(parts, p => p is IDivisible divisible ? divisible.FixedLayers : 0);
        var saves = parts.Where((part, i) => part.Children.Take(layers[i]).Any(c => c.Parameters().Any())).Any();
        return saves ? new(network, parts, layers) : null;
    }

    /// <summary>The shapes of its outputs for one example, without the sample axis.</summary>
    public IReadOnlyList<Shape> Shapes(IReadOnlyList<Shape> inputs) => [.. inputs.Select((input, i) => _layers[i] == 0 ? input
        : new Shape(((IDivisible)_parts[i]).ShapeAfter(new Shape([1, .. input.Sizes]), _layers[i]).Sizes[1..]))];

    /// <summary>Runs the frozen layers.</summary>
    public Tensor[] Run(IReadOnlyList<Tensor> inputs)
    {
        var context = ForwardContext.EvaluateAsTraining();
        return [.. inputs.Select((x, i) =>
            _layers[i] == 0 ? x : ((IDivisible)_parts[i]).RunFirst(x, _layers[i], context))];
    }

    /// <summary>Runs the network from their outputs to its end.</summary>
    public Tensor RunRest(IReadOnlyList<Tensor> outputs, ForwardContext context) => _network is Joined joined
        ? joined.RunRest(outputs, _layers, context)
        : ((IDivisible)_parts[0]).RunRest(outputs[0], _layers[0], context);
}
