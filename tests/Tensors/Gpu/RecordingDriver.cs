using Engine.Tensors;
using Engine.Tensors.Gpu;

namespace Engine.Tests.Tensors.Gpu;

/// <summary>
/// A device with graphs that does nothing but note what it would do, a line for each launch, and what it was asked.
/// </summary>
internal sealed class RecordingDriver(string name = "recording", int capability = 0) : IGpuDriver, IGpuGraphs
{
    private readonly Dictionary<nint, GraphLaunch[]> _graphs = [];
    private nint _next = 1;

    public GpuDeviceInfo Info { get; } = new()
    {
        Name = name,
        Model = "Recording GPU",
        Driver = "Recording 1.0",
        IsGpu = true,
        MemoryBytes = 1 << 20,
        ComputeUnits = 1,
        LargestGroup = 256,
        LocalBytes = 32 << 10,
        CompilerOptions = "",
        Capability = capability,
    };

    /// <summary>What ran on the device, in order.</summary>
    public List<string> Ran { get; } = [];

    /// <summary>Calls that concern launches: launch, build, change, replay, release.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>A kernel whose launch is refused.</summary>
    public string? Refused { get; set; }

    public bool TryAllocate(long byteLength, out nint block)
    {
        block = _next++;
        return true;
    }

    public void Free(nint block) => Ran.Add($"free {block}");

    public void Upload(ReadOnlySpan<byte> source, nint target, long offset) => Ran.Add("upload");

    public void Download(nint source, long offset, Span<byte> target) => Ran.Add("download");

    public byte[] Compile(KernelSource source) => [];

    public nint Load(KernelSource source, byte[] binary) => 1;

    public nint Kernel(nint program, string name) => name.GetHashCode(StringComparison.Ordinal);

    public void Launch(nint kernel, string name, in GpuGrid grid, ReadOnlySpan<KernelArgument> arguments)
    {
        if (name == Refused) throw new DeviceException($"launch {name}: refused.");
        Calls.Add("launch");
        Ran.Add(Line(new(kernel, name, grid, [.. arguments])));
    }

    public void Wait() => Ran.Add("wait");

    public nint Mark()
    {
        Ran.Add("mark");
        return 1;
    }

    public double SecondsBetween(nint start, nint end) => 0;

    public nint BuildGraph(ReadOnlySpan<GraphLaunch> launches)
    {
        Calls.Add("build");
        _graphs.Add(_next, [.. launches.ToArray().Select(l => l with { Arguments = [.. l.Arguments] })]);
        return _next++;
    }

    public void ChangeGraph(nint graph, int number, in GraphLaunch launch)
    {
        Calls.Add($"change {number}");
        _graphs[graph][number] = launch with { Arguments = [.. launch.Arguments] };
    }

    public void ReplayGraph(nint graph)
    {
        Calls.Add("replay");
        Ran.AddRange(_graphs[graph].Select(Line));
    }

    public void ReleaseGraph(nint graph)
    {
        Calls.Add("release");
        Assert.True(_graphs.Remove(graph));
    }

    public void Dispose()
    {
    }

    private static string Line(GraphLaunch launch) =>
        $"{launch.Name} {launch.Grid} {string.Join(' ', launch.Arguments.Select(a => $"{a.Block}:{a.Bits}"))}";
}
