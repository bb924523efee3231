using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Sum(Tensor source, Tensor result)
    {
        using var lease = new StorageLease(source, result);
        Reductions.Sum(Floats(source), source.Shape, Floats(result), result.Shape);
    }

    /// <inheritdoc/>
    public void Max(Tensor source, Tensor? values, Tensor? indices)
    {
        using var lease = new StorageLease(source, values, indices);
        Reductions.Max(Floats(source), source.Shape[0], source.Shape[1], values is null ? null : Floats(values),
            indices is null ? null : Integers(indices));
    }

    /// <inheritdoc/>
    public void Scatter(Tensor values, Tensor indices, Tensor target)
    {
        using var lease = new StorageLease(values, indices, target);
        Reductions.Scatter(Floats(values), Integers(indices), target.Shape[0], target.Shape[1], Floats(target));
    }
}
