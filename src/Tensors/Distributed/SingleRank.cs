namespace Engine.Tensors.Distributed;

/// <summary>A job of one process.</summary>
internal sealed class SingleRank : Communicator
{
    /// <inheritdoc/>
    public override int Rank => 0;

    /// <inheritdoc/>
    public override int Size => 1;

    /// <inheritdoc/>
    public override void Barrier()
    {
    }

    /// <inheritdoc/>
    public override void Broadcast(Span<byte> data, int root)
    {
    }

    /// <inheritdoc/>
    public override void AllGather(ReadOnlySpan<byte> own, Span<byte> all) => own.CopyTo(all);

    /// <inheritdoc/>
    public override void AllToAll(
        ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentCounts, Span<byte> received, ReadOnlySpan<int> receivedCounts) =>
        sent.CopyTo(received);

    /// <inheritdoc/>
    public override void Send(ReadOnlySpan<byte> message, int rank) =>
        throw new InvalidOperationException("A job of one process has nobody to send to.");

    /// <inheritdoc/>
    public override byte[]? TryReceive(out int from)
    {
        from = 0;
        return null;
    }

    /// <inheritdoc/>
    public override void Abort(int code) => Environment.Exit(code);

    /// <inheritdoc/>
    public override void Dispose()
    {
    }
}
