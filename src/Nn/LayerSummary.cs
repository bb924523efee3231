using Engine.Tensors;

namespace Engine.Nn;

/// <summary>One row of a network's description.</summary>
/// <param name="Path">The layer's names from the root, as <c>trunk.2</c>.</param>
/// <param name="Description">What it is, as <c>Dense 128 -> 10</c>.</param>
/// <param name="Input">The shape of what goes in, samples first.</param>
/// <param name="Output">The shape of what comes out.</param>
/// <param name="Parameters">Learned numbers.</param>
/// <param name="MultiplyAdds">Multiplications with an addition in matrix products and convolutions of one forward pass; element-wise work is not counted.</param>
public sealed record LayerSummary(string Path, string Description, Shape Input, Shape Output, long Parameters, long MultiplyAdds)
{
    internal LayerMemory Memory { get; init; }
}

/// <summary>A network's description: its layers and their totals.</summary>
/// <param name="Layers">The layers in the order in which they run.</param>
public sealed record NetworkSummary(IReadOnlyList<LayerSummary> Layers)
{
    /// <summary>The shape of what comes out last.</summary>
    public Shape Output => Layers[^1].Output;

    /// <summary>Learned numbers.</summary>
    public long Parameters => Layers.Sum(l => l.Parameters);

    /// <summary>Multiply-adds of one forward pass.</summary>
    public long MultiplyAdds => Layers.Sum(l => l.MultiplyAdds);

    /// <summary>
    /// About how many bytes the inputs, activations and their gradients take at the peak of a training step; weights, their
    /// gradients, the optimiser's states and the kernels' scratch are not counted.
    /// </summary>
    public long StepBytes => LayerMemory.Peak(Layers);

    /// <summary>Describes a network for inputs of these shapes, without running it or making its parameters.</summary>
    /// <exception cref="ArgumentException">A shape does not fit; the message names the layer and the shapes.</exception>
    public static NetworkSummary Of(Module network, params ReadOnlySpan<Shape> inputs)
    {
        ArgumentNullException.ThrowIfNull(network);
        return new NetworkSummary(network.Summarize(inputs.ToArray()));
    }
}
