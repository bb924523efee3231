namespace Engine.Nn.Training;

/// <summary>
/// Fills batches one after the other, the next on a thread of the runtime's pool while its user works on the one before:
/// never more than two at a time.
/// </summary>
/// <param name="first">A batch.</param>
/// <param name="second">Another of the same source.</param>
/// <param name="fill">Fills a batch, in the order of the calls; false when there is none left.</param>
internal sealed class ReadAhead(Batch first, Batch second, Func<Batch, bool> fill) : IDisposable
{
    private Batch _filling = first;
    private Batch _other = second;
    private Task<bool>? _task;

    /// <summary>The next batch, which stays as it is until the next call; null when there is none left.</summary>
    public Batch? Next()
    {
        _task ??= Start();
        if (!_task.GetAwaiter().GetResult()) return null;
        var ready = _filling;
        (_filling, _other) = (_other, _filling);
        _task = Start();
        return ready;
    }

    /// <summary>Waits for the batch under way; what went wrong with it is nobody's business any more.</summary>
    public void Dispose()
    {
        if (_task is not null) Task.WaitAny(_task);
    }

    private Task<bool> Start()
    {
        var batch = _filling;
        return Task.Run(() => fill(batch));
    }
}
