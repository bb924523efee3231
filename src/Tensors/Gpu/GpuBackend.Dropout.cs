using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    /// <inheritdoc/>
    public void Dropout(Tensor x, float rate, ulong key, ulong stream, ulong counter, Tensor result)
    {
        using var lease = new StorageLease(x, result);
        var blocks = (int)((x.Count + 63L) / 64 * 16);
        Map(blocks, new Dropout
        {
            Blocks = blocks,
            Count = x.Count,
            Threshold = (uint)Math.Min(uint.MaxValue, rate * 4294967296.0),
            Factor = 1 / (1 - rate),
            Key = key,
            Stream = stream,
            Counter = counter,
            X = Floats(x),
            Result = Floats(result),
        });
    }
}
