namespace Engine.Tensors.Cpu;

/// <summary>
/// A block of the <see cref="CpuMemoryPool"/>: aligned and unmanaged, so kernels hold plain pointers and the collector never
/// moves it.
/// </summary>
internal sealed unsafe class CpuStorage : Storage
{
    private readonly CpuMemoryPool _pool;
    private readonly long _blockLength;

    internal CpuStorage(CpuMemoryPool pool, long byteLength)
        : base(byteLength)
    {
        _pool = pool;
        Pointer = (byte*)pool.Rent(byteLength, out _blockLength);
    }

    /// <summary>Returns memory that was never released explicitly, so that a forgotten tensor does not leak.</summary>
    ~CpuStorage()
    {
        // No block was rented if the constructor threw.
        if (Pointer is not null) Free();
    }

    public byte* Pointer { get; }

    /// <inheritdoc/>
    protected override void Free() => _pool.Return((nint)Pointer, _blockLength, ByteLength);
}
