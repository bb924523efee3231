using ILGPU.Runtime;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>
/// Page-locked copies of what is on its way to a device, so that the caller may change the original at once and the device reads
/// at full speed. They are used again once the queue was empty, for which nobody waits while there is room for more.
/// </summary>
internal sealed class StagingMemory(Accelerator accelerator) : IDisposable
{
    // More would only keep memory: the reader of a batch is at most a few batches ahead.
    private const long MostBytes = 256L * 1024 * 1024;

    private readonly List<PageLockedArray1D<byte>> _free = [], _pending = [];
    private long _pendingBytes;

    /// <summary>A copy of at least this length; null if the queue must be empty first.</summary>
    public PageLockedArray1D<byte>? Rent(int length)
    {
        if (_pendingBytes > 0 && _pendingBytes + length > MostBytes) return null;
        var index = _free.FindIndex(a => a.Length >= length && a.Length / 2 <= length);
        PageLockedArray1D<byte> array;
        if (index >= 0)
        {
            array = _free[index];
            _free.RemoveAt(index);
        }
        else
        {
            array = accelerator.AllocatePageLocked1D<byte>(Math.Max(length, 256), uninitialized: true);
        }

        _pending.Add(array);
        _pendingBytes += array.Length;
        return array;
    }

    /// <summary>The queue is empty: all copies were read.</summary>
    public void Reuse()
    {
        _free.AddRange(_pending);
        _pending.Clear();
        _pendingBytes = 0;
        for (var bytes = _free.Sum(a => a.Length); bytes > MostBytes; _free.RemoveAt(0))
        {
            bytes -= _free[0].Length;
            _free[0].Dispose();
        }
    }

    /// <summary>Frees everything; the queue must be empty.</summary>
    public void Dispose()
    {
        foreach (var array in _free.Concat(_pending)) array.Dispose();
        _free.Clear();
        _pending.Clear();
    }
}
