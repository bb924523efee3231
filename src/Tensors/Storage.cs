namespace Engine.Tensors;

/// <summary>
/// A reference-counted block of device memory: each tensor, view and value saved for the backward pass holds one reference, and
/// releasing the last returns the block to its device's pool. A kernel works on the bare address, so the backend holds a
/// reference of its own until the kernel returns (<see cref="StorageLease"/>): until then neither the collector nor another
/// thread's Dispose can take the memory away.
/// </summary>
public abstract class Storage
{
    private int _references = 1;

    /// <summary>Records the size; the creator holds the first reference.</summary>
    protected Storage(long byteLength) => ByteLength = byteLength;

    /// <summary>The bytes asked for (the block itself may be somewhat larger).</summary>
    public long ByteLength { get; }

    /// <summary>
    /// How often the contents were changed in place; the backward pass checks it before it reads saved tensors.
    /// </summary>
    internal int Version { get; private set; }

    /// <summary>Whether exactly one tensor uses this memory, so that it may be overwritten.</summary>
    internal bool IsUnique => Volatile.Read(ref _references) == 1;

    /// <summary>Whether the last reference has gone.</summary>
    internal bool IsReleased => Volatile.Read(ref _references) == 0;

    /// <summary>Takes a reference, unless the last one is gone and the memory may already have a new owner.</summary>
    internal bool TryRetain()
    {
        var references = Volatile.Read(ref _references);
        while (references > 0)
        {
            var seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references) return true;
            references = seen;
        }

        return false;
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA1816",
        Justification = "The last Release is this type's Dispose.")]
    internal void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Free();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Records that the contents were changed in place.</summary>
    internal virtual void MarkWritten() => Version++;

    /// <summary>Hands the memory back. Called once.</summary>
    protected abstract void Free();
}
