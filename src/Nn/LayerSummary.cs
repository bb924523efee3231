using Engine.Tensors;

namespace Engine.Nn;

/// <summary>One row of a network's description.</summary>
/// <param name="Path">The layer's path from the root, such as <c>trunk.2</c>.</param>
/// <param name="Description">Type and sizes, such as <c>Dense 128 -> 10</c>.</param>
/// <param name="Input">The input shape, samples first.</param>
/// <param name="Output">The output shape.</param>
/// <param name="Parameters">The number of learned parameters.</param>
/// <param name="MultiplyAdds">Multiply-adds in matrix products and convolutions of one forward pass, without element-wise
/// work.</param>
public sealed record LayerSummary(string Path, string Description, Shape Input, Shape Output, long Parameters, long MultiplyAdds)
{
    internal LayerMemory Memory { get; init; }
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
        return new NetworkSummary(network.Summarize(inputs.ToArray()));
    }
}
