using System.Buffers.Binary;

namespace Engine.Dsp.Audio.Vorbis;

/// <summary>Reads the bits of a Vorbis packet, least significant first; past the end it reads zeros. The packet must be followed
/// by at least eight more bytes. Source: Vorbis I, 2.</summary>
internal ref struct PacketReader(ReadOnlySpan<byte> padded, int length)
{
    private readonly ReadOnlySpan<byte> _bytes = padded;
    private readonly int _bits = 8 * length;
    private int _position;

    /// <summary>Whether more was read than there is.</summary>
    public readonly bool IsPastEnd => _position > _bits;

    /// <summary>Bits left.</summary>
    public readonly int Left => Math.Max(0, _bits - _position);

    /// <summary>The next 32 bits, the first of them lowest.</summary>
    public readonly uint Peek()
    {
        if (_position >= _bits) return 0;
        var window = BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(_position >> 3)..]) >> (_position & 7);
        var left = _bits - _position;
        return left >= 32 ? (uint)window : (uint)window & ((1u << left) - 1);
    }

    /// <summary>Passes over bits.</summary>
    public void Skip(int count) => _position = Math.Min(_position + count, _bits + 1);

    /// <summary>Reads up to 32 bits.</summary>
    public uint ReadWide(int count)
    {
        if (count == 0) return 0;
        var value = Peek() & (uint.MaxValue >> (32 - count));
        Skip(count);
        return value;
    }

    /// <summary>Reads up to 31 bits.</summary>
    public int Read(int count) => (int)ReadWide(count);

    /// <summary>Reads one bit.</summary>
    public bool ReadFlag() => Read(1) != 0;
}
