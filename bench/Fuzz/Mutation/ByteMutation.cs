using System.Buffers.Binary;
using System.Text;

namespace Engine.Fuzzing.Mutation;

/// <summary>Bits, bytes, numbers of 2, 4 and 8 bytes, blocks and words, at places near the ends more often than
/// elsewhere.</summary>
/// <param name="words">Texts that mean something to the parser.</param>
internal sealed class ByteMutation(params string[] words) : IMutation
{
    private static readonly ulong[] s_boundaries =
    [
        0, 1, 2, 3, 4, 7, 8, 16, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF, 0x10000, 0xFFFFFF, 0x7FFFFFFF,
            0x80000000,
        0xFFFFFFFE, 0xFFFFFFFF, 0x100000000, 0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF,
        // Floats and doubles: infinity, not a number, the least and the largest.
        0x7F800000, 0xFF800000, 0x7FC00000, 0x00000001, 0x7F7FFFFF, 0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000,
        0x7FEFFFFFFFFFFFFF,
    ];

    private readonly byte[][] _words = [.. words.Select(Encoding.UTF8.GetBytes)];

    public byte[] Apply(byte[] bytes, IReadOnlyList<byte[]> others, Random random)
    {
        if (bytes.Length == 0) return [(byte)random.Next(256)];
        var at = Position(bytes.Length, random);
        switch (random.Next(12))
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
                AddToNumber(bytes.AsSpan(at), random);
                return bytes;
            case 5:
                return bytes[..at];
            case 6:
                var inserted = new byte[random.Next(1, 33)];
                random.NextBytes(inserted);
                return [.. bytes[..at], .. inserted, .. bytes[at..]];
            case 7:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + Size(bytes, random))..]];
            case 8:
                return Move(bytes, at, random);
            case 9:
                return [.. bytes[..at], .. bytes.AsSpan(at, Math.Min(Size(bytes, random), bytes.Length - at)), .. bytes[at..]];
            case 10:
                return PutWord(bytes, at, random);
            default:
                var other = others[random.Next(others.Count)];
                return other.Length == 0 ? bytes : [.. bytes[..at], .. other[Position(other.Length, random)..]];
        }
    }

    /// <summary>Headers break parsers, so half of the positions lie near an end.</summary>
    private static int Position(int length, Random random) => random.Next(4) switch
    {
        0 => random.Next(Math.Min(length, 64)),
        1 => length - 1 - random.Next(Math.Min(length, 64)),
        _ => random.Next(length),
    };

    private static int Size(byte[] bytes, Random random) => random.Next(4) == 0 ? random.Next(1, bytes.Length + 1)
        : random.Next(1, 33);

    private static byte[] Move(byte[] bytes, int at, Random random)
    {
        var size = Math.Min(Size(bytes, random), bytes.Length - at);
        var block = bytes[at..(at + size)];
        byte[] rest = [.. bytes[..at], .. bytes[(at + size)..]];
        var to = random.Next(rest.Length + 1);
        return [.. rest[..to], .. block, .. rest[to..]];
    }

    private byte[] PutWord(byte[] bytes, int at, Random random)
    {
        if (_words.Length == 0) return bytes;
        var word = _words[random.Next(_words.Length)];
        if (random.Next(2) == 0) return [.. bytes[..at], .. word, .. bytes[at..]];
        word.AsSpan(0, Math.Min(word.Length, bytes.Length - at)).CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    private static void PutBoundary(Span<byte> target, Random random)
    {
        var near = random.Next(2) == 0 ? 0 : random.Next(-2, 3);
        Put(target, s_boundaries[random.Next(s_boundaries.Length)] + (ulong)near, 1 << random.Next(4), random.Next(3) == 0);
    }

    // A length that is off by a little, or a multiple, passes more checks than one that is absurd.
    private static void AddToNumber(Span<byte> target, Random random)
    {
        var size = 1 << random.Next(4);
        if (target.Length < size) return;
        var isBig = random.Next(3) == 0;
        Span<byte> buffer = stackalloc byte[8];
        target[..size].CopyTo(buffer);
        if (isBig) buffer[..size].Reverse();
        var number = BinaryPrimitives.ReadUInt64LittleEndian(buffer);
        number = random.Next(4) switch
        {
            0 => number * 2,
            1 => number / 2,
            _ => number + (ulong)random.Next(-16, 17),
        };
        Put(target, number, size, isBig);
    }

    private static void Put(Span<byte> target, ulong number, int size, bool isBig)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(value, number);
        value = value[..size];
        if (isBig) value.Reverse();
        value[..Math.Min(size, target.Length)].CopyTo(target);
    }
}
