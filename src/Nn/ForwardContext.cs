using Engine.Tensors;

namespace Engine.Nn;

/// <summary>How a forward pass is meant: training, with the stream that dropout draws from, or evaluation.</summary>
public sealed class ForwardContext
{
    private readonly RandomStream? _dropout;

    private ForwardContext(RandomStream? dropout) => _dropout = dropout;

    /// <summary>Whether dropout drops and batch normalisation uses and follows the batch's own statistics.</summary>
    public bool Training => _dropout is not null;

    /// <summary>Sees the output of every layer that has none inside, as it is made: feature maps, or the search for the first value that is not finite. A ReLU that is computed with the layer before it shows up as that layer.</summary>
    public Action<Layer, Tensor>? Observer { get; private init; }

    internal RandomStream Dropout => _dropout!;

    /// <summary>A training pass.</summary>
    public static ForwardContext Train(RandomStream dropout, Action<Layer, Tensor>? observer = null)
    {
        ArgumentNullException.ThrowIfNull(dropout);
        return new ForwardContext(dropout) { Observer = observer };
    }

    /// <summary>An evaluation pass: the same input gives the same output.</summary>
    public static ForwardContext Evaluate(Action<Layer, Tensor>? observer = null) => new(null) { Observer = observer };
}
