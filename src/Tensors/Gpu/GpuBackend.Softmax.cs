
namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void Softmax(Tensor x, bool logarithm, Tensor result) =>
        throw new NotImplementedException();

    public void SoftmaxGradient(Tensor output, bool logarithm, Tensor gradOutput, Tensor gradInput) =>
        throw new NotImplementedException();

    public void CrossEntropy(Tensor x, Tensor labels, float smoothing, Tensor losses, Tensor? gradient) =>
        throw new NotImplementedException();
}
