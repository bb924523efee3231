using Engine.Tensors;

namespace Engine.Nn;

/// <summary>What a training step keeps of one layer between the forward and the backward pass.</summary>
internal readonly record struct LayerMemory
{
    private const long ValueBytes = sizeof(float);

    /// <summary>Whether the backward pass reads the layer's input.</summary>
    public bool KeepsInput { get; init; }

    /// <summary>Whether the backward pass reads the layer's output.</summary>
    public bool KeepsOutput { get; init; }

    /// <summary>Other bytes that the backward pass reads.</summary>
    public long OtherBytes { get; init; }

    /// <summary>Whether the output shares the input's memory.</summary>
    public bool IsView { get; init; }

    /// <summary>Whether the input's gradient overwrites the output's.</summary>
    public bool InPlace { get; init; }

    /// <summary>
    /// The peak number of bytes: in the backward pass of a layer, what it and the layers before it have kept, the gradient of
    /// its output, and the gradient of its input.
    /// </summary>
    public static long Peak(IReadOnlyList<LayerSummary> layers)
    {
        var (kept, peak, inputIsKept) = (0L, 0L, false);
        for (var i = 0; i < layers.Count; i++)
        {
            var (layer, memory) = (layers[i], layers[i].Memory);
            var isFirst = i == 0 || layer.Input != layers[i - 1].Output;
            // The caller owns the network's inputs.
            if (isFirst || (memory.KeepsInput && !inputIsKept)) kept += Bytes(layer.Input);
            if (memory.KeepsOutput) kept += Bytes(layer.Output);
            kept += memory.OtherBytes;
            inputIsKept = memory.KeepsOutput || (memory.IsView && (isFirst || inputIsKept || memory.KeepsInput));
            var gradients = Bytes(layer.Output) + (isFirst || memory.IsView || memory.InPlace ? 0 : Bytes(layer.Input));
            peak = Math.Max(peak, kept + gradients);
        }

        return peak;
    }

    private static long Bytes(Shape shape) => ValueBytes * shape.Count;
}
