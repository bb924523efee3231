using System.Diagnostics;
using Engine.Tensors.Distributed;

namespace Engine.Cli.SelfTest;

/// <summary>How an operation between ranks went.</summary>
/// <param name="Operation">What was done.</param>
/// <param name="Bytes">How many bytes each rank sent or got at once.</param>
/// <param name="Microseconds">The time of one, on the slowest rank.</param>
/// <param name="Wrong">The ranks that got wrong bytes.</param>
internal sealed record RankCheckResult(string Operation, int Bytes, double Microseconds, IReadOnlyList<int> Wrong)
{
    /// <summary>Whether every rank got the right bytes.</summary>
    public bool Passed => Wrong.Count == 0;
}

/// <summary>Every operation between ranks: each byte is compared with what it must be, and the time is measured.</summary>
internal static class RankCheck
{
    private static readonly int[] s_sizes = [1, 4096, 1 << 20, 16 << 20];

    /// <summary>Runs all; every rank makes the same call and gets the same results.</summary>
    public static IEnumerable<RankCheckResult> Run(Communicator ranks)
    {
        yield return NullReference(ranks);
        yield return Measure(ranks, "barrier", 0, ranks.Barrier, () => true);
        foreach (var size in s_sizes)
        {
            yield return Broadcast(ranks, size);
            yield return AllGather(ranks, size);
            yield return AllToAll(ranks, size);
            yield return Answer(ranks, size);
        }

        yield return Farm(ranks, tasks: 100);
    }

    // The bytes are checked once and the time measured of several without the check.
    private static RankCheckResult Measure(Communicator ranks, string operation, int bytes, Action work, Func<bool> isRight)
    {
        work();
        var result = isRight();
        var rounds = bytes switch { < 10_000 => 100, < 10_000_000 => 20, _ => 3 };
        ranks.Barrier();
        var start = Stopwatch.GetTimestamp();
        for (var round = 0; round < rounds; round++) work();
        var time = Stopwatch.GetElapsedTime(start).TotalMicroseconds / rounds;
        var all = new byte[ranks.Size * (sizeof(double) + 1)];
        ranks.AllGather([(byte)(result ? 1 : 0), .. BitConverter.GetBytes(time)], all);
        byte[][] each = [.. all.Chunk(sizeof(double) + 1)];
        return new(operation, bytes, each.Max(e => BitConverter.ToDouble(e, 1)),
            [.. Enumerable.Range(0, ranks.Size).Where(r => each[r][0] == 0)]);
    }

    // The runtime makes exceptions of faults by signals, whose handlers a library of MPI may replace.
    private static RankCheckResult NullReference(Communicator ranks)
    {
        var (caught, nothing) = (0, (RankCheckResult?)null);
        return Measure(ranks, "null reference", 0, () =>
        {
            try
            {
                _ = nothing!.Operation.Length;
            }
            catch (NullReferenceException)
            {
                caught++;
            }
        }, () => caught == 1);
    }

    private static RankCheckResult Broadcast(Communicator ranks, int size)
    {
        var root = ranks.Size - 1;
        var data = ranks.Rank == root ? Pattern(size, root) : new byte[size];
        return Measure(ranks, "broadcast", size, () => ranks.Broadcast(data, root), () => IsPattern(data, root));
    }

    private static RankCheckResult AllGather(Communicator ranks, int size)
    {
        var (own, all) = (Pattern(size, ranks.Rank), new byte[size * ranks.Size]);
        return Measure(ranks, "all-gather", size, () => ranks.AllGather(own, all),
            () => Enumerable.Range(0, ranks.Size).All(r => IsPattern(all.AsSpan(r * size, size), r)));
    }

    // Pieces of different lengths: of what rank r sends, rank t gets a share of r + 2 t.
    private static RankCheckResult AllToAll(Communicator ranks, int size)
    {
        int Length(int from, int to) => (int)((long)size * (from + 2 * to) / (3 * ranks.Size));
        int Seed(int from, int to) => from * ranks.Size + to;
        int[] sent = [.. Enumerable.Range(0, ranks.Size).Select(r => Length(ranks.Rank, r))];
        int[] received = [.. Enumerable.Range(0, ranks.Size).Select(r => Length(r, ranks.Rank))];
        byte[] data = [.. sent.SelectMany((count, to) => Pattern(count, Seed(ranks.Rank, to)))];
        var got = new byte[received.Sum()];
        return Measure(ranks, "all-to-all", size, () => ranks.AllToAll(data, sent, got, received), () =>
        {
            var (isRight, at) = (true, 0);
            for (var r = 0; r < ranks.Size; at += received[r++])
                isRight &= IsPattern(got.AsSpan(at, received[r]), Seed(r, ranks.Rank));
            return isRight;
        });
    }

    // The first rank sends to each of the others, which sends the same back.
    private static RankCheckResult Answer(Communicator ranks, int size)
    {
        byte[][] messages = [.. Enumerable.Range(0, ranks.IsFirst ? ranks.Size : 0).Select(r => Pattern(size, r))];
        var isRight = true;
        return Measure(ranks, "message and answer", size, () =>
        {
            if (!ranks.IsFirst)
            {
                var message = ranks.Receive(out var sender);
                ranks.Send(message, sender);
                isRight &= sender == 0;
                return;
            }

            for (var r = 1; r < ranks.Size; r++)
            {
                ranks.Send(messages[r], r);
                isRight &= ranks.Receive(out var from).AsSpan().SequenceEqual(messages[r]) && from == r;
            }
        }, () => isRight);
    }

    private static RankCheckResult Farm(Communicator ranks, int tasks)
    {
        var sum = 0L;
        return Measure(ranks, $"task farm, {tasks} tasks", sizeof(int), () =>
        {
            sum = 0;
            if (ranks.IsFirst)
            {
                TaskFarm.Lead(ranks, [.. Enumerable.Range(0, tasks).Select(BitConverter.GetBytes)], task => task,
                    (task, result) => sum += task + BitConverter.ToInt32(result));
            }
            else
            {
                TaskFarm.Serve(ranks, task => task);
            }
        }, () => !ranks.IsFirst || sum == (long)tasks * (tasks - 1));
    }

    private static byte[] Pattern(int size, int seed)
    {
        var data = new byte[size];
        for (var i = 0; i < size; i++) data[i] = Byte(i, seed);
        return data;
    }

    private static bool IsPattern(ReadOnlySpan<byte> data, int seed)
    {
        for (var i = 0; i < data.Length; i++)
        {
            if (data[i] != Byte(i, seed)) return false;
        }

        return true;
    }

    private static byte Byte(int i, int seed) => (byte)(i * 7 + (i >> 8) + seed * 31 + 1);
}
