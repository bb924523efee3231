using Engine.Tensors;

namespace Engine.Nn;

/// <summary>One row of a network's description.</summary>
/// <param name="Path">The layer's path from the root, such as <c>trunk.2</c>.</param>
/// <param name="Description">Type and sizes, such as <c>Dense 128 -> 10</c>.</param>
/// <param name="Input">The input shape, samples first; of several, the first.</param>
/// <param name="Output">The output shape.</param>
/// <param name="Parameters">The number of learned parameters.</param>
/// <param name="MultiplyAdds">Multiply-adds in matrix products and convolutions of one forward pass, without element-wise
/// work.</param>
public sealed record LayerSummary(string Path, string Description, Shape Input, Shape Output, long Parameters, long MultiplyAdds)
{
    /// <summary>A source that is the network's input, read for the first time.</summary>
    internal const int FromInput = 0;

    /// <summary>A source that is the network's input, which an earlier row reads too.</summary>
    internal const int FromInputAgain = -1;

    /// <summary>
    /// The paths of the rows whose outputs it reads, or <see cref="Graph.Input"/>; null where that is the row before.
    /// </summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>
    /// Values besides its input and output that are in memory when it runs: those that later layers read, and a recurrent layer's
    /// gates and states.
    /// </summary>
    public long Held { get; init; }

    internal LayerMemory Memory { get; init; }

    /// <summary>
    /// How many rows back each of its inputs is made, or <see cref="FromInput"/>; null: by the row before, if the shapes fit.
    /// </summary>
    internal IReadOnlyList<int>? Sources { get; init; }
}

/// <summary>A network's description: its layers and their totals.</summary>
/// <param name="Layers">The layers in execution order.</param>
public sealed record NetworkSummary(IReadOnlyList<LayerSummary> Layers)
{
    /// <summary>The network's output shape.</summary>
    public Shape Output => Layers[^1].Output;

    /// <summary>The number of learned parameters.</summary>
    public long Parameters => Layers.Sum(l => l.Parameters);

    /// <summary>Multiply-adds in one forward pass.</summary>
    public long MultiplyAdds => Layers.Sum(l => l.MultiplyAdds);

    /// <summary>
    /// Approximate bytes of the inputs, activations and their gradients at the peak of a training step, without weights and their
    /// gradients, optimiser states and kernel scratch memory.
    /// </summary>
    public long StepBytes => LayerMemory.Peak(Layers);

    /// <summary>Describes a network for inputs of these shapes, without running it or allocating its parameters.</summary>
    /// <exception cref="ArgumentException">A shape is wrong; the message names the layer and the shapes.</exception>
    public static NetworkSummary Of(Module network, params ReadOnlySpan<Shape> inputs)
    {
        ArgumentNullException.ThrowIfNull(network);
        var rows = network.Summarize(inputs.ToArray());
        return new NetworkSummary([.. rows.Select((row, at) => row with { Inputs = Inputs(rows, at) })]);
    }

    private static IReadOnlyList<string>? Inputs(IReadOnlyList<LayerSummary> rows, int at)
    {
        if (rows[at].Sources is not { } sources || sources is [1]) return null;
        if (at == 0 && sources is [LayerSummary.FromInput]) return null;
        return [.. sources.Select(back => back > LayerSummary.FromInput ? rows[at - back].Path : Graph.Input)];
    }
}
