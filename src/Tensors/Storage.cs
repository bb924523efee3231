namespace Engine.Tensors;

/// <summary>
/// A block of device memory, shared by counting: each tensor, view and value saved for the backward pass holds one
/// reference, and the last to go returns the block to its device's pool. A kernel works on the bare address, so the backend
/// holds a reference of its own until it returns (<see cref="StorageLease"/>): neither the collector nor another thread's
/// Dispose takes the memory away meanwhile.
/// </summary>
public abstract class Storage
{
    private int _references = 1;

    /// <summary>Notes the size; the creator holds the first reference.</summary>
    protected Storage(long byteLength) => ByteLength = byteLength;

    /// <summary>The bytes asked for (the block itself may be somewhat larger).</summary>
    public long ByteLength { get; }

    /// <summary>
    /// How often the contents were changed in place; saved tensors compare it before the backward pass reads them.
    /// </summary>
    internal int Version { get; set; }

    /// <summary>Whether exactly one tensor sees this memory, so that it may be overwritten.</summary>
    internal bool IsUnique => Volatile.Read(ref _references) == 1;

    /// <summary>Whether the last reference has gone.</summary>
    internal bool IsReleased => Volatile.Read(ref _references) == 0;

    /// <summary>Takes a reference, unless the last one is gone and the memory may belong to another.</summary>
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

    /// <summary>Hands the memory back. Called once.</summary>
    protected abstract void Free();
}
