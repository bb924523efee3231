using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    void IBackend.Conv2d(in Conv2dGeometry geometry, Tensor input, Tensor weight, Tensor? bias, bool relu, Tensor output) =>
        Conv2d.Forward(geometry, Floats(input), Floats(weight), bias is null ? null : Floats(bias), relu, Floats(output));

    /// <inheritdoc/>
    public void Conv2dInputGradient(in Conv2dGeometry geometry, Tensor gradOutput, Tensor? reluOutput, Tensor weight, Tensor gradInput) =>
        Conv2d.InputGradient(geometry, Floats(gradOutput), reluOutput is null ? null : Floats(reluOutput), Floats(weight), Floats(gradInput));

    /// <inheritdoc/>
    public void Conv2dWeightGradient(in Conv2dGeometry geometry, Tensor input, Tensor gradOutput, Tensor? reluOutput, Tensor gradWeight, Tensor? gradBias) =>
        ConvWeightGradient.Run(
            geometry, Floats(input), Floats(gradOutput), reluOutput is null ? null : Floats(reluOutput), Floats(gradWeight), gradBias is null ? null : Floats(gradBias));
}
