using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The gradients of a depthwise convolution's weight [K, 1, KH, KW] and bias [K]. A task sums some images of some channels, lane
/// by lane (<see cref="DepthwiseWeightTile{TVector}"/>); how the images are divided depends on the shape alone, and the parts are
/// added in order, so the bits do not depend on the threads. Results are overwritten.
/// </summary>
internal static unsafe class DepthwiseWeightGradient
{
    // With fewer channels, the images are divided too.
    private const int MinTasks = 32;

    /// <summary>Computes gradWeight and, unless null, gradBias.</summary>
    public static void Run(Conv2dGeometry g, float* input, float* gradOutput, float* gradWeight, float* gradBias)
    {
        var window = Depthwise.ForwardWindow(g);
        var (taps, kernel) = (window.Kernel(0).Length, g.KernelHeight * g.KernelWidth);
        var parts = Math.Clamp((MinTasks + g.Channels - 1) / Math.Max(1, g.Channels), 1, Math.Max(1, g.Batch));
        using var memory = new Scratch((long)parts * g.Filters * (taps + 1));
        var partial = memory.Floats;
        var cost = window.Cost * window.Blocks * g.GroupFilters * Math.Max(1, g.Batch / parts);
        RowParallel.For(parts * g.Channels, Depthwise.Grain(cost), (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var (part, channel) = (i / g.Channels, i % g.Channels);
                var (first, end) = ((int)((long)part * g.Batch / parts), (int)((part + 1L) * g.Batch / parts));
                Sum(g, window, channel, first, end, input, gradOutput,
                    partial + ((long)part * g.Filters + channel * g.GroupFilters) * (taps + 1));
            }
        });
        new Span<float>(gradWeight, g.Filters * kernel).Clear();
        if (gradBias is not null) new Span<float>(gradBias, g.Filters).Clear();
        for (var part = 0; part < parts; part++)
        {
            for (var filter = 0; filter < g.Filters; filter++, partial += taps + 1)
            {
                for (var tap = 0; tap < taps; tap++) gradWeight[(long)filter * kernel + window.Kernel(0)[tap]] += partial[tap];
                if (gradBias is not null) gradBias[filter] += partial[taps];
            }
        }
    }

    // The sums of the filters of one channel over images first … end - 1.
    private static void Sum(
        Conv2dGeometry g, DepthwiseWindow window, int channel, int first, int end, float* input, float* gradOutput,
        float* results)
    {
        var (filters, plane, positions) = (g.GroupFilters, g.Height * g.Width, g.OutputHeight * g.OutputWidth);
        var size = (window.Kernel(0).Length + 1) * DepthwiseWindow.Vector;
        var sums = Depthwise.Reserve((long)filters * size + window.ScratchSize);
        var scratch = sums + (long)filters * size;
        new Span<float>(sums, filters * size).Clear();
        for (var image = first; image < end; image++)
        {
            for (var block = 0; block < window.Blocks; block++)
            {
                window.Pack(input + ((long)image * g.Channels + channel) * plane, block, scratch,
                    isPadded: window.Blocks == 1 && image > first);
                for (var filter = 0; filter < filters; filter++)
                {
                    window.AddProducts(block, scratch,
                        gradOutput + ((long)image * g.Filters + channel * filters + filter) * positions, sums + filter * size);
                }
            }
        }

        for (var i = 0; i < filters * (window.Kernel(0).Length + 1); i++) results[i] = Lanes(sums + i * DepthwiseWindow.Vector);
    }

    private static float Lanes(float* sums) =>
        Vector512.IsHardwareAccelerated
        ? Float512.Sum(Float512.Load(sums)) : Float256.Sum(Float256.Load(sums));
}
