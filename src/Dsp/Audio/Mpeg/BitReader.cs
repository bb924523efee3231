using System.Buffers.Binary;

namespace Engine.Dsp.Audio.Mpeg;

/// <summary>Reads bits, most significant first. The bytes must be followed by at least eight more, which are not
/// content.</summary>
internal ref struct BitReader(ReadOnlySpan<byte> padded, int position)
{
    private readonly ReadOnlySpan<byte> _bytes = padded;

    /// <summary>The next bit's index.</summary>
    public int Position = position;

    /// <summary>The next bits in the upper end of a word; at least 57 are valid, and 0 past the end.</summary>
    public readonly ulong Window
    {
        get
        {
            var at = Position >> 3;
            return at > _bytes.Length - 8 ? 0 : BinaryPrimitives.ReadUInt64BigEndian(_bytes[at..]) << (Position & 7);
        }
    }

    /// <summary>Reads up to 32 bits.</summary>
    public int Read(int count)
    {
        if (count == 0) return 0;
        var value = (int)(Window >> (64 - count));
        Position += count;
        return value;
    }

    /// <summary>Reads one bit.</summary>
    public bool ReadFlag() => Read(1) != 0;
}
