using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    void IBackend.Softmax(Tensor x, bool logarithm, Tensor result)
    {
        using var lease = new StorageLease(x, result);
        Softmax.Forward(Floats(x), logarithm, x.Shape[0], x.Shape[1], Floats(result));
    }

    /// <inheritdoc/>
    public void SoftmaxGradient(Tensor output, bool logarithm, Tensor gradOutput, Tensor gradInput)
    {
        using var lease = new StorageLease(output, gradOutput, gradInput);
        Softmax.Gradient(Floats(output), logarithm, Floats(gradOutput), output.Shape[0], output.Shape[1], Floats(gradInput));
    }

    /// <inheritdoc/>
    public void CrossEntropy(Tensor x, Tensor labels, float smoothing, Tensor losses, Tensor? gradient)
    {
        using var lease = new StorageLease(x, labels, losses, gradient);
        Softmax.CrossEntropy(Floats(x), Integers(labels), smoothing, x.Shape[0], x.Shape[1], Floats(losses),
            gradient is null ? null : Floats(gradient));
    }
}
