using Engine.Tensors;

namespace Engine.Nn;

/// <summary>What a training step keeps of one layer between the forward and the backward pass.</summary>
internal readonly record struct LayerMemory
{
    private const long ValueBytes = sizeof(float);

    /// <summary>Whether the backward pass reads the layer's inputs.</summary>
    public bool KeepsInput { get; init; }

    /// <summary>Whether the backward pass reads the layer's output.</summary>
    public bool KeepsOutput { get; init; }

    /// <summary>Other bytes that the backward pass reads.</summary>
    public long OtherBytes { get; init; }

    /// <summary>Whether the output shares the input's memory.</summary>
    public bool IsView { get; init; }

    /// <summary>Whether the inputs' gradients overwrite the output's.</summary>
    public bool InPlace { get; init; }

    /// <summary>
    /// The peak number of bytes: in the backward pass of a layer, what it and the layers before it have kept, the gradient of
    /// its output, those of its inputs, and those of earlier outputs that later layers have read.
    /// </summary>
    public static long Peak(IReadOnlyList<LayerSummary> layers)
    {
        int[][] sources = [.. layers.Select((_, i) => Sources(layers, i))];
        var last = LastReaders(sources);
        var waiting = Waiting(layers, last);
        var isKept = new bool[layers.Count];
        var (kept, peak, waits) = (0L, 0L, 0L);
        for (var i = 0; i < layers.Count; i++)
        {
            var (layer, memory) = (layers[i], layers[i].Memory);
            // The caller owns the network's inputs.
            if (sources[i].Contains(LayerSummary.FromInput)) kept += Bytes(layer.Input);
            var (made, rows) = (0L, sources[i].Where(back => back > 0).Select(back => i - back).Distinct());
            foreach (var row in rows)
            {
                var bytes = Bytes(layers[row].Output);
                if (memory.KeepsInput && !isKept[row]) (kept, isKept[row]) = (kept + bytes, true);
                if (last[row] == i && !memory.IsView && !memory.InPlace) made += bytes;
            }

            if (memory.KeepsOutput) kept += Bytes(layer.Output);
            kept += memory.OtherBytes;
            isKept[i] = memory.KeepsOutput || (memory.IsView && rows.All(row => isKept[row]));
            waits += waiting[i];
            peak = Math.Max(peak, kept + waits + Bytes(layer.Output) + made);
        }

        return peak;
    }

    // How many rows back a row's inputs are made.
    private static int[] Sources(IReadOnlyList<LayerSummary> layers, int i) => layers[i].Sources is { } sources ? [.. sources]
        : [i == 0 || layers[i].Input != layers[i - 1].Output ? LayerSummary.FromInput : 1];

    private static int[] LastReaders(int[][] sources)
    {
        int[] last = [.. Enumerable.Range(0, sources.Length)];
        for (var i = 0; i < last.Length; i++)
        {
            foreach (var back in sources[i].Where(back => back > 0)) last[i - back] = i;
        }

        return last;
    }

    // By how much the gradients that wait for their own layer are more than one row before: an output's gradient waits from the
    // last of its readers back to its layer.
    private static long[] Waiting(IReadOnlyList<LayerSummary> layers, int[] last)
    {
        var waiting = new long[last.Length + 1];
        for (var row = 0; row < last.Length; row++)
        {
            if (last[row] <= row) continue;
            waiting[row + 1] += Bytes(layers[row].Output);
            waiting[last[row]] -= Bytes(layers[row].Output);
        }

        return waiting;
    }

    private static long Bytes(Shape shape) => ValueBytes * shape.Count;
}
