using Engine.Tensors;

namespace Engine.Nn;

/// <summary>What a training step keeps of one layer between the forward and the backward pass.</summary>
internal readonly record struct LayerMemory
{
    private const long ValueBytes = sizeof(float);

    /// <summary>Whether the way back reads the layer's input.</summary>
    public bool KeepsInput { get; init; }

    /// <summary>Whether the way back reads the layer's output.</summary>
    public bool KeepsOutput { get; init; }

    /// <summary>Further bytes that the backward pass reads.</summary>
    public long OtherBytes { get; init; }

    /// <summary>Whether the output is the input's memory.</summary>
    public bool IsView { get; init; }

    /// <summary>Whether the gradient of the input takes the place of the output's.</summary>
    public bool InPlace { get; init; }

    /// <summary>
    /// The most bytes at one time: on the way back a layer finds what it and those before it have kept, the gradient of its
    /// output, and makes that of its input.
    /// </summary>
    public static long Peak(IReadOnlyList<LayerSummary> layers)
    {
        var (kept, peak, inputIsKept) = (0L, 0L, false);
        for (var i = 0; i < layers.Count; i++)
        {
            var (layer, memory) = (layers[i], layers[i].Memory);
            var isFirst = i == 0 || layer.Input != layers[i - 1].Output;
            // The inputs of the network stay with the caller.
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
