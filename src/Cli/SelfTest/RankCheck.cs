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
        yield return Measure(ranks, "barrier", 0, _ =>
        {
            ranks.Barrier();
            return true;
        });
        foreach (var size in s_sizes)
        {
            yield return Measure(ranks, "broadcast", size, round => Broadcast(ranks, size, round));
            yield return Measure(ranks, "all-gather", size, round => AllGather(ranks, size, round));
            yield return Measure(ranks, "all-to-all", size, round => AllToAll(ranks, size, round));
            yield return Measure(ranks, "message and answer", size, round => Answer(ranks, size, round));
        }

        yield return Measure(ranks, "task farm", 1000, _ => Farm(ranks, 1000));
    }

    private static RankCheckResult Measure(Communicator ranks, string operation, int bytes, Func<int, bool> work)
    {
        var rounds = bytes switch { < 10_000 => 50, < 10_000_000 => 5, _ => 2 };
        var isRight = work(0);
        ranks.Barrier();
        var start = Stopwatch.GetTimestamp();
        for (var round = 1; round <= rounds; round++) isRight &= work(round);
        var time = Stopwatch.GetElapsedTime(start).TotalMicroseconds / rounds;
        var all = new byte[ranks.Size * (sizeof(double) + 1)];
        ranks.AllGather([(byte)(isRight ? 1 : 0), .. BitConverter.GetBytes(time)], all);
        byte[][] each = [.. all.Chunk(sizeof(double) + 1)];
        return new(operation, bytes, each.Max(e => BitConverter.ToDouble(e, 1)),
            [.. Enumerable.Range(0, ranks.Size).Where(r => each[r][0] == 0)]);
    }

    private static bool Broadcast(Communicator ranks, int size, int round)
    {
        var root = round % ranks.Size;
        var data = ranks.Rank == root ? Pattern(size, root, round) : new byte[size];
        ranks.Broadcast(data, root);
        return IsPattern(data, root, round);
    }

    private static bool AllGather(Communicator ranks, int size, int round)
    {
        var all = new byte[size * ranks.Size];
        ranks.AllGather(Pattern(size, ranks.Rank, round), all);
        return Enumerable.Range(0, ranks.Size).All(r => IsPattern(all.AsSpan(r * size, size), r, round));
    }

    // Pieces of different lengths: the rank r sends rank t the share (r + 2 t) of all.
    private static bool AllToAll(Communicator ranks, int size, int round)
    {
        int Length(int from, int to) => (int)((long)size * (from + 2 * to) / (3 * ranks.Size));
        int[] sent = [.. Enumerable.Range(0, ranks.Size).Select(r => Length(ranks.Rank, r))];
        int[] received = [.. Enumerable.Range(0, ranks.Size).Select(r => Length(r, ranks.Rank))];
        byte[] data = [.. sent.SelectMany((count, to) => Pattern(count, ranks.Rank * ranks.Size + to, round))];
        var got = new byte[received.Sum()];
        ranks.AllToAll(data, sent, got, received);
        var (isRight, at) = (true, 0);
        for (var r = 0; r < ranks.Size; at += received[r++])
            isRight &= IsPattern(got.AsSpan(at, received[r]), r * ranks.Size + ranks.Rank, round);
        return isRight;
    }

    // The first rank sends to all others, which send the same back.
    private static bool Answer(Communicator ranks, int size, int round)
    {
        if (!ranks.IsFirst)
        {
            var message = Await(ranks, out var from);
            ranks.Send(message, from);
            return from == 0 && IsPattern(message, ranks.Rank, round);
        }

        var isRight = true;
        for (var r = 1; r < ranks.Size; r++)
        {
            ranks.Send(Pattern(size, r, round), r);
            isRight &= IsPattern(Await(ranks, out var from), r, round) && from == r;
        }

        return isRight;
    }

    private static bool Farm(Communicator ranks, int tasks)
    {
        var sum = 0L;
        if (ranks.IsFirst)
        {
            TaskFarm.Lead(ranks, [.. Enumerable.Range(0, tasks).Select(BitConverter.GetBytes)], task => task,
                (task, result) => sum += task + BitConverter.ToInt32(result));
        }
        else
        {
            TaskFarm.Serve(ranks, task => task);
        }

        return !ranks.IsFirst || sum == (long)tasks * (tasks - 1);
    }

    private static byte[] Await(Communicator ranks, out int from)
    {
        var spin = new SpinWait();
        while (true)
        {
            if (ranks.TryReceive(out from) is { } message) return message;
            spin.SpinOnce();
        }
    }

    private static byte[] Pattern(int size, int seed, int round)
    {
        var data = new byte[size];
        for (var i = 0; i < size; i++) data[i] = Byte(i, seed, round);
        return data;
    }

    private static bool IsPattern(ReadOnlySpan<byte> data, int seed, int round)
    {
        for (var i = 0; i < data.Length; i++)
        {
            if (data[i] != Byte(i, seed, round)) return false;
        }

        return true;
    }

    private static byte Byte(int i, int seed, int round) => (byte)(i * 7 + (i >> 8) + seed * 31 + round * 13 + 1);
}
