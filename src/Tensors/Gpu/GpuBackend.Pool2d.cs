using System.Collections.Concurrent;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // A network has a few windows, each compiled in for itself.
    private static readonly ConcurrentDictionary<Pool2dWindow, KernelFamily> s_pools = [];

    /// <inheritdoc/>
    public Shape MaxPool2dPlaces(in Pool2dGeometry geometry) => geometry.OutputShape;

    /// <inheritdoc/>
    public void MaxPool2d(in Pool2dGeometry geometry, Tensor input, Tensor output, Tensor? places)
    {
        var (n, g) = (output.Count, geometry);
        Map(PoolFamily(g), "max_pool2d", n, n, g.Height, g.Width, g.OutputHeight, g.OutputWidth, input, output, places);
    }

    /// <inheritdoc/>
    public void MaxPool2dGradient(in Pool2dGeometry geometry, Tensor places, Tensor gradOutput, Tensor gradInput)
    {
        var (n, g) = (gradInput.Count, geometry);
        Map(PoolFamily(g), "max_pool2d_gradient", n, n, g.Height, g.Width, g.OutputHeight, g.OutputWidth, places, gradOutput,
            gradInput);
    }

    /// <inheritdoc/>
    public void AveragePool2d(in Pool2dGeometry geometry, Tensor input, Tensor output)
    {
        var (n, g) = (output.Count, geometry);
        Map(PoolFamily(g), "average_pool2d", n, n, g.Height, g.Width, g.OutputHeight, g.OutputWidth, input, output);
    }

    /// <inheritdoc/>
    public void AveragePool2dGradient(in Pool2dGeometry geometry, Tensor gradOutput, Tensor gradInput)
    {
        var (n, g) = (gradInput.Count, geometry);
        Map(PoolFamily(g), "average_pool2d_gradient", n, n, g.Height, g.Width, g.OutputHeight, g.OutputWidth, gradOutput,
            gradInput);
    }

    private static KernelFamily PoolFamily(in Pool2dGeometry g) =>
        s_pools.GetOrAdd(
            new Pool2dWindow(g.KernelHeight, g.KernelWidth, g.StrideHeight, g.StrideWidth, g.PadHeight, g.PadWidth),
            static w => new KernelFamily(
                "pool2d", null, ("WINDOW_HEIGHT", w.Height), ("WINDOW_WIDTH", w.Width), ("STRIDE_HEIGHT", w.StrideHeight),
                ("STRIDE_WIDTH", w.StrideWidth), ("PAD_HEIGHT", w.PadHeight), ("PAD_WIDTH", w.PadWidth)));

    private readonly record struct Pool2dWindow(
        int Height, int Width, int StrideHeight, int StrideWidth, int PadHeight, int PadWidth);
}
