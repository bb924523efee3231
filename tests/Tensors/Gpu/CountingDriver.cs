using Engine.Tensors.Gpu;
using Engine.Tensors.Gpu.Kernels;
using ILGPU.Runtime;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>Another driver, with a count of its launches and of the calls that wait for the device.</summary>
internal sealed class CountingDriver(IGpuDriver driver) : IGpuDriver
{
    private int _waits, _launches;

    /// <summary>How often somebody waited: for a download, or for the queue to be empty.</summary>
    public int Waits => Volatile.Read(ref _waits);

    /// <summary>Kernels queued.</summary>
    public int Launches => Volatile.Read(ref _launches);

    public GpuDeviceInfo Info => driver.Info;

    public bool TryAllocate(long byteLength, out nint block) => driver.TryAllocate(byteLength, out block);

    public void Free(nint block) => driver.Free(block);

    public MemoryBuffer Buffer(nint block) => driver.Buffer(block);

    public void Upload(ReadOnlySpan<byte> source, nint target, long offset) => driver.Upload(source, target, offset);

    public void Download(nint source, long offset, Span<byte> target)
    {
        Interlocked.Increment(ref _waits);
        driver.Download(source, offset, target);
    }

    public void Launch<TKernel>(in GpuGrid grid, in TKernel kernel)
        where TKernel : struct, IKernel
    {
        Interlocked.Increment(ref _launches);
        driver.Launch(grid, kernel);
    }

    public void Wait()
    {
        Interlocked.Increment(ref _waits);
        driver.Wait();
    }

    public ProfilingMarker Mark() => driver.Mark();

    public double SecondsBetween(ProfilingMarker start, ProfilingMarker end)
    {
        Interlocked.Increment(ref _waits);
        return driver.SecondsBetween(start, end);
    }

    public void Dispose() => driver.Dispose();
}
