using System.Runtime.ExceptionServices;

namespace Engine.Nn.Training;

/// <summary>
/// Fills batches one after the other on a thread of its own, the next while its user works on the one before: never more
/// than two at a time.
/// </summary>
internal sealed class ReadAhead : IDisposable
{
    private readonly Batch[] _batches;
    private readonly Func<Batch, bool> _fill;
    private readonly SemaphoreSlim _free = new(2);
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _error;
    private volatile bool _stopping;
    private long _filled;
    private long _taken;

    /// <summary>Starts reading.</summary>
    /// <param name="first">A batch.</param>
    /// <param name="second">Another of the same source.</param>
    /// <param name="fill">Fills a batch, in the order of the calls; false when there is none left.</param>
    public ReadAhead(Batch first, Batch second, Func<Batch, bool> fill)
    {
        (_batches, _fill) = ([first, second], fill);
        _thread = new Thread(FillAll) { IsBackground = true, Name = "engine reader" };
        _thread.Start();
    }

    /// <summary>The next batch, which stays as it is until the next call; null when there is none left. What reading threw is thrown here.</summary>
    public Batch? Next()
    {
        if (_taken > 0) _free.Release();
        _ready.Wait();
        if (_taken < Volatile.Read(ref _filled)) return _batches[_taken++ % 2];
        _error?.Throw();
        return null;
    }

    /// <summary>Waits for the batch under way; what goes wrong with it is nobody's business any more.</summary>
    public void Dispose()
    {
        _stopping = true;
        _free.Release();
        _thread.Join();
        _free.Dispose();
        _ready.Dispose();
    }

    private void FillAll()
    {
        try
        {
            while (true)
            {
                _free.Wait();
                if (_stopping || !_fill(_batches[_filled % 2])) break;
                Volatile.Write(ref _filled, _filled + 1);
                _ready.Release();
            }
        }
        catch (Exception error)
        {
            _error = ExceptionDispatchInfo.Capture(error);
        }

        // One more than there are batches: the end.
        _ready.Release();
    }
}
