namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    private static readonly KernelFamily s_dropout = new("dropout");

    /// <inheritdoc/>
    public void Dropout(Tensor x, float rate, ulong key, ulong stream, ulong counter, Tensor result)
    {
        var blocks = (int)((x.Count + 63L) / 64 * 16);
        var threshold = (uint)Math.Min(uint.MaxValue, rate * 4294967296.0);
        Map(
            s_dropout, "dropout", blocks, blocks, x.Count, threshold, 1 / (1 - rate),
            (uint)key, (uint)(key >> 32), (uint)stream, (uint)(stream >> 32), (uint)counter, (uint)(counter >> 32), x, result);
    }
}
