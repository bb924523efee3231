namespace Engine.Tensors;

/// <summary>
/// Device memory in blocks that are reused: a training step asks for the same sizes again and again, and a fresh block is
/// dear (page faults on the processor, a synchronising call on a GPU). Sizes are rounded up to an eighth of their power of
/// two, so at most an eighth is wasted.
/// </summary>
internal abstract class MemoryPool
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, PriorityQueue<nint, long>> _free = [];
    private long _returns;

    /// <summary>Bytes asked for and not yet returned.</summary>
    public long LiveBytes { get; private set; }

    /// <summary>The highest <see cref="LiveBytes"/> since <see cref="ResetPeak"/>.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes held from the device, in use or waiting.</summary>
    public long ReservedBytes { get; private set; }

    /// <summary>Blocks begin at multiples of this many bytes, and are no smaller.</summary>
    protected abstract long SmallestStep { get; }

    public void ResetPeak()
    {
        lock (_lock) PeakBytes = LiveBytes;
    }

    public nint Rent(long byteLength, out long blockLength)
    {
        blockLength = BlockLength(byteLength);
        lock (_lock)
        {
            LiveBytes += byteLength;
            PeakBytes = Math.Max(PeakBytes, LiveBytes);
            if (_free.TryGetValue(blockLength, out var blocks) && blocks.TryDequeue(out var block, out _)) return block;
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
            if (!_free.TryGetValue(blockLength, out var blocks)) _free[blockLength] = blocks = new PriorityQueue<nint, long>();
            blocks.Enqueue(block, Rank(block, ++_returns));
        }
    }

    /// <summary>Gives the blocks that nobody uses back to the device.</summary>
    public void Trim()
    {
        lock (_lock)
        {
            foreach (var (length, blocks) in _free)
            {
                while (blocks.TryDequeue(out var block, out _))
                {
                    Free(block);
                    ReservedBytes -= length;
                }
            }
        }
    }

    /// <summary>A fresh block of the device.</summary>
    protected abstract nint Allocate(long blockLength);

    /// <summary>Gives a block back to the device.</summary>
    protected abstract void Free(nint block);

    /// <summary>
    /// Of the free blocks of a size, the one with the lowest rank is handed out: the last one returned, which the caches may
    /// still hold. <paramref name="returns"/> counts the blocks that were returned so far.
    /// </summary>
    protected virtual long Rank(nint block, long returns) => -returns;

    private long BlockLength(long byteLength)
    {
        var step = Math.Max(SmallestStep, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(byteLength, 1)) / 16);
        return Math.Max(step, (byteLength + step - 1) / step * step);
    }
}
