using System.Buffers.Binary;

namespace Engine.Tests.Support;

/// <summary>
/// Feeds a parser mutated files: whatever the bytes, it returns or throws a documented exception, ends, and allocates no more
/// than its input justifies. The mutations follow from the seed alone, so a failure names a case that can be run again.
/// </summary>
public static class Fuzz
{
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(60);

    private static readonly ulong[] s_boundaries =
    [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF,
        0x100000000, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF,
    ];

    /// <summary>Runs <paramref name="cases"/> mutations of the sample files.</summary>
    /// <param name="samples">Valid files to start from.</param>
    /// <param name="cases">How many mutated files to feed.</param>
    /// <param name="parse">The parser; it may look at the result, too.</param>
    /// <param name="isDocumented">Whether the parser's documentation names this exception.</param>
    /// <param name="allocationPerByte">Bytes that may be allocated for a byte of input.</param>
    /// <param name="allocationBase">Bytes that may be allocated for any input.</param>
    /// <param name="seed">Of the mutations.</param>
    public static void Run(
        IReadOnlyList<byte[]> samples, int cases, Action<byte[]> parse, Func<Exception, bool> isDocumented,
        double allocationPerByte = 16, long allocationBase = 1 << 18, int seed = 1)
    {
        foreach (var sample in samples) parse(sample); // warms caches and pools, and shows that the samples are valid
        var current = 0;
        string? failure = null;
        var thread = new Thread(() =>
        {
            for (; current < cases && failure is null; current++)
            {
                failure = Check(Mutate(samples, seed, current), parse, isDocumented, allocationPerByte, allocationBase);
            }
        })
        { IsBackground = true };
        thread.Start();
        for (var last = -1; !thread.Join(s_hang); last = Volatile.Read(ref current))
        {
            Assert.False(last == Volatile.Read(ref current), $"seed {seed}, case {last}: no end after {s_hang.TotalSeconds} s.");
        }

        Assert.True(failure is null, $"seed {seed}, case {current - 1}: {failure}");
    }

    /// <summary>The mutated file of one case.</summary>
    public static byte[] Mutate(IReadOnlyList<byte[]> samples, int seed, int number)
    {
        var random = new Random(unchecked(seed * 1_000_003 + number));
        var bytes = (byte[])samples[random.Next(samples.Count)].Clone();
        for (var left = random.Next(1, 5); left > 0; left--) bytes = MutateOnce(bytes, samples, random);
        return bytes;
    }

    private static byte[] MutateOnce(byte[] bytes, IReadOnlyList<byte[]> samples, Random random)
    {
        if (bytes.Length == 0) return [(byte)random.Next(256)];
        var at = Position(bytes.Length, random);
        switch (random.Next(8))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
            case 3:
                PutBoundary(bytes.AsSpan(at), random);
                return bytes;
            case 4:
                return bytes[..at];
            case 5:
                var inserted = new byte[random.Next(1, 33)];
                random.NextBytes(inserted);
                return [.. bytes[..at], .. inserted, .. bytes[at..]];
            case 6:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 33))..]];
            default:
                var other = samples[random.Next(samples.Count)];
                return [.. bytes[..at], .. other[random.Next(other.Length)..]];
        }
    }

    /// <summary>Headers break parsers, so half of the positions lie near an end of the file.</summary>
    private static int Position(int length, Random random) => random.Next(4) switch
    {
        0 => random.Next(Math.Min(length, 64)),
        1 => length - 1 - random.Next(Math.Min(length, 64)),
        _ => random.Next(length),
    };

    private static void PutBoundary(Span<byte> target, Random random)
    {
        Span<byte> value = stackalloc byte[8];
        var number = s_boundaries[random.Next(s_boundaries.Length)] + (ulong)random.Next(-2, 3);
        var size = 1 << random.Next(4);
        BinaryPrimitives.WriteUInt64LittleEndian(value, number);
        value = value[..size];
        if (random.Next(3) == 0) value.Reverse();
        value[..Math.Min(size, target.Length)].CopyTo(target);
    }

    private static string? Check(
        byte[] bytes, Action<byte[]> parse, Func<Exception, bool> isDocumented, double perByte, long atLeast)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Exception? thrown = null;
        try
        {
            parse(bytes);
        }
        catch (Exception e)
        {
            thrown = e;
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (thrown is not null && !isDocumented(thrown)) return $"not documented: {thrown}";
        var budget = atLeast + (long)(perByte * bytes.Length);
        return allocated <= budget
            ? null : $"{bytes.Length} bytes made it allocate {allocated}; the budget is {budget}. {thrown?.Message}";
    }
}
