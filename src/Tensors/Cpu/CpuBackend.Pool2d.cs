using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public Shape MaxPool2dPlaces(in Pool2dGeometry geometry) =>
        new(ByteFits(geometry) ? (int)((geometry.OutputShape.Count + 3L) / 4) : geometry.OutputShape.Count);

    /// <inheritdoc/>
    public void MaxPool2d(in Pool2dGeometry geometry, Tensor input, Tensor output, Tensor? places)
    {
        using var lease = new StorageLease(input, output, places);
        var target = places is null ? null : Integers(places);
        if (ByteFits(geometry)) MaxPool2d<byte>.Forward(geometry, Floats(input), Floats(output), (byte*)target);
        else MaxPool2d<int>.Forward(geometry, Floats(input), Floats(output), target);
    }

    /// <inheritdoc/>
    public void MaxPool2dGradient(in Pool2dGeometry geometry, Tensor places, Tensor gradOutput, Tensor gradInput)
    {
        using var lease = new StorageLease(places, gradOutput, gradInput);
        if (ByteFits(geometry))
            MaxPool2dGradient<byte>.Run(geometry, (byte*)Integers(places), Floats(gradOutput), Floats(gradInput));
        else MaxPool2dGradient<int>.Run(geometry, Integers(places), Floats(gradOutput), Floats(gradInput));
    }

    /// <inheritdoc/>
    void IBackend.AveragePool2d(in Pool2dGeometry geometry, Tensor input, Tensor output)
    {
        using var lease = new StorageLease(input, output);
        AveragePool2d.Forward(geometry, Floats(input), Floats(output));
    }

    /// <inheritdoc/>
    public void AveragePool2dGradient(in Pool2dGeometry geometry, Tensor gradOutput, Tensor gradInput)
    {
        using var lease = new StorageLease(gradOutput, gradInput);
        AveragePool2d.Gradient(geometry, Floats(gradOutput), Floats(gradInput));
    }

    // A winner is recorded as its place in the window, which fits in one byte for all but huge windows.
    private static bool ByteFits(in Pool2dGeometry geometry) => geometry.KernelHeight * geometry.KernelWidth <= 256;
}
