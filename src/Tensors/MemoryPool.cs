namespace Engine.Tensors;

/// <summary>
/// Device memory in blocks that are reused: a training step asks for the same sizes again and again, and a fresh block is
/// expensive (page faults on the processor, a synchronising call on a GPU). Sizes are rounded up in steps of an eighth of their
/// power of two, so at most an eighth is wasted. Blocks that stay idle too long go back to the device.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001",
    Justification = "A timer that is not set holds nothing, and it is set only while blocks wait.")]
internal abstract class MemoryPool
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, List<Waiting>> _free = [];
    private readonly TimeSpan _idleLimit;
    private readonly Timer? _clock;
    private bool _ticks;

    /// <param name="idleLimit">How long a block may stay idle; null: until <see cref="Trim"/>.</param>
    protected MemoryPool(TimeSpan? idleLimit = null)
    {
        if (idleLimit is not { } limit) return;
        _idleLimit = limit;
        _clock = new Timer(static pool => ((MemoryPool)pool!).Tick(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Bytes asked for and not yet returned.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>The highest <see cref="LiveBytes"/> since <see cref="ResetPeak"/>.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes taken from the device, in use or idle.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Blocks are aligned to this many bytes, and are no smaller.</summary>
    protected abstract long SmallestStep { get; }

    /// <summary>Whether returned blocks are kept for reuse; if not, blocks have exactly the length asked for.</summary>
    protected virtual bool KeepsBlocks => true;

    /// <summary>The clock, in milliseconds, that measures idle time.</summary>
    protected virtual long Now => Environment.TickCount64;

    public void ResetPeak()
    {
        lock (_lock) PeakBytes = LiveBytes;
    }

    public nint Rent(long byteLength, out long blockLength)
    {
        blockLength = KeepsBlocks ? BlockLength(byteLength) : byteLength;
        lock (_lock)
        {
            LiveBytes += byteLength;
            PeakBytes = Math.Max(PeakBytes, LiveBytes);
            if (_free.TryGetValue(blockLength, out var blocks) && blocks.Count > 0)
            {
                var block = blocks[^1].Block;
                blocks.RemoveAt(blocks.Count - 1);
                return block;
            }

            ReservedBytes += blockLength;
        }

        try
        {
            return Allocate(blockLength);
        }
        catch
        {
            lock (_lock)
            {
                LiveBytes -= byteLength;
                ReservedBytes -= blockLength;
            }

            throw;
        }
    }

    public void Return(nint block, long blockLength, long byteLength)
    {
        lock (_lock)
        {
            LiveBytes -= byteLength;
            if (KeepsBlocks)
            {
                if (!_free.TryGetValue(blockLength, out var blocks)) _free[blockLength] = blocks = [];
                blocks.Add(new(block, Now));
                Start();
                return;
            }

            ReservedBytes -= blockLength;
        }

        Free(block);
    }

    /// <summary>Gives idle blocks back to the device.</summary>
    public void Trim() => FreeThose(_ => true);

    /// <summary>Frees the blocks that have been idle for longer than the limit.</summary>
    public void TrimIdle()
    {
        var latest = Now - (long)_idleLimit.TotalMilliseconds;
        FreeThose(w => w.Since <= latest);
    }

    /// <summary>A fresh block of the device.</summary>
    protected abstract nint Allocate(long blockLength);

    /// <summary>Gives a block back to the device.</summary>
    protected abstract void Free(nint block);

    /// <summary>Called after idle blocks have been freed.</summary>
    protected virtual void Freed()
    {
    }

    // Called by the timer, which is off while no block is idle.
    private void Tick()
    {
        TrimIdle();
        lock (_lock)
        {
            _ticks = false;
            if (_free.Count > 0) Start();
        }
    }

    private void Start()
    {
        if (_clock is null || _ticks) return;
        _ticks = true;
        _clock.Change(_idleLimit, Timeout.InfiniteTimeSpan);
    }

    private void FreeThose(Predicate<Waiting> goes)
    {
        var going = new List<nint>();
        lock (_lock)
        {
            foreach (var (length, blocks) in _free)
            {
                foreach (var waiting in blocks)
                {
                    if (goes(waiting)) going.Add(waiting.Block);
                }

                ReservedBytes -= length * blocks.RemoveAll(goes);
                if (blocks.Count == 0) _free.Remove(length);
            }
        }

        // Nobody else holds them now: if this fails, they leak, but are never handed out or freed twice.
        foreach (var block in going) Free(block);
        if (going.Count > 0) Freed();
    }

    private long BlockLength(long byteLength)
    {
        var step = Math.Max(SmallestStep,
            (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(byteLength, 1)) / 16);
        return Math.Max(step, (byteLength + step - 1) / step * step);
    }

    /// <summary>An idle block, and since when it has been idle.</summary>
    private readonly record struct Waiting(nint Block, long Since);
}
