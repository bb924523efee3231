using Engine.Tensors;

namespace Engine.Nn;

/// <summary>The mode of a forward pass: training, with the random stream for dropout, or evaluation.</summary>
public sealed class ForwardContext
{
    private readonly RandomStream? _dropout;

    private ForwardContext(RandomStream? dropout) => _dropout = dropout;

    /// <summary>
    /// Whether dropout is active, and batch normalisation uses the batch's statistics and updates its running ones.
    /// </summary>
    public bool Training => _dropout is not null;

    /// <summary>
    /// Called with the output of every leaf module: to collect feature maps, or to find the first value that is not finite. No
    /// ReLU is then fused into the layer before it.
    /// </summary>
    public Action<Module, Tensor>? Observer { get; private init; }

    /// <summary>Whether layers that training passes also run must round as they do there: nothing is folded.</summary>
    internal bool RoundsAsTraining { get; private init; }

    internal RandomStream Dropout => _dropout!;

    /// <summary>A training pass.</summary>
    public static ForwardContext Train(RandomStream dropout, Action<Module, Tensor>? observer = null)
    {
        ArgumentNullException.ThrowIfNull(dropout);
        return new ForwardContext(dropout) { Observer = observer };
    }

    /// <summary>An evaluation pass over layers that nothing trains, with the bits that they give in a training pass.</summary>
    internal static ForwardContext EvaluateAsTraining() => new(null) { RoundsAsTraining = true };

    /// <summary>An evaluation pass: the same input gives the same output.</summary>
    public static ForwardContext Evaluate(Action<Module, Tensor>? observer = null) => new(null) { Observer = observer };
}
