using System.Runtime.InteropServices;

namespace Engine.Tensors.Gpu;

/// <summary>
/// A driver that keeps launches back until something else is asked of it, and then looks whether it has seen the same
/// kernels with the same grids before. If so they become a graph, and each time that they return one call queues them all,
/// after one for every launch whose arguments are others than last time. Steps of small networks are many launches of short
/// kernels, which may take the device less time than a call for each takes the host.
/// </summary>
internal sealed class GraphReplay : IGpuDriver
{
    // Fewer launches are not worth a search; more would keep the device waiting for its first.
    private const int Shortest = 4;
    private const int Longest = 1024;

    // Training, validation, and a ragged last batch of each, in up to eight parts.
    private const int Most = 32;

    private readonly IGpuDriver _driver;
    private readonly IGpuGraphs _graphs;
    private readonly List<Sequence> _sequences = [];
    private readonly List<Waiting> _launches = [];
    private readonly List<KernelArgument> _arguments = [];
    private int _hash;

    /// <summary>In front of a driver that has graphs.</summary>
    public GraphReplay(IGpuDriver driver) => (_driver, _graphs) = (driver, (IGpuGraphs)driver);

    /// <inheritdoc/>
    public GpuDeviceInfo Info => _driver.Info;

    /// <inheritdoc/>
    public bool TryAllocate(long byteLength, out nint block) => _driver.TryAllocate(byteLength, out block);

    /// <inheritdoc/>
    public void Free(nint block)
    {
        try
        {
            Flush();
        }
        finally
        {
            _driver.Free(block);
        }
    }

    /// <inheritdoc/>
    public void Upload(ReadOnlySpan<byte> source, nint target, long offset)
    {
        Flush();
        _driver.Upload(source, target, offset);
    }

    /// <inheritdoc/>
    public void Download(nint source, long offset, Span<byte> target)
    {
        Flush();
        _driver.Download(source, offset, target);
    }

    /// <inheritdoc/>
    public byte[] Compile(KernelSource source) => _driver.Compile(source);

    /// <inheritdoc/>
    public nint Load(KernelSource source, byte[] binary) => _driver.Load(source, binary);

    /// <inheritdoc/>
    public nint Kernel(nint program, string name) => _driver.Kernel(program, name);

    /// <inheritdoc/>
    public void Launch(nint kernel, string name, in GpuGrid grid, ReadOnlySpan<KernelArgument> arguments)
    {
        _hash = HashCode.Combine(_hash, kernel, grid);
        _launches.Add(new(kernel, name, grid, arguments.Length));
        foreach (ref readonly var argument in arguments) _arguments.Add(argument.Queued());
        if (_launches.Count == Longest) Flush();
    }

    /// <inheritdoc/>
    public void Wait()
    {
        Flush();
        _driver.Wait();
    }

    /// <inheritdoc/>
    public nint Mark()
    {
        Flush();
        return _driver.Mark();
    }

    /// <inheritdoc/>
    public double SecondsBetween(nint start, nint end) => _driver.SecondsBetween(start, end);

    /// <inheritdoc/>
    public void Dispose() => _driver.Dispose();

    // Queues what was kept back.
    private void Flush()
    {
        if (_launches.Count == 0) return;
        try
        {
            if (_launches.Count >= Shortest && Find() is { } sequence) Replay(sequence);
            else LaunchAll();
        }
        finally
        {
            _launches.Clear();
            _arguments.Clear();
            _hash = 0;
        }
    }

    private void LaunchAll()
    {
        var rest = (ReadOnlySpan<KernelArgument>)CollectionsMarshal.AsSpan(_arguments);
        foreach (ref readonly var launch in CollectionsMarshal.AsSpan(_launches))
        {
            _driver.Launch(launch.Kernel, launch.Name, launch.Grid, rest[..launch.Arguments]);
            rest = rest[launch.Arguments..];
        }
    }

    private void Replay(Sequence sequence)
    {
        var rest = (ReadOnlySpan<KernelArgument>)CollectionsMarshal.AsSpan(_arguments);
        for (var i = 0; i < sequence.Launches.Length; i++)
        {
            ref readonly var launch = ref sequence.Launches[i];
            var arguments = rest[..launch.Arguments.Length];
            rest = rest[launch.Arguments.Length..];
            if (AreSame(launch.Arguments, arguments)) continue;
            arguments.CopyTo(launch.Arguments);
            if (sequence.Graph != 0) _graphs.ChangeGraph(sequence.Graph, i, launch);
        }

        if (sequence.Graph == 0) sequence.Graph = _graphs.BuildGraph(sequence.Launches);
        _graphs.ReplayGraph(sequence.Graph);
    }

    // What was seen before; what was not is remembered.
    private Sequence? Find()
    {
        var index = _sequences.FindIndex(s => s.Hash == _hash && IsWaiting(s));
        var found = index >= 0 ? _sequences[index] : null;
        if (found is null && _sequences.Count == Most) index = Most - 1;
        if (index >= 0)
        {
            if (found is null && _sequences[index].Graph is not 0 and var graph) _graphs.ReleaseGraph(graph);
            _sequences.RemoveAt(index);
        }

        // The most recent first.
        _sequences.Insert(0, found ?? Remember());
        return found;
    }

    private bool IsWaiting(Sequence sequence)
    {
        var waiting = CollectionsMarshal.AsSpan(_launches);
        if (waiting.Length != sequence.Launches.Length) return false;
        for (var i = 0; i < waiting.Length; i++)
        {
            if (waiting[i].Kernel != sequence.Launches[i].Kernel || waiting[i].Grid != sequence.Launches[i].Grid) return false;
        }

        return true;
    }

    private Sequence Remember()
    {
        var at = 0;
        var launches = new GraphLaunch[_launches.Count];
        for (var i = 0; i < launches.Length; i++)
        {
            var (kernel, name, grid, arguments) = _launches[i];
            launches[i] = new(kernel, name, grid, [.. CollectionsMarshal.AsSpan(_arguments).Slice(at, arguments)]);
            at += arguments;
        }

        return new(_hash, launches);
    }

    private static bool AreSame(ReadOnlySpan<KernelArgument> a, ReadOnlySpan<KernelArgument> b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            if (!a[i].IsSameAs(b[i])) return false;
        }

        return true;
    }

    // A launch that was kept back; its arguments are the next of the list.
    private readonly record struct Waiting(nint Kernel, string Name, GpuGrid Grid, int Arguments);

    // Launches that were seen, with the arguments of the last time, and their graph from the second time on.
    private sealed class Sequence(int hash, GraphLaunch[] launches)
    {
        public int Hash => hash;

        public GraphLaunch[] Launches => launches;

        public nint Graph { get; set; }
    }
}
