using System.Numerics;

namespace Engine.Dsp.Audio.Vorbis;

/// <summary>A Vorbis codebook: Huffman codewords for entries, and a vector of values for each entry. Source:
/// Vorbis I, 3.</summary>
internal sealed class Codebook
{
    private const int Sync = 0x564342, RootBits = 10, LengthBits = 6;

    private readonly int[] _root = new int[1 << RootBits]; // entry and length, or 0 for a longer codeword
    private readonly uint[] _long; // longer codewords, the first bit highest, in order
    private readonly (int Entry, int Length)[] _longEntries;
    private readonly float[] _vectors;

    /// <summary>Reads a codebook.</summary>
    /// <param name="bits">At its start.</param>
    /// <param name="budget">How many entries and values all codebooks may have; reduced.</param>
    /// <exception cref="VorbisException">It is not one, or is too large.</exception>
    public Codebook(ref PacketReader bits, ref int budget)
    {
        if (bits.Read(24) != Sync) throw new VorbisException("a codebook does not start as one");
        (Dimensions, Entries) = (bits.Read(16), bits.Read(24));
        budget -= Entries;
        if (budget < 0) throw new VorbisException("its codebooks are too large");
        var lengths = new byte[Entries];
        ReadLengths(ref bits, lengths);
        var codes = Assign(lengths);
        var longer = new List<(uint Code, int Entry, int Length)>();
        for (var entry = 0; entry < Entries; entry++)
        {
            var length = (int)lengths[entry];
            if (length == 0) continue;
            if (length > RootBits)
            {
                longer.Add((codes[entry], entry, length));
                continue;
            }

            var first = (int)Reverse(codes[entry]);
            for (var i = first; i < _root.Length; i += 1 << length) _root[i] = entry << LengthBits | length;
        }

        longer.Sort((a, b) => a.Code.CompareTo(b.Code));
        _long = [.. longer.Select(l => l.Code)];
        _longEntries = [.. longer.Select(l => (l.Entry, l.Length))];
        _vectors = ReadVectors(ref bits, ref budget);
    }

    /// <summary>Values of an entry.</summary>
    public int Dimensions { get; }

    /// <summary>How many entries there are.</summary>
    public int Entries { get; }

    /// <summary>Whether entries have values.</summary>
    public bool HasVectors => _vectors.Length > 0;

    /// <summary>Decodes an entry; −1 at the end of the packet, or where no codeword fits.</summary>
    public int Decode(ref PacketReader bits)
    {
        var window = bits.Peek();
        var found = _root[window & ((1 << RootBits) - 1)];
        if (found == 0)
        {
            var at = Array.BinarySearch(_long, Reverse(window));
            if (at < 0) at = ~at - 1;
            if (at < 0) return -1;
            var (entry, length) = _longEntries[at];
            if ((Reverse(window) ^ _long[at]) >> (32 - length) != 0) return -1;
            found = entry << LengthBits | length;
        }

        bits.Skip(found & ((1 << LengthBits) - 1));
        return bits.IsPastEnd ? -1 : found >> LengthBits;
    }

    /// <summary>An entry's values.</summary>
    public ReadOnlySpan<float> Vector(int entry) => _vectors.AsSpan(entry * Dimensions, Dimensions);

    private void ReadLengths(ref PacketReader bits, byte[] lengths)
    {
        if (bits.ReadFlag())
        {
            var (length, entry) = (bits.Read(5) + 1, 0);
            for (; entry < Entries && length <= 32; length++)
            {
                var count = bits.Read(32 - BitOperations.LeadingZeroCount((uint)(Entries - entry)));
                if (count > Entries - entry) break;
                lengths.AsSpan(entry, count).Fill((byte)length);
                entry += count;
            }

            if (entry < Entries) throw new VorbisException("a codebook's lengths do not fit its entries");
            return;
        }

        var isSparse = bits.ReadFlag();
        for (var entry = 0; entry < Entries && !bits.IsPastEnd; entry++)
        {
            if (!isSparse || bits.ReadFlag()) lengths[entry] = (byte)(bits.Read(5) + 1);
        }

        if (bits.IsPastEnd) throw new VorbisException("the setup ends inside a codebook");
    }

