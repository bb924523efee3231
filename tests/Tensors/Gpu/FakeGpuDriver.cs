using System.Runtime.InteropServices;
using Engine.Tensors.Gpu;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>
/// A device in managed code that fails when a test asks for it. It knows three kernels, <c>add_same</c>, <c>copy</c> and
/// <c>fill</c>, and does everything at once; or it runs no kernel at all and keeps what there was to compile.
/// </summary>
internal sealed unsafe class FakeGpuDriver : IGpuDriver
{
    /// <summary>The status that stands for a lost device.</summary>
    public const int Gone = 7;

    private readonly DriverStatus _status;
    private readonly Dictionary<nint, long> _blocks = [];
    private readonly List<string> _kernels = [];
    private int _calls;

    public FakeGpuDriver(string name = "fake", bool isGpu = true, long memoryBytes = 1 << 20, int capability = 0)
    {
        Info = new()
        {
            Name = name,
            Model = "Fake GPU",
            Driver = "Fake 1.0",
            IsGpu = isGpu,
            MemoryBytes = memoryBytes,
            ComputeUnits = 1,
            LargestGroup = 256,
            LocalBytes = 32 << 10,
            CompilerOptions = "",
            Capability = capability,
        };
        _status = new DriverStatus(Info, status => status == Gone ? "FAKE_DEVICE_LOST" : "FAKE_ERROR", status => status == Gone);
    }

    public GpuDeviceInfo Info { get; }

    /// <summary>The compiler's log, if it is to fail.</summary>
    public string? CompilerFailure { get; set; }

    /// <summary>A kernel that the compiled program lacks.</summary>
    public string? MissingKernel { get; set; }

    /// <summary>How many launches go well before the device is lost.</summary>
    public int LaunchesUntilLost { get; set; } = int.MaxValue;

    /// <summary>A binary that <see cref="Load"/> does not take.</summary>
    public byte[]? RefusedBinary { get; set; }

    /// <summary>Whether kernels do nothing.</summary>
    public bool IgnoresKernels { get; init; }

    /// <summary>What was compiled.</summary>
    public List<KernelSource> Compiled { get; } = [];

    public int Compilations => Compiled.Count;

    /// <summary>Blocks that were allocated and not freed.</summary>
    public int Blocks => _blocks.Count;

    /// <summary>Whether two threads were in the driver at once.</summary>
    public bool WasEnteredTwice { get; private set; }

    public bool IsDisposed { get; private set; }

    public bool TryAllocate(long byteLength, out nint block)
    {
        using var call = Enter();
        block = 0;
        if (_blocks.Values.Sum() + byteLength > Info.MemoryBytes) return false;
        block = (nint)NativeMemory.AlignedAlloc((nuint)byteLength, 256);
        NativeMemory.Clear((void*)block, (nuint)byteLength);
        _blocks.Add(block, byteLength);
        return true;
    }

    public void Free(nint block)
    {
        if (_status.IsLost) return;
        Assert.True(_blocks.Remove(block), "A block was freed that was not allocated.");
        NativeMemory.AlignedFree((void*)block);
    }

    public void Upload(ReadOnlySpan<byte> source, nint target, long offset)
    {
        using var call = Enter();
        source.CopyTo(new Span<byte>((void*)(target + offset), source.Length));
    }

    public void Download(nint source, long offset, Span<byte> target)
    {
        using var call = Enter();
        new ReadOnlySpan<byte>((void*)(source + offset), target.Length).CopyTo(target);
    }

    public byte[] Compile(KernelSource source)
    {
        using var call = Enter();
        Compiled.Add(source);
        if (CompilerFailure is { } log) throw CompilerLog.Error(Info, source, "FAKE_COMPILATION (1)", log);
        return System.Text.Encoding.UTF8.GetBytes(source.Family);
    }

    public nint Load(KernelSource source, byte[] binary)
    {
        using var call = Enter();
        if (RefusedBinary is { } refused && refused.AsSpan().SequenceEqual(binary))
            _status.Check(3, $"load of {source.Family}.cl");
        return 1;
    }

    public nint Kernel(nint program, string name)
    {
        using var call = Enter();
        if (name == MissingKernel) _status.Check(2, $"kernel {name}");
        _kernels.Add(name);
        return _kernels.Count;
    }

    public void Launch(nint kernel, string name, in GpuGrid grid, ReadOnlySpan<KernelArgument> arguments)
    {
        using var call = Enter();
        if (IgnoresKernels) return;
        if (LaunchesUntilLost-- <= 0) _status.Check(Gone, $"launch {name} ({grid})");
        var n = (int)arguments[0].Bits;
        switch (_kernels[(int)kernel - 1])
        {
            case "add_same":
                float* a = Floats(arguments[1]), b = Floats(arguments[2]), sum = Floats(arguments[3]);
                for (var i = 0; i < n; i++) sum[i] = a[i] + b[i];
                break;
            case "copy":
                n *= (int)arguments[1].Bits;
                new Span<float>(Floats(arguments[2]), n).CopyTo(new Span<float>(Floats(arguments[3]), n));
                break;
            case "fill":
                n *= (int)arguments[1].Bits;
                new Span<float>(Floats(arguments[3]), n).Fill(BitConverter.UInt32BitsToSingle((uint)arguments[2].Bits));
                break;
            default:
                Assert.Fail($"The fake device has no kernel {name}.");
                break;
        }

        static float* Floats(KernelArgument argument) => (float*)argument.Block + (int)argument.Bits;
    }

    public void Wait()
    {
        using var call = Enter();
    }

    public nint Mark()
    {
        using var call = Enter();
        return 1;
    }

    public double SecondsBetween(nint start, nint end)
    {
        using var call = Enter();
        return 0;
    }

    public void Dispose()
    {
        foreach (var block in _blocks.Keys) NativeMemory.AlignedFree((void*)block);
        _blocks.Clear();
        IsDisposed = true;
    }

    private Call Enter()
    {
        _status.ThrowIfLost();
        return new Call(this);
    }

    private readonly ref struct Call
    {
        private readonly FakeGpuDriver _driver;

        public Call(FakeGpuDriver driver)
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
