using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Engine.Tensors.Distributed;

namespace Engine.Tests.Support;

/// <summary>Ranks that are threads of this process, for tests.</summary>
internal sealed class ThreadRanks
{
    private readonly Barrier _barrier;
    private readonly byte[][] _slots;
    private readonly int[][] _counts;
    private readonly ConcurrentQueue<(int From, byte[] Message)>[] _mail;

    private ThreadRanks(int size)
    {
        (_barrier, _slots, _counts) = (new Barrier(size), new byte[size][], new int[size][]);
        _mail = [.. Enumerable.Range(0, size).Select(_ => new ConcurrentQueue<(int, byte[])>())];
    }

    /// <summary>Runs <paramref name="work"/> on every rank; rethrows the first error, which ends all.</summary>
    public static void Run(int size, Action<Communicator> work)
    {
        var ranks = new ThreadRanks(size);
        ExceptionDispatchInfo? error = null;
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                work(new Member(ranks, rank, size));
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref error, ExceptionDispatchInfo.Capture(e), null);
                ranks._barrier.Dispose();
            }
        })
        {
            IsBackground = true,
        }).ToArray();
        foreach (var thread in threads) thread.Start();
        // A rank that waits for one that has failed never ends.
        foreach (var thread in threads)
        {
            while (!thread.Join(20)) Volatile.Read(ref error)?.Throw();
        }

        error?.Throw();
    }

    /// <summary>The result of <paramref name="work"/> on every rank.</summary>
    public static T[] Run<T>(int size, Func<Communicator, T> work)
    {
        var results = new T[size];
        Run(size, ranks => { results[ranks.Rank] = work(ranks); });
        return results;
    }

    private sealed class Member(ThreadRanks ranks, int rank, int size) : Communicator
    {
        public override int Rank => rank;

        public override int Size => size;

        public override void Barrier() => ranks._barrier.SignalAndWait();

        public override void Broadcast(Span<byte> data, int root)
        {
            if (rank == root) ranks._slots[root] = data.ToArray();
            Barrier();
            ranks._slots[root].CopyTo(data);
            Barrier();
        }

        public override void AllGather(ReadOnlySpan<byte> own, Span<byte> all)
        {
            ranks._slots[rank] = own.ToArray();
            Barrier();
            for (var r = 0; r < size; r++) ranks._slots[r].CopyTo(all.Slice(r * own.Length, own.Length));
            Barrier();
        }

        public override void AllToAll(
            ReadOnlySpan<byte> sent, ReadOnlySpan<int> sentCounts, Span<byte> received, ReadOnlySpan<int> receivedCounts)
        {
            (ranks._slots[rank], ranks._counts[rank]) = (sent.ToArray(), sentCounts.ToArray());
            Barrier();
            for (int r = 0, at = 0; r < size; at += receivedCounts[r++])
            {
                Assert.Equal(ranks._counts[r][rank], receivedCounts[r]);
                ranks._slots[r].AsSpan(ranks._counts[r].Take(rank).Sum(), receivedCounts[r]).CopyTo(received[at..]);
            }

            Barrier();
        }

        public override void Send(ReadOnlySpan<byte> message, int to) => ranks._mail[to].Enqueue((rank, message.ToArray()));

        public override byte[]? TryReceive(out int from)
        {
            var has = ranks._mail[rank].TryDequeue(out var mail);
            from = mail.From;
            return has ? mail.Message : null;
        }

        public override void Abort(int code) => throw new InvalidOperationException($"rank {rank} ended the job with {code}");

        public override void Dispose()
        {
        }
    }
}
