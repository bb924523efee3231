using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void CopyStrided(Tensor source, int offset, ReadOnlySpan<int> strides, Tensor result)
    {
        using var lease = new StorageLease(source, result);
        Layout.Gather(Floats(source) + offset, strides, result.Shape, Floats(result));
    }

    /// <inheritdoc/>
    public void CopyToStrided(Tensor source, Tensor target, int offset, ReadOnlySpan<int> strides)
    {
        using var lease = new StorageLease(source, target);
        Layout.Scatter(Floats(source), source.Shape, Floats(target) + offset, strides);
    }

    /// <inheritdoc/>
    public void GatherRows(Tensor source, Tensor indices, Tensor result)
    {
        using var lease = new StorageLease(source, indices, result);
        Layout.GatherRows(Floats(source), source.Shape[1], Integers(indices), indices.Count, Floats(result));
    }

    /// <inheritdoc/>
    public void ScatterAddRows(Tensor source, Tensor indices, Tensor target)
    {
        using var lease = new StorageLease(source, indices, target);
        Layout.ScatterAddRows(Floats(source), Integers(indices), indices.Count, target.Shape[0], target.Shape[1], Floats(target));
    }
}
