using ILGPU;
using ILGPU.Runtime;

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
        Buffer = pool.Buffer(Block);
    }

    /// <summary>Returns memory that was never released by hand, so that a forgotten tensor is no leak.</summary>
    ~GpuStorage()
    {
        // No block was rented if the constructor threw.
        if (Block != 0) Free();
    }

    /// <summary>The driver's handle: an address (CUDA) or a buffer object (OpenCL).</summary>
    public nint Block { get; }

    /// <summary>The same as ILGPU knows it.</summary>
    public MemoryBuffer Buffer { get; }

    /// <summary>A tensor's elements, of four bytes each, for a kernel; of no tensor an empty view.</summary>
    public static ArrayView<T> View<T>(Tensor? tensor)
        where T : unmanaged =>
        tensor is null ? default : ((GpuStorage)tensor.Storage).Buffer.AsArrayView<T>(tensor.Offset, tensor.Count);

    /// <inheritdoc/>
    protected override void Free() => _pool.Return(Block, _blockLength, ByteLength);
}
