using Engine.Tensors.Gpu;
using Engine.Tensors.Gpu.Drivers;
using Engine.Tensors.Gpu.Kernels;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>ILGPU's processor with little memory, which fails when a test asks for it.</summary>
internal sealed class FaultyDriver : IGpuDriver
{
    private readonly IGpuDriver _driver = new DebugPlatform().Open(0);
    private readonly DriverFaults _faults;
    private readonly Dictionary<nint, long> _blocks = [];
    private int _calls;

    public FaultyDriver(string name = "faulty", bool isGpu = true, long memoryBytes = 1 << 20)
    {
        Info = _driver.Info with { Name = name, Model = "Faulty GPU", IsGpu = isGpu, MemoryBytes = memoryBytes };
        _faults = new DriverFaults(Info);
    }

    public GpuDeviceInfo Info { get; }

    /// <summary>How many launches go well before the device is lost.</summary>
    public int LaunchesUntilLost { get; set; } = int.MaxValue;

    /// <summary>Blocks that were allocated and not freed.</summary>
    public int Blocks => _blocks.Count;

    /// <summary>Whether two threads were in the driver at once.</summary>
    public bool WasEnteredTwice { get; private set; }

    public bool IsDisposed { get; private set; }

    public bool TryAllocate(long byteLength, out nint block)
    {
        using var call = Enter();
        block = 0;
        if (_blocks.Values.Sum() + byteLength > Info.MemoryBytes || !_driver.TryAllocate(byteLength, out block)) return false;
        _blocks.Add(block, byteLength);
        return true;
    }

    public void Free(nint block)
    {
        if (_faults.IsLost) return;
        Assert.True(_blocks.Remove(block), "A block was freed that was not allocated.");
        _driver.Free(block);
    }

    public MemoryBuffer Buffer(nint block) => _driver.Buffer(block);

    public void Upload(ReadOnlySpan<byte> source, nint target, long offset)
    {
        using var call = Enter();
        _driver.Upload(source, target, offset);
    }

    public void Download(nint source, long offset, Span<byte> target)
    {
        using var call = Enter();
        _driver.Download(source, offset, target);
    }

    public void Launch<TKernel>(in GpuGrid grid, in TKernel kernel)
        where TKernel : struct, IKernel
    {
        using var call = Enter();
        if (LaunchesUntilLost-- <= 0)
            throw _faults.Of(new CLException(CLError.CL_INVALID_COMMAND_QUEUE),
                $"launch of {KernelName.Of(typeof(TKernel))} ({grid})");
        _driver.Launch(grid, kernel);
    }

    public void Wait()
    {
        using var call = Enter();
        _driver.Wait();
    }

    public ProfilingMarker Mark()
    {
        using var call = Enter();
        return _driver.Mark();
    }

    public double SecondsBetween(ProfilingMarker start, ProfilingMarker end)
    {
        using var call = Enter();
        return _driver.SecondsBetween(start, end);
    }

    public void Dispose()
    {
        IsDisposed = true;
        _driver.Dispose();
    }

    private Call Enter()
    {
        _faults.ThrowIfLost();
        return new Call(this);
    }

    private readonly ref struct Call
    {
        private readonly FaultyDriver _driver;

        public Call(FaultyDriver driver)
        {
            _driver = driver;
            if (Interlocked.Increment(ref driver._calls) != 1) driver.WasEnteredTwice = true;
        }

        public void Dispose() => Interlocked.Decrement(ref _driver._calls);
    }
}

/// <summary>A platform with some devices, or with the reason that it has none.</summary>
internal sealed class FakeGpuPlatform(string prefix, Func<IGpuDriver[]> drivers) : IGpuPlatform
{
    public string Prefix => prefix;

    public IReadOnlyList<GpuDeviceInfo> Find() => [.. drivers().Select(d => d.Info)];

    public IGpuDriver Open(int index) => drivers()[index];
}
