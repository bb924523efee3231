namespace Engine.Tensors.Cpu;

/// <summary>
/// Every operation on the processor. The parts, one per kernel family (<c>CpuBackend.*.cs</c>), hold the operands' memory
/// and find the pointers; the arithmetic is in <c>Kernels/</c>.
/// </summary>
internal sealed unsafe partial class CpuBackend : IBackend
{
    /// <summary>The pool behind every tensor on the processor.</summary>
    public CpuMemoryPool Pool { get; } = new();

    /// <inheritdoc/>
    public Storage Allocate(long byteLength) => new CpuStorage(Pool, byteLength);

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<byte> source, Tensor target)
    {
        using var lease = new StorageLease(target);
        source.CopyTo(Bytes(target));
    }

    /// <inheritdoc/>
    public void Download(Tensor source, Span<byte> target)
    {
        using var lease = new StorageLease(source);
        Bytes(source).CopyTo(target);
    }

    /// <inheritdoc/>
    public void Copy(Tensor source, Tensor target)
    {
        using var lease = new StorageLease(source, target);
        Bytes(source).CopyTo(Bytes(target));
    }

    /// <inheritdoc/>
    public void Fill(Tensor target, float value)
    {
        using var lease = new StorageLease(target);
        new Span<float>(Floats(target), target.Count).Fill(value);
    }

    /// <inheritdoc/>
    public void Trim()
    {
        Pool.Trim();
        Scratch.Pool.Trim();
    }

    /// <inheritdoc/>
    public void Wait()
    {
        // Operations return only when they are done.
    }

    private static Span<byte> Bytes(Tensor tensor) => new(Floats(tensor), tensor.Count * sizeof(float));

    private static float* Floats(Tensor tensor) => (float*)((CpuStorage)tensor.Storage).Pointer + tensor.Offset;

    private static int* Integers(Tensor tensor) => (int*)Floats(tensor);
}
