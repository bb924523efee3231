namespace Engine.Tensors.Cpu;

/// <summary>
/// Unmanaged memory of the processor, aligned to cache lines. Blocks unused for a few seconds go back to the system.
/// </summary>
internal sealed unsafe class CpuMemoryPool() : MemoryPool(s_idleLimit)
{
    private const double Mebibyte = 1024 * 1024;

    // Far longer than any training step, far shorter than a user's patience with an idle program that holds memory.
    private static readonly TimeSpan s_idleLimit = TimeSpan.FromSeconds(5);

    // One of the program's own finalizers might be waiting for something our caller holds.
    private static readonly TimeSpan s_finalizers = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    protected override long SmallestStep => 64;

    /// <inheritdoc/>
    protected override bool KeepsBlocks => LargeBlock.Source is null;

    /// <summary>Frees what neither a tensor nor a kernel uses.</summary>
    public static void TrimAll()
    {
        ((CpuBackend)Device.Cpu.Backend).Pool.Trim();
        Scratch.Pool.Trim();
    }

    /// <inheritdoc/>
    protected override nint Allocate(long blockLength)
    {
        if (TryAllocate(blockLength, out var block)) return block;

        // Idle blocks of other sizes may make room.
        TrimWith();
        if (TryAllocate(blockLength, out block)) return block;

        // So may unreachable tensors that were never disposed: the collector does not know how much memory they hold.
        GC.Collect();
        Task.Run(GC.WaitForPendingFinalizers).Wait(s_finalizers);
        TrimWith();
        if (TryAllocate(blockLength, out block)) return block;
        throw new InsufficientMemoryException(
            $"cpu: no room for {blockLength / Mebibyte:0.#} MiB beside the {(ReservedBytes - blockLength) / Mebibyte:0.#} "
                + "MiB in use. Use a smaller batch, or shorter windows.");
    }

    /// <inheritdoc/>
    protected override void Free(nint block) => LargeBlock.Free((void*)block);

    /// <inheritdoc/>
    protected override void Freed() => LargeBlock.GiveBack();

    private void TrimWith()
    {
        Trim();
        TrimAll();
    }

    private static bool TryAllocate(long blockLength, out nint block)
    {
        try
        {
            block = (nint)LargeBlock.Allocate((nuint)blockLength);
            return true;
        }
        catch (OutOfMemoryException)
        {
            block = 0;
            return false;
        }
    }
}
