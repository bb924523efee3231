namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    public void CopyStrided(Tensor source, int offset, ReadOnlySpan<int> strides, Tensor result) => throw new NotSupportedException();

    public void CopyToStrided(Tensor source, Tensor target, int offset, ReadOnlySpan<int> strides) => throw new NotSupportedException();

    public void GatherRows(Tensor source, Tensor indices, Tensor result) => throw new NotSupportedException();

    public void ScatterAddRows(Tensor source, Tensor indices, Tensor target) => throw new NotSupportedException();
}
