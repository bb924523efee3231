using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void Reduce(ReduceOp op, Tensor source, Tensor result)
    {
        switch (op)
        {
            case ReduceOp.Sum: Reductions.Sum(Floats(source), source.Shape, Floats(result), result.Shape); break;
            default: throw new ArgumentOutOfRangeException(nameof(op), $"Reduce: unknown operation {op}.");
        }
    }
}
