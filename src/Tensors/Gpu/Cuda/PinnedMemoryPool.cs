using static Engine.Tensors.Gpu.Cuda.CudaNative;

namespace Engine.Tensors.Gpu.Cuda;

/// <summary>
/// Page-locked memory of the host, which the device reads and writes by itself, beside other work and at the full speed of
/// the bus. Locking pages is slow, so blocks are kept.
/// </summary>
internal sealed unsafe class PinnedMemoryPool(DriverStatus status) : MemoryPool
{
    /// <inheritdoc/>
    protected override long SmallestStep => 256;

    /// <inheritdoc/>
    protected override nint Allocate(long blockLength)
    {
        void* block;
        status.Check(MemHostAlloc(&block, (nuint)blockLength, 0), $"page-locked host memory of {blockLength} bytes");
        return (nint)block;
    }

    /// <inheritdoc/>
    protected override void Free(nint block) => status.Check(MemFreeHost((void*)block), "cuMemFreeHost");
}
