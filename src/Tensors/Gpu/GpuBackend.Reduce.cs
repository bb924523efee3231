
namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void Sum(Tensor source, Tensor result) =>
        throw new NotImplementedException();

    public void Max(Tensor source, Tensor? values, Tensor? indices) =>
        throw new NotImplementedException();

    public void Scatter(Tensor values, Tensor indices, Tensor target) =>
        throw new NotImplementedException();
}
