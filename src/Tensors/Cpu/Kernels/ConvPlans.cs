using System.Collections.Concurrent;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>How a direct convolution is computed: its window, and how one image is divided among tasks.</summary>
/// <param name="Correlation">The product.</param>
/// <param name="Parts">Parts that the filters of a group are divided into.</param>
internal sealed record ConvPlan(Correlation Correlation, int Parts)
{
    // Multiply-adds of a task, some 10 µs: with less, waking a worker costs more than it gains.
    private const long TaskWork = 1 << 18;

    // Enough to balance the load.
    private const int Tasks = 8;

    /// <summary>
    /// The forward pass, with a pooling. A batch that has fewer images and groups than a loop needs tasks divides the positions
    /// of each, and, where these are few, the filters.
    /// </summary>
    public static ConvPlan Forward(Conv2dGeometry g, ConvPool pool)
    {
        int depth = g.GroupChannels * g.KernelHeight * g.KernelWidth, alone = g.Batch * g.Options.Groups;
        var work = (long)g.Batch * g.Filters * g.OutputHeight * g.OutputWidth * depth;
        var parts = Math.Max(1, (int)Math.Min(work / TaskWork, Tasks) / alone);
        var weights = new TapWeights([.. Enumerable.Range(0, depth)], depth, g.GroupFilters * depth, true);
        var window = pool.IsNone
            ? Conv2d.ForwardWindow(g, parts) : Conv2d.ForwardWindow(g, parts, pool, Correlation.MostPooled(g.GroupFilters));
        var correlation = new Correlation(window, g.GroupFilters, weights);
        return new ConvPlan(correlation, Math.Clamp(parts / correlation.Blocks, 1, correlation.MostParts));
    }
}

/// <summary>
/// Plans by shape: a network meets the same few shapes in every forward pass, and finding the taps of a thousand channels costs
/// more than a small layer.
/// </summary>
internal static class ConvPlans
{
    // More than the layers of a large network.
    private const int Most = 256;

    private static readonly ConcurrentDictionary<(Conv2dGeometry, ConvPool), ConvPlan> s_forward = new();

    /// <summary>The plan of a forward pass.</summary>
    public static ConvPlan Forward(in Conv2dGeometry g, ConvPool pool)
    {
        if (s_forward.TryGetValue((g, pool), out var plan)) return plan;

        // Inputs of ever new lengths, a song each, shall not fill the memory.
        if (s_forward.Count >= Most) s_forward.Clear();
        return s_forward.GetOrAdd((g, pool), ConvPlan.Forward(g, pool));
    }
}
