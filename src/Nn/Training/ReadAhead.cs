using System.Runtime.ExceptionServices;

namespace Engine.Nn.Training;

/// <summary>
/// Fills batches on its own thread while the consumer works on earlier ones: normally one ahead. Small batches use a longer
/// ring, of which half is filled at a time, because waking a thread takes longer than filling a small batch.
/// </summary>
internal sealed class ReadAhead : IDisposable
{
    private const int Most = 32;

    // Together with a small network's weights, this stays in the second-level cache.
    private const long SmallBytes = 1 << 20;

    private readonly Batch[] _ring;
    private readonly int _group;
    private readonly Func<Batch, bool> _fill;
    private readonly SemaphoreSlim _free;
    private readonly SemaphoreSlim _ready = new(0);
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _error;
    private volatile bool _stopping;
    private long _filled;
    private long _taken;

    /// <summary>Starts reading.</summary>
    /// <param name="ring">The batches that are filled in turn; see <see cref="Ring"/>.</param>
    /// <param name="fill">Fills the next batch; returns false when there are no more.</param>
    public ReadAhead(Batch[] ring, Func<Batch, bool> fill)
    {
        (_ring, _group, _fill) = (ring, Math.Max(1, ring.Length / 2), fill);
        _free = new SemaphoreSlim(ring.Length);
        _thread = new Thread(FillAll) { IsBackground = true, Name = "engine reader" };
        _thread.Start();
    }

    /// <summary>Creates the batches: two, as many small ones as pay off, or the only one.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="plan">The batches of a pass.</param>
    /// <param name="rows">The most examples of a batch that are read; null: all.</param>
    /// <param name="arePooled">Whether their buffers are borrowed until they are disposed of.</param>
    public static Batch[] Ring(IExampleSource source, BatchPlan plan, int? rows = null, bool arePooled = false)
    {
        var most = rows ?? plan.Largest;
        if (plan.Batches == 1) return [new Batch(source, most, arePooled)];
        var bytes = Math.Max(1, most * source.Shapes.Sum(s => 4L * s.Count));
        var pairs = Math.Clamp(Math.Min(Most, SmallBytes / bytes) / 2, 1, (plan.Batches + 1) / 2);
        return [.. Enumerable.Range(0, 2 * (int)pairs).Select(_ => new Batch(source, most, arePooled))];
    }

    /// <summary>
    /// The next batch, valid until the next call; null when there are no more. Rethrows exceptions of the reader.
    /// </summary>
    public Batch? Next()
    {
        if (_taken > 0 && _taken % _group == 0) _free.Release(_group);
        _ready.Wait();
        if (_taken < Volatile.Read(ref _filled)) return _ring[_taken++ % _ring.Length];
        _error?.Throw();
        return null;
    }

    /// <summary>Waits for the batch being filled and ignores its errors.</summary>
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
                if (_stopping || !_fill(_ring[_filled % _ring.Length])) break;
                Volatile.Write(ref _filled, _filled + 1);
                _ready.Release();
            }
        }
        catch (Exception error)
        {
            _error = ExceptionDispatchInfo.Capture(error);
        }

        // One more than there are batches, for the end marker.
        _ready.Release();
    }
}
