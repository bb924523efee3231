using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    void IBackend.Dropout(Tensor x, float rate, ulong key, ulong stream, ulong counter, Tensor result)
    {
        using var lease = new StorageLease(x, result);
        Dropout.Run(Floats(x), rate, key, stream, counter, x.Count, Floats(result));
    }
}
