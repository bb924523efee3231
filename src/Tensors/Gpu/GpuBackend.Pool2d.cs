using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    /// <inheritdoc/>
    public Shape MaxPool2dPlaces(in Pool2dGeometry geometry) => geometry.OutputShape;

    /// <inheritdoc/>
    public void MaxPool2d(in Pool2dGeometry geometry, Tensor input, Tensor output, Tensor? places)
    {
        using var lease = new StorageLease(input, output, places);
        Map(output.Count, new MaxPool2d
        {
            Count = output.Count,
            Height = geometry.Height,
            Width = geometry.Width,
            OutputHeight = new(geometry.OutputHeight),
            OutputWidth = new(geometry.OutputWidth),
            Rows = Rows(geometry),
            Columns = Columns(geometry),
            X = Floats(input),
            Y = Floats(output),
            Places = Integers(places),
        });
    }

    /// <inheritdoc/>
    public void MaxPool2dGradient(in Pool2dGeometry geometry, Tensor places, Tensor gradOutput, Tensor gradInput)
    {
        using var lease = new StorageLease(places, gradOutput, gradInput);
        Map(gradInput.Count, new MaxPool2dGradient
        {
            Count = gradInput.Count,
            OutputHeight = geometry.OutputHeight,
            OutputWidth = geometry.OutputWidth,
            Height = new(geometry.Height),
            Width = new(geometry.Width),
            Rows = Rows(geometry),
            Columns = Columns(geometry),
            G = Floats(gradOutput),
            X = Floats(gradInput),
            Places = Integers(places),
        });
    }

    /// <inheritdoc/>
    public void AveragePool2d(in Pool2dGeometry geometry, Tensor input, Tensor output)
    {
        using var lease = new StorageLease(input, output);
        Map(output.Count, new AveragePool2d
        {
            Count = output.Count,
            Height = geometry.Height,
            Width = geometry.Width,
            Share = Share(geometry),
            OutputHeight = new(geometry.OutputHeight),
            OutputWidth = new(geometry.OutputWidth),
            Rows = Rows(geometry),
            Columns = Columns(geometry),
            X = Floats(input),
            Y = Floats(output),
        });
    }

    /// <inheritdoc/>
    public void AveragePool2dGradient(in Pool2dGeometry geometry, Tensor gradOutput, Tensor gradInput)
    {
        using var lease = new StorageLease(gradOutput, gradInput);
        Map(gradInput.Count, new AveragePool2dGradient
        {
            Count = gradInput.Count,
            OutputHeight = geometry.OutputHeight,
            OutputWidth = geometry.OutputWidth,
            Share = Share(geometry),
            Height = new(geometry.Height),
            Width = new(geometry.Width),
            Rows = Rows(geometry),
            Columns = Columns(geometry),
            G = Floats(gradOutput),
            X = Floats(gradInput),
        });
    }

    private static PoolWindow Rows(in Pool2dGeometry g) => new(g.KernelHeight, g.StrideHeight, g.PadHeight);

    private static PoolWindow Columns(in Pool2dGeometry g) => new(g.KernelWidth, g.StrideWidth, g.PadWidth);

    // What one element counts in the mean of a window.
    private static float Share(in Pool2dGeometry g) => 1f / (g.KernelHeight * g.KernelWidth);
}
