using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    void IBackend.Conv2d(in Conv2dGeometry geometry, Tensor input, Tensor weight, Tensor? bias, bool relu, Tensor output)
    {
        var biases = bias is null ? null : Floats(bias);
        if (ConvAlgorithm.UsesWinograd(geometry)) ConvWinograd.Forward(geometry, Floats(input), Floats(weight), biases, relu, Floats(output));
        else Conv2d.Forward(geometry, Floats(input), Floats(weight), biases, relu, Floats(output));
    }

    /// <inheritdoc/>
    public void Conv2dInputGradient(in Conv2dGeometry geometry, Tensor gradOutput, Tensor weight, Tensor gradInput)
    {
        if (ConvAlgorithm.UsesWinograd(geometry)) ConvWinograd.InputGradient(geometry, Floats(gradOutput), Floats(weight), Floats(gradInput));
        else Conv2d.InputGradient(geometry, Floats(gradOutput), Floats(weight), Floats(gradInput));
    }

    /// <inheritdoc/>
    public void Conv2dWeightGradient(in Conv2dGeometry geometry, Tensor input, Tensor gradOutput, Tensor gradWeight, Tensor? gradBias)
    {
        var biases = gradBias is null ? null : Floats(gradBias);
        if (ConvAlgorithm.UsesWinograd(geometry)) ConvWinogradWeight.Run(geometry, Floats(input), Floats(gradOutput), Floats(gradWeight), biases);
        else ConvWeightGradient.Run(geometry, Floats(input), Floats(gradOutput), Floats(gradWeight), biases);
    }
}
