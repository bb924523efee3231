namespace Engine.Tensors.Gpu;

/// <summary>
/// What a driver offers beside <see cref="IGpuDriver"/> if it can record commands and queue them all again with one call,
/// which costs the host less than a launch of each: worth it for steps of many short kernels. A recording holds on to the
/// addresses that it was made with: their blocks must stay the same tensors' until it is released.
/// </summary>
internal interface IGpuGraphs
{
    /// <summary>
    /// Records the launches, copies and fills that <paramref name="work"/> queues, which do not run now. Its kernels ran
    /// before, so that none is loaded meanwhile; it neither uploads, nor downloads, nor waits.
    /// </summary>
    nint Capture(Action work);

    /// <summary>Queues what was recorded.</summary>
    void Replay(nint graph);

    /// <summary>Forgets a recording, after what waits in the queue.</summary>
    void Release(nint graph);
}
