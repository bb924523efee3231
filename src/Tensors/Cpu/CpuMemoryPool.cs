namespace Engine.Tensors.Cpu;

/// <summary>Unmanaged memory of the processor, aligned to cache lines.</summary>
internal sealed unsafe class CpuMemoryPool : MemoryPool
{
    /// <inheritdoc/>
    protected override long SmallestStep => 64;

    /// <inheritdoc/>
    protected override nint Allocate(long blockLength) => (nint)LargeBlock.Allocate((nuint)blockLength);

    /// <inheritdoc/>
    protected override void Free(nint block) => LargeBlock.Free((void*)block);
}
