using ILGPU.Runtime;

namespace Engine.Tensors.Gpu;

/// <summary>
/// Memory of a GPU. A block may be handed out again while commands that used it still wait in the queue: there is one
/// queue, in order, so they are done before the next user's begin.
/// </summary>
internal sealed class GpuMemoryPool(IGpuDriver driver) : MemoryPool
{
    private const double Mebibyte = 1024 * 1024;

    // The finalizer of a program's own might wait for the lock that our caller holds.
    private static readonly TimeSpan s_finalizers = TimeSpan.FromSeconds(2);

    /// <summary>ILGPU's name for a block.</summary>
    public MemoryBuffer Buffer(nint block) => driver.Buffer(block);

    /// <summary>Wide enough for any vector load, and what sub-allocations of CUDA and OpenCL promise.</summary>
    protected override long SmallestStep => 256;

    /// <inheritdoc/>
    protected override nint Allocate(long blockLength)
    {
        if (driver.TryAllocate(blockLength, out var block)) return block;

        // What the pool holds back in other sizes may make room; it may still be in use by commands that wait.
        driver.Wait();
        Trim();
        if (driver.TryAllocate(blockLength, out block)) return block;

        // So may tensors that nobody disposed of and nobody can reach: the collector does not know how much they hold.
        GC.Collect();
        Task.Run(GC.WaitForPendingFinalizers).Wait(s_finalizers);
        Trim();
        if (driver.TryAllocate(blockLength, out block)) return block;
        throw new DeviceException(
            $"{driver.Info.Name}: no room for {blockLength / Mebibyte:0.#} MiB; "
                + $"{(ReservedBytes - blockLength) / Mebibyte:0.#} MiB of its {driver.Info.MemoryBytes / Mebibyte:0} MiB "
                + "are in use by this program. Use a smaller batch, or --device cpu.");
    }

    /// <inheritdoc/>
    protected override void Free(nint block) => driver.Free(block);
}
