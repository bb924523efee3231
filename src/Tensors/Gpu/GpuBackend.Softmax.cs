namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void Softmax(Tensor x, bool logarithm, Tensor result) => throw new NotSupportedException();

    public void SoftmaxGradient(Tensor output, bool logarithm, Tensor gradOutput, Tensor gradInput) => throw new NotSupportedException();

    public void CrossEntropy(Tensor x, Tensor labels, float smoothing, Tensor losses, Tensor? gradient) => throw new NotSupportedException();
}
