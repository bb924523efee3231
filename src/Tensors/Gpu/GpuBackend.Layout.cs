
namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void Copy(Tensor source, Tensor target) =>
        throw new NotImplementedException();

    public void Fill(Tensor target, float value) =>
        throw new NotImplementedException();

    public void CopyStrided(Tensor source, int offset, ReadOnlySpan<int> strides, Tensor result) =>
        throw new NotImplementedException();

    public void CopyToStrided(Tensor source, Tensor target, int offset, ReadOnlySpan<int> strides) =>
        throw new NotImplementedException();

    public void GatherRows(Tensor source, Tensor indices, Tensor result) =>
        throw new NotImplementedException();

    public void ScatterAddRows(Tensor source, Tensor indices, Tensor target) =>
        throw new NotImplementedException();
}
