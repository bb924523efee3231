namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// A disposable object shared by many threads: after <see cref="Close"/> no one can acquire it, and it is disposed when the last
/// holder releases it.
/// </summary>
/// <param name="value">The shared object.</param>
/// <param name="owner">Named in the error.</param>
/// <param name="closed">Called once, after the value has been disposed.</param>
internal sealed class Shared<T>(T value, Type owner, Action closed)
    where T : class, IDisposable
{
    // The owner counts as a holder until Close.
    private int _holders = 1;
    private int _isClosed;

    private T Value => value;

    /// <summary>Holds the value until the result is disposed.</summary>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public Hold Use()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed) != 0, owner);
        for (var holders = Volatile.Read(ref _holders); holders > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _holders, holders + 1, holders);
            if (seen == holders) return new Hold(this);
            holders = seen;
        }

        throw new ObjectDisposedException(owner.FullName);
    }

    /// <summary>The value, for an owner that does not close it in the meantime.</summary>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public T Peek()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed) != 0, owner);
        return value;
    }

    /// <summary>Prevents further use; may be called repeatedly.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0) LetGo();
    }

    private void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) > 0) return;
        value.Dispose();
        closed();
    }

    /// <summary>One use.</summary>
    public readonly ref struct Hold(Shared<T> shared)
    {
        /// <summary>The shared object.</summary>
        public T Value => shared.Value;

        /// <summary>Ends the use.</summary>
        public void Dispose() => shared.LetGo();
    }
}
