namespace Engine.Tensors.Gpu;

/// <summary>A launch of a graph.</summary>
/// <param name="Kernel">The driver's kernel.</param>
/// <param name="Name">Its name, for errors.</param>
/// <param name="Grid">Its grid.</param>
/// <param name="Arguments">Its arguments, which hold on to no storage.</param>
internal readonly record struct GraphLaunch(nint Kernel, string Name, GpuGrid Grid, KernelArgument[] Arguments);

/// <summary>
/// What a driver offers beside <see cref="IGpuDriver"/> if it can queue many launches with one call, which costs the host
/// less than a call for each. The launches of a graph run one after the other, as in the queue.
/// </summary>
internal interface IGpuGraphs
{
    /// <summary>Makes a graph; nothing runs.</summary>
    nint BuildGraph(ReadOnlySpan<GraphLaunch> launches);

    /// <summary>Gives launch <paramref name="number"/> other arguments, from the next replay on.</summary>
    void ChangeGraph(nint graph, int number, in GraphLaunch launch);

    /// <summary>Queues the launches of a graph.</summary>
    void ReplayGraph(nint graph);

    /// <summary>Forgets a graph, after what waits in the queue.</summary>
    void ReleaseGraph(nint graph);
}
