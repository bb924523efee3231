using Engine.Dsp.Fft;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// How <see cref="ConvFft"/> cuts series into blocks of N samples, which give Step = N - taps + 1 results. Long blocks waste less
/// on the overlap, short ones less on the last block and on the filters' spectra.
/// </summary>
/// <param name="Length">N, samples of a block.</param>
/// <param name="Step">Results of a block.</param>
/// <param name="PerSeries">Blocks of a series.</param>
/// <param name="Cost">The total cost, in steps of sixteen multiply-adds.</param>
internal readonly record struct ConvFftBlocks(int Length, int Step, int PerSeries, double Cost)
{
    /// <summary>Shortest and longest N.</summary>
    public const int MinLength = 64, MaxLength = 4096;

    /// <summary>For the forward pass and, block by block, the weight gradient.</summary>
    public static ConvFftBlocks Forward(in Conv2dGeometry g) =>
        Best(g, g.OutputWidth, g.Channels * g.Options.StrideWidth + g.Filters);

    /// <summary>For the input gradient.</summary>
    public static ConvFftBlocks InputGradient(in Conv2dGeometry g)
    {
        var (pad, stride) = (g.Options.PadLeft, g.Options.StrideWidth);
        return Best(g, (Reach(g) - 1 + pad) / stride + 1 - pad / stride, g.Channels * stride + g.Filters);
    }

    /// <summary>How many inputs are reached by a tap; the others, fewer than a stride, come after them.</summary>
    public static int Reach(in Conv2dGeometry g) =>
        Math.Clamp((g.OutputWidth - 1) * g.Options.StrideWidth + g.KernelWidth - g.Options.PadLeft, 0, g.Width);

    private static ConvFftBlocks Best(in Conv2dGeometry g, int results, int series)
    {
        var taps = (g.KernelWidth + g.Options.StrideWidth - 1) / g.Options.StrideWidth;
        var products = (double)g.Channels * g.Options.StrideWidth * g.Filters;
        var best = new ConvFftBlocks(0, 0, 0, double.PositiveInfinity);
        for (var length = MinLength; length <= MaxLength; length *= 2)
        {
            var step = length - taps + 1;
            if (step < 8) continue;
            var blocks = (results + step - 1) / step;
            var batches = Math.Ceiling((double)g.Batch * blocks / SeriesFft.Lanes);
            // Transforms of sixteen series, including their copies; four multiply-adds per product at each point.
            var transform = length / 2 * (2.5 * Math.Log2(length / 2) + 20);
            var cost = transform * (batches * series + products / SeriesFft.Lanes) + batches * length / 2 * products * 4.7;
            if (cost < best.Cost) best = new ConvFftBlocks(length, step, blocks, cost);
        }

        return best;
    }
}

/// <summary>Series [N, channels, length] that are read or written in blocks.</summary>
/// <param name="Data">The first series.</param>
/// <param name="Channels">Series of an image.</param>
/// <param name="Length">Samples of a series.</param>
/// <param name="Stride">Its phases.</param>
/// <param name="End">The samples in use; the rest are left alone.</param>
/// <param name="Origin">Which sample is the first of phase 0; those before or after the series are zero.</param>
internal readonly unsafe record struct ConvSeries(nint Data, int Channels, int Length, int End, int Stride, int Origin)
{
    /// <summary>The first sample of a series.</summary>
    public float* At(int image, int channel) => (float*)Data + ((long)image * Channels + channel) * Length;

    /// <summary>
    /// Sets a lane to the piece of at most <paramref name="limit"/> samples that begins <paramref name="start"/> samples of a
    /// phase after the origin.
    /// </summary>
    public void Set(ref SeriesBatch pieces, int lane, int image, int channel, int start, int limit)
    {
        var from = Origin + (long)start * Stride;
        pieces.Set(lane, At(image, channel) + from, -from, Math.Min(limit, End - from));
    }
}
