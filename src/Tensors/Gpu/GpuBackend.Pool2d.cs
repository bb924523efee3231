
namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public Shape MaxPool2dPlaces(in Pool2dGeometry geometry) =>
        throw new NotImplementedException();

    public void MaxPool2d(in Pool2dGeometry geometry, Tensor input, Tensor output, Tensor? places) =>
        throw new NotImplementedException();

    public void MaxPool2dGradient(in Pool2dGeometry geometry, Tensor places, Tensor gradOutput, Tensor gradInput) =>
        throw new NotImplementedException();

    public void AveragePool2d(in Pool2dGeometry geometry, Tensor input, Tensor output) =>
        throw new NotImplementedException();

    public void AveragePool2dGradient(in Pool2dGeometry geometry, Tensor gradOutput, Tensor gradInput) =>
        throw new NotImplementedException();
}
