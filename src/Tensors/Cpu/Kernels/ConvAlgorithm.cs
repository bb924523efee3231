using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>Which kernels run a convolution: those of <see cref="Conv2d"/>, which take every shape, or Winograd's.</summary>
internal static class ConvAlgorithm
{
    // Measured on a Zen 4 core, docs/kernels/winograd.md: with fewer channels the transforms cost more than they save ...
    private const int MinChannels = 16;

    // ... and with fewer tiles, transforming the weights does.
    private const int MinTiles = 64;

    /// <summary>What this thread is told to use where it can; null, the default: what the shape suggests. For tests and benchmarks.</summary>
    [field: ThreadStatic]
    public static bool? Forced { get; set; }

    /// <summary>Whether Winograd's transform runs this convolution and its gradients.</summary>
    public static bool UsesWinograd(in Conv2dGeometry g) => Serves(g) && (Forced ?? Pays(g));

    private static bool Serves(in Conv2dGeometry g) =>
        g is { KernelHeight: 3, KernelWidth: 3, Options: { StrideHeight: 1, StrideWidth: 1, DilationHeight: 1, DilationWidth: 1 } };

    private static bool Pays(in Conv2dGeometry g) =>
        Vector512.IsHardwareAccelerated && Math.Min(g.GroupChannels, g.GroupFilters) >= MinChannels
        && (long)g.Batch * new WinogradGrid(g.OutputHeight, g.OutputWidth).PerImage >= MinTiles;
}
