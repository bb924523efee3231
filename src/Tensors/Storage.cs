namespace Engine.Tensors;

/// <summary>
/// A block of device memory, shared by counting: each tensor, view and value saved for the backward pass holds one
/// reference, and the last to go hands the block back to its device's pool. A kernel works on the bare address, so whoever
/// calls one keeps the tensors reachable until it returns, as <c>Tape.Record</c> after every operation does.
/// </summary>
public abstract class Storage
{
    private int _references = 1;

    /// <summary>Notes the size; the creator holds the first reference.</summary>
    protected Storage(long byteLength) => ByteLength = byteLength;

    /// <summary>The bytes asked for (the block itself may be somewhat larger).</summary>
    public long ByteLength { get; }

    /// <summary>How often the contents were changed in place; saved tensors compare it before the backward pass reads them.</summary>
    internal int Version { get; set; }

    /// <summary>Whether exactly one tensor sees this memory, so that it may be overwritten.</summary>
    internal bool IsUnique => Volatile.Read(ref _references) == 1;

    internal void Retain() => Interlocked.Increment(ref _references);

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA1816", Justification = "The last Release is this type's Dispose.")]
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
