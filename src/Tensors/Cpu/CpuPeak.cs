using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu;

/// <summary>The peak rates of all threads together: the ceiling that kernels are compared with.</summary>
internal static unsafe class CpuPeak
{
    private const int Trials = 7;

    /// <summary>Multiply-adds on registers alone, in operations per second.</summary>
    public static double FlopsPerSecond()
    {
        const int rounds = 4_000_000;
        var sinks = new float[WorkerPool.Threads];
        var (sums, work) = Vector512.IsHardwareAccelerated ? (12, (Func<int, float>)TwelveSums) : (5, FiveSums);
        return Best(() => WorkerPool.Run(sinks.Length, task => sinks[task] = work(rounds)),
            2.0 * Vector512<float>.Count * sums * rounds * sinks.Length);
    }

    /// <summary>A copy far larger than the caches, in bytes read and written per second.</summary>
    public static double BytesPerSecond()
    {
        const int count = 64 * 1024 * 1024, pieces = 64;
        using Scratch source = new(count), target = new(count);
        float* from = source.Floats, to = target.Floats;
        new Span<float>(from, count).Fill(1);
        return Best(
            () => WorkerPool.Run(pieces, task =>
            {
                for (var i = task * (count / pieces); i < (task + 1) * (count / pieces); i += 16)
                    Vector512.Load(from + i).StoreAlignedNonTemporal(to + i);
            }), 2.0 * count * sizeof(float));
    }

    // Twelve independent sums: more than enough for two units with a latency of four.
    private static float TwelveSums(int rounds)
    {
        var factor = Vector512.Create(0.999f);
        Vector512<float> a = factor, b = factor, c = factor, d = factor, e = factor, f = factor, g = factor, h = factor,
        i = factor, j = factor, k = factor, l = factor;
        for (var round = 0; round < rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, factor, factor);
            b = Vector512.FusedMultiplyAdd(b, factor, factor);
            c = Vector512.FusedMultiplyAdd(c, factor, factor);
            d = Vector512.FusedMultiplyAdd(d, factor, factor);
            e = Vector512.FusedMultiplyAdd(e, factor, factor);
            f = Vector512.FusedMultiplyAdd(f, factor, factor);
            g = Vector512.FusedMultiplyAdd(g, factor, factor);
            h = Vector512.FusedMultiplyAdd(h, factor, factor);
            i = Vector512.FusedMultiplyAdd(i, factor, factor);
            j = Vector512.FusedMultiplyAdd(j, factor, factor);
            k = Vector512.FusedMultiplyAdd(k, factor, factor);
            l = Vector512.FusedMultiplyAdd(l, factor, factor);
        }

        return Vector512.Sum(a + b + c + d + (e + f + g + h) + (i + j + k + l));
    }

    // Few enough for sixteen narrower registers, where each vector here takes two.
    private static float FiveSums(int rounds)
    {
        var factor = Vector512.Create(0.999f);
        Vector512<float> a = factor, b = factor, c = factor, d = factor, e = factor;
        for (var round = 0; round < rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, factor, factor);
            b = Vector512.FusedMultiplyAdd(b, factor, factor);
            c = Vector512.FusedMultiplyAdd(c, factor, factor);
            d = Vector512.FusedMultiplyAdd(d, factor, factor);
            e = Vector512.FusedMultiplyAdd(e, factor, factor);
        }

        return Vector512.Sum(a + b + c + d + e);
    }

    private static double Best(Action action, double amount)
    {
        var best = double.MaxValue;
        for (var trial = 0; trial < Trials; trial++)
        {
            var start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return amount / best;
    }
}
