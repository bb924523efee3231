namespace Engine.Tensors.Gpu;

/// <summary>
/// Copies of what is on its way to a device, so that the caller may change the original at once. A copy's memory is used
/// again when the device says that it has read it.
/// </summary>
/// <param name="pool">Host memory that the device reads fast.</param>
/// <param name="isDone">Whether a copy's fence was passed; waits for it if the second argument says so.</param>
/// <param name="release">Gives a fence back.</param>
internal sealed unsafe class StagingQueue(MemoryPool pool, Func<nint, bool, bool> isDone, Action<nint> release) : IDisposable
{
    // More would only keep memory: the reader of a batch is at most a few batches ahead.
    private const long MostBytes = 512L * 1024 * 1024;

    private readonly Queue<(nint Fence, nint Block, long BlockLength, long ByteLength)> _pending = new();

    /// <summary>Copies the source, hands the copy to <paramref name="queue"/>, which gives its fence.</summary>
    public void Add(ReadOnlySpan<byte> source, Func<nint, nint> queue)
    {
        Retire(wait: false);
        while (_pending.Count > 0 && pool.LiveBytes + source.Length > MostBytes) RetireOne(wait: true);
        var block = pool.Rent(source.Length, out var blockLength);
        source.CopyTo(new Span<byte>((void*)block, source.Length));
        try
        {
            _pending.Enqueue((queue(block), block, blockLength, source.Length));
        }
        catch
        {
            pool.Return(block, blockLength, source.Length);
            throw;
        }
    }

    /// <summary>Takes back what the device has read, or all of it.</summary>
    public void Retire(bool wait)
    {
        while (_pending.Count > 0 && RetireOne(wait))
        {
        }
    }

    /// <summary>Waits for what is on its way and gives the memory back.</summary>
    public void Dispose()
    {
        Retire(wait: true);
        pool.Trim();
    }

    private bool RetireOne(bool wait)
    {
        var (fence, block, blockLength, byteLength) = _pending.Peek();
        if (!isDone(fence, wait)) return false;
        _pending.Dequeue();
        release(fence);
        pool.Return(block, blockLength, byteLength);
        return true;
    }
}
