using System.Runtime.Intrinsics;
using Engine.Dsp.Fft;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>The kernels that run convolutions.</summary>
internal enum ConvAlgorithm
{
    /// <summary><see cref="Conv2d"/> and <see cref="ConvWeightGradient"/>, which take every shape.</summary>
    Direct,

    /// <summary><see cref="ConvWinograd"/> and <see cref="ConvWinogradWeight"/>, for 3 × 3 kernels.</summary>
    Winograd,

    /// <summary><see cref="ConvFft"/> and <see cref="ConvFftWeight"/>, for series with long filters.</summary>
    Fft,

    /// <summary><see cref="Depthwise"/> and <see cref="DepthwiseWeightGradient"/>, for groups of one channel.</summary>
    Depthwise,

    /// <summary><see cref="ConvPointwise"/>, for 1 × 1 kernels; the weight gradient is <see cref="Direct"/>'s.</summary>
    Pointwise,
}

/// <summary>Which kernels run a convolution.</summary>
internal static class ConvAlgorithms
{
    // Measured on a Zen 4 core, docs/kernels/winograd.md: with fewer channels, the transforms cost more than they save ...
    private const int MinChannels = 8;

    // ... and with fewer tiles, transforming the weights does, if they are not kept, or padding the last block.
    private const int MinTiles = 64, MinTilesOfKept = 8;

    // docs/kernels/conv-fft.md: the direct kernels win below this many multiply-adds per step counted by ConvFftBlocks.
    private const double MinSaving = 29;

    // The filters' spectra, and the smallest round of blocks, take at most 64 MiB each.
    private const long MaxSpectra = 16 * 1024 * 1024;

    // With more filters for each channel, a product of matrices is faster.
    private const int MaxMultiplier = 8;

    // On smaller planes, laying out the weights for every image costs more than multiplying them.
    private const int MinPointwisePlane = 32;

    /// <summary>
    /// The algorithm this thread must use where possible; null, the default: chosen by shape. For tests and benchmarks.
    /// </summary>
    [field: ThreadStatic]
    public static ConvAlgorithm? Forced { get; set; }

    /// <summary>
    /// The kernels for a convolution and its gradients; for a forward pass whose weights are kept as the kernel prepares them,
    /// <paramref name="keeps"/>.
    /// </summary>
    public static ConvAlgorithm Of(in Conv2dGeometry g, bool keeps = false)
    {
        if (Forced is { } forced)
            return Serves(forced, g) ? forced : ConvAlgorithm.Direct;
        if (g.GroupChannels == 1 && g.Options.Groups > 1 && g.GroupFilters <= MaxMultiplier) return ConvAlgorithm.Depthwise;
        if (ServesPointwise(g) && g.Height * g.Width >= MinPointwisePlane) return ConvAlgorithm.Pointwise;
        if (!Vector512.IsHardwareAccelerated) return ConvAlgorithm.Direct;
        if (ServesWinograd(g) && PaysWinograd(g, keeps ? MinTilesOfKept : MinTiles)) return ConvAlgorithm.Winograd;
        return ServesFft(g) && PaysFft(g) ? ConvAlgorithm.Fft : ConvAlgorithm.Direct;
    }

    private static bool Serves(ConvAlgorithm algorithm, in Conv2dGeometry g) => algorithm switch
    {
        ConvAlgorithm.Winograd => ServesWinograd(g),
        ConvAlgorithm.Fft => ServesFft(g),
        ConvAlgorithm.Depthwise => g.GroupChannels == 1,
        ConvAlgorithm.Pointwise => ServesPointwise(g),
        _ => true,
    };

    private static bool ServesPointwise(in Conv2dGeometry g) =>
        g is { KernelHeight: 1, KernelWidth: 1, Options: { Groups: 1, StrideHeight: 1, StrideWidth: 1 } }
        && g.OutputHeight == g.Height && g.OutputWidth == g.Width && g.Options is { PadTop: 0, PadLeft: 0 };

    private static bool ServesWinograd(in Conv2dGeometry g) =>
        g is
        {
            KernelHeight: 3, KernelWidth: 3,
            Options: { StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1 }
        };

    private static bool PaysWinograd(in Conv2dGeometry g, int minTiles) =>
        Math.Min(g.GroupChannels, g.GroupFilters) >= MinChannels
        && (long)g.Batch * new WinogradGrid(g.OutputHeight, g.OutputWidth).PerImage >= minTiles;

    private static bool ServesFft(in Conv2dGeometry g) =>
        g is { Height: 1, KernelHeight: 1, OutputHeight: 1, Options: { PadTop: 0, DilationWidth: 1, Groups: 1 } }
        && g.KernelWidth <= ConvFftBlocks.MaxLength / 2 * g.Options.StrideWidth;

    private static bool PaysFft(in Conv2dGeometry g)
    {
        var blocks = ConvFftBlocks.Forward(g);
        var products = (double)g.Channels * g.Filters;
        var series = Math.Max(products * g.Options.StrideWidth,
            SeriesFft.Lanes * ((double)g.Channels * g.Options.StrideWidth + g.Filters));
        return series * Math.Max(blocks.Length, ConvFftBlocks.InputGradient(g).Length) <= MaxSpectra
            && blocks.Cost * MinSaving < products * g.Batch * g.OutputWidth * g.KernelWidth;
    }
}