    /// <summary>Each entry in turn has the lowest codeword of its length that is free.</summary>
    private static uint[] Assign(byte[] lengths)
    {
        var codes = new uint[lengths.Length];
        Span<uint> free = stackalloc uint[33]; // the free node of each depth; 0: none, except at the very start
        free.Clear();
        var isFirst = true;
        for (var entry = 0; entry < lengths.Length; entry++)
        {
            var length = (int)lengths[entry];
            if (length == 0) continue;
            var (depth, code) = (length, 0u);
            if (isFirst)
            {
                depth = 0;
                isFirst = false;
            }
            else
            {
                while (depth > 0 && free[depth] == 0) depth--;
                if (depth == 0) throw new VorbisException("a codebook has more codewords than fit");
                code = free[depth];
                free[depth] = 0;
            }

            codes[entry] = code;
            for (var i = depth + 1; i <= length; i++) free[i] = code + (1u << (32 - i));
        }

        return codes;
    }

    private float[] ReadVectors(ref PacketReader bits, ref int budget)
    {
        var kind = bits.Read(4);
        if (kind == 0) return [];
        if (kind > 2) throw new VorbisException($"a codebook has look-up type {kind}");
        var (minimum, step) = (ReadFloat(ref bits), ReadFloat(ref bits));
        var (width, isSequence) = (bits.Read(4) + 1, bits.ReadFlag());
        var size = (long)Entries * Dimensions;
        if (size > budget) throw new VorbisException("its codebooks are too large");
        budget -= (int)size;
        var count = kind == 1 ? Roots() : (int)size;
        if ((long)count * width > bits.Left) throw new VorbisException("the setup ends inside a codebook");
        var steps = new int[count];
        for (var i = 0; i < count; i++) steps[i] = bits.Read(width);
        var vectors = new float[size];
        for (var entry = 0; entry < Entries; entry++)
        {
            var (last, divisor) = (0f, 1L);
            for (var i = 0; i < Dimensions; i++)
            {
                var at = kind == 1 ? (int)(entry / divisor % count) : entry * Dimensions + i;
                var value = steps[at] * step + minimum + last;
                if (isSequence) last = value;
                vectors[entry * Dimensions + i] = value;
                divisor = Math.Min(divisor * count, int.MaxValue);
            }
        }

        return vectors;
    }

    /// <summary>The largest number whose power of <see cref="Dimensions"/> does not exceed <see cref="Entries"/>.</summary>
    private int Roots()
    {
        if (Dimensions == 0 || Entries == 0) return 0;
        var root = 1;
        while (BigInteger.Pow(root + 1, Math.Min(Dimensions, 32)) <= Entries) root++;
        return root;
    }

    private static float ReadFloat(ref PacketReader bits)
    {
        var value = bits.ReadWide(32);
        var mantissa = (double)(value & 0x1FFFFF);
        var number = (float)Math.ScaleB(value >> 31 != 0 ? -mantissa : mantissa, (int)(value >> 21 & 0x3FF) - 788);
        return float.IsFinite(number) ? number : throw new VorbisException("a codebook has values that are not finite");
    }

    private static uint Reverse(uint value)
    {
        value = value >> 1 & 0x55555555 | (value & 0x55555555) << 1;
        value = value >> 2 & 0x33333333 | (value & 0x33333333) << 2;
        value = value >> 4 & 0x0F0F0F0F | (value & 0x0F0F0F0F) << 4;
        return System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(value);
    }
}

/// <summary>A setup that cannot be decoded; the message says why.</summary>
internal sealed class VorbisException(string message) : Exception(message);
