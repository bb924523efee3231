using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void MaxPool2d(in Pool2dGeometry geometry, Tensor input, Tensor output, Tensor? indices) =>
        Pool2d.Max(geometry, Floats(input), Floats(output), indices is null ? null : Integers(indices));

    /// <inheritdoc/>
    public void MaxPool2dGradient(in Pool2dGeometry geometry, Tensor indices, Tensor gradOutput, Tensor gradInput) =>
        Pool2d.MaxGradient(geometry, Integers(indices), Floats(gradOutput), Floats(gradInput));

    /// <inheritdoc/>
    public void AveragePool2d(in Pool2dGeometry geometry, Tensor input, Tensor output) =>
        Pool2d.Average(geometry, Floats(input), Floats(output));

    /// <inheritdoc/>
    public void AveragePool2dGradient(in Pool2dGeometry geometry, Tensor gradOutput, Tensor gradInput) =>
        Pool2d.AverageGradient(geometry, Floats(gradOutput), Floats(gradInput));
}
