
namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void Conv2d(in Conv2dGeometry geometry, Tensor input, Tensor weight, Tensor? bias, bool relu, Tensor output) =>
        throw new NotImplementedException();

    public void Conv2dInputGradient(in Conv2dGeometry geometry, Tensor gradOutput, Tensor weight, Tensor gradInput) =>
        throw new NotImplementedException();

    public void Conv2dWeightGradient(
        in Conv2dGeometry geometry, Tensor input, Tensor gradOutput, Tensor gradWeight, Tensor? gradBias) =>
        throw new NotImplementedException();
}
