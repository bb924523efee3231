using System.Numerics;
using System.Runtime.InteropServices;
using Engine.Tensors.Distributed;

namespace Engine.Nn.Training.Distributed;

/// <summary>
/// Sums a bucket over all parts of a batch and gives every rank the sum. Each rank gets from all others the sums of its slice of
/// the bucket, adds them in the order of the tree, and passes the result on: what travels is that of a ring all-reduce (Patarasuk
/// and Yuan 2009), but the order is fixed. A small bucket is sent whole, so that one message does.
/// </summary>
internal sealed class BucketExchange(Communicator ranks)
{
    // Below this, the second message would take longer than the additional bytes.
    private const int WholeBytes = 1 << 16;

    private readonly int[] _sentCounts = new int[ranks.Size], _receivedCounts = new int[ranks.Size];
    private readonly int[] _offsets = new int[ranks.Size];
    private byte[] _sent = [], _received = [];
    private float[] _all = [];

    // Of each level of the tree.
    private readonly List<float[]> _sums = [];

    /// <summary>Exchanges a bucket.</summary>
    /// <param name="layout">The parts of the batch.</param>
    /// <param name="own">This rank's sums, one bucket for each of its nodes.</param>
    /// <param name="head">What is sent in front; null: nothing.</param>
    /// <param name="result">The sum over all parts; a bucket.</param>
    /// <returns>Whether there is a sum; not if a loss is not finite.</returns>
    public bool Run(PartLayout layout, ReadOnlySpan<float> own, StepHead? head, Span<float> result)
    {
        var length = result.Length;
        var isWhole = (long)length * sizeof(float) * (ranks.Size - 1) <= WholeBytes;
        var slice = isWhole ? length : (length + ranks.Size - 1) / ranks.Size;
        (int From, int Count) Slice(int rank) =>
            isWhole ? (0, length) : (Math.Min(length, rank * slice), Math.Clamp(length - rank * slice, 0, slice));

        Send(layout, own, head, length, Slice);
        var count = Slice(ranks.Rank).Count;
        Receive(layout, head, count);
        if (head?.Fault is not null) return false;
        if (isWhole)
        {
            Sum(layout, layout.Tree, result, count, 0);
            return true;
        }

        Enlarge(ref _all, slice * (ranks.Size + 1));
        var sum = _all.AsSpan(slice * ranks.Size, slice);
        Sum(layout, layout.Tree, sum[..count], count, 0);
        ranks.AllGather(MemoryMarshal.AsBytes(sum), MemoryMarshal.AsBytes(_all.AsSpan(0, slice * ranks.Size)));
        _all.AsSpan(0, length).CopyTo(result);
        return true;
    }

    private void Send(
        PartLayout layout, ReadOnlySpan<float> own, StepHead? head, int length, Func<int, (int From, int Count)> slice)
    {
        var (nodes, headBytes) = (layout.Nodes[ranks.Rank].Length, head?.Bytes(ranks.Rank) ?? 0);
        var total = 0;
        for (var s = 0; s < ranks.Size; s++)
            total = checked(total + (_sentCounts[s] = headBytes + nodes * slice(s).Count * sizeof(float)));
        Enlarge(ref _sent, total);
        var at = 0;
        for (var s = 0; s < ranks.Size; s++)
        {
            head?.Write(_sent.AsSpan(at, headBytes));
            at += headBytes;
            var (from, count) = slice(s);
            for (var node = 0; node < nodes; node++, at += count * sizeof(float))
                MemoryMarshal.AsBytes(own.Slice(node * length + from, count)).CopyTo(_sent.AsSpan(at));
        }
    }

    private void Receive(PartLayout layout, StepHead? head, int count)
    {
        var total = 0;
        for (var r = 0; r < ranks.Size; r++)
        {
            _offsets[r] = total + (head?.Bytes(r) ?? 0);
            _receivedCounts[r] = (head?.Bytes(r) ?? 0) + layout.Nodes[r].Length * count * sizeof(float);
            total = checked(total + _receivedCounts[r]);
        }

        Enlarge(ref _received, total);
        ranks.AllToAll(_sent.AsSpan(0, _sentCounts.Sum()), _sentCounts, _received.AsSpan(0, total), _receivedCounts);
        if (head is null) return;
        for (var r = 0; r < ranks.Size; r++) head.Read(r, _received.AsSpan(_offsets[r] - head.Bytes(r), head.Bytes(r)));
    }

    private void Sum(PartLayout layout, PartTree node, Span<float> sum, int count, int level)
    {
        if (layout.Senders.TryGetValue(node, out var sender))
        {
            Received(sender, count).CopyTo(sum);
            return;
        }

        Sum(layout, node.Left, sum, count, level);
        if (layout.Senders.TryGetValue(node.Right, out sender))
        {
            Add(Received(sender, count), sum);
            return;
        }

        if (_sums.Count == level) _sums.Add([]);
        var sums = _sums[level];
        Enlarge(ref sums, count);
        _sums[level] = sums;
        Sum(layout, node.Right, sums.AsSpan(0, count), count, level + 1);
        Add(sums.AsSpan(0, count), sum);
    }

    private ReadOnlySpan<float> Received((int Rank, int At) sender, int count)
    {
        var bytes = count * sizeof(float);
        return MemoryMarshal.Cast<byte, float>(_received.AsSpan(_offsets[sender.Rank] + sender.At * bytes, bytes));
    }

    private static void Add(ReadOnlySpan<float> term, Span<float> sum)
    {
        var i = 0;
        for (; i <= sum.Length - Vector<float>.Count; i += Vector<float>.Count)
            (new Vector<float>(sum[i..]) + new Vector<float>(term[i..])).CopyTo(sum[i..]);
        for (; i < sum.Length; i++) sum[i] += term[i];
    }

    private static void Enlarge<T>(ref T[] array, int length)
    {
        if (array.Length < length) array = new T[length];
    }
}
