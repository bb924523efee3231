using Engine.Tensors.Distributed;

namespace Engine.Tests.Nn.Distributed;

/// <summary>Counts the collective calls of a rank.</summary>
internal sealed class CountingRanks(Communicator inner) : Communicator
{
    public int Calls { get; private set; }

    public override int Rank => inner.Rank;

    public override int Size => inner.Size;

    public override void Barrier()
    {
        Calls++;
        inner.Barrier();
    }

    public override void Broadcast(Span<byte> data, int root)
    {
        Calls++;
        inner.Broadcast(data, root);
    }

    public override void AllGather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        Calls++;
        inner.AllGather(own, all);
    }

    public override void AllToAll(
        ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentCounts, Span<byte> received, ReadOnlySpan<int> receivedCounts)
    {
        Calls++;
        inner.AllToAll(sent, sentCounts, received, receivedCounts);
    }

    public override void Send(ReadOnlySpan<byte> message, int rank) => inner.Send(message, rank);

    public override byte[]? TryReceive(out int from) => inner.TryReceive(out from);

    public override void Abort(int code) => inner.Abort(code);

    public override void Dispose()
    {
    }
}
