namespace Engine.Tensors.Gpu;

/// <summary>A block of the <see cref="GpuMemoryPool"/>.</summary>
internal sealed class GpuStorage : Storage
{
    private readonly GpuMemoryPool _pool;
    private readonly long _blockLength;

    internal GpuStorage(GpuMemoryPool pool, long byteLength)
        : base(byteLength)
    {
        _pool = pool;
        Block = pool.Rent(byteLength, out _blockLength);
    }

    /// <summary>Returns memory that was never released by hand, so that a forgotten tensor is no leak.</summary>
    ~GpuStorage()
    {
        // No block was rented if the constructor threw.
        if (Block != 0) Free();
    }

    /// <summary>The driver's handle: an address (CUDA) or a buffer object (OpenCL).</summary>
    public nint Block { get; }

    /// <inheritdoc/>
    protected override void Free() => _pool.Return(Block, _blockLength, ByteLength);
}
