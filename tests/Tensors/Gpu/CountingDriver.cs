using Engine.Tensors.Gpu;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>Another driver, with a count of the calls that wait for the device.</summary>
internal sealed class CountingDriver(IGpuDriver driver) : IGpuDriver
{
    private int _waits;

    /// <summary>How often somebody waited: for a download, or for the queue to be empty.</summary>
    public int Waits => Volatile.Read(ref _waits);

    public GpuDeviceInfo Info => driver.Info;

    public bool TryAllocate(long byteLength, out nint block) => driver.TryAllocate(byteLength, out block);

    public void Free(nint block) => driver.Free(block);

    public void Upload(ReadOnlySpan<byte> source, nint target, long offset) => driver.Upload(source, target, offset);

    public void Download(nint source, long offset, Span<byte> target)
    {
        Interlocked.Increment(ref _waits);
        driver.Download(source, offset, target);
    }

    public byte[] Compile(KernelSource source) => driver.Compile(source);

    public nint Load(KernelSource source, byte[] binary) => driver.Load(source, binary);

    public nint Kernel(nint program, string name) => driver.Kernel(program, name);

    public void Launch(nint kernel, string name, in GpuGrid grid, ReadOnlySpan<KernelArgument> arguments) =>
        driver.Launch(kernel, name, grid, arguments);

    public void Wait()
    {
        Interlocked.Increment(ref _waits);
        driver.Wait();
    }

    public nint Mark() => driver.Mark();

    public double SecondsBetween(nint start, nint end)
    {
        Interlocked.Increment(ref _waits);
        return driver.SecondsBetween(start, end);
    }

    public void Dispose() => driver.Dispose();
}
