using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Dsp.Audio.Flac;

/// <summary>
/// Reads bits, most significant first. Past the end it gives zeros and sets <see cref="Overrun"/>, so that callers check once.
/// </summary>
internal ref struct BitReader
{
    /// <summary>The most bits that one call reads.</summary>
    public const int Most = 56;

    private readonly ReadOnlySpan<byte> _bytes;
    private ulong _cache; // the next bits, the first one on top; those below _count are not counted yet
    private int _count;
    private int _next;

    /// <summary>Starts at the first bit.</summary>
    public BitReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Whether more bits were asked for than there are.</summary>
    public bool Overrun { get; private set; }

    /// <summary>Skips to the next byte and returns its position.</summary>
    public int Align()
    {
        Consume(_count & 7);
        return _next - (_count >> 3);
    }

    /// <summary>Reads an unsigned number of up to <see cref="Most"/> bits.</summary>
    public ulong Read(int bits)
    {
        if (!Need(bits) || bits == 0) return 0;
        var value = _cache >> (64 - bits);
        Consume(bits);
        return value;
    }

    /// <summary>Reads a number in two's complement of up to <see cref="Most"/> bits.</summary>
    public long ReadSigned(int bits)
    {
        if (!Need(bits) || bits == 0) return 0;
        var value = (long)_cache >> (64 - bits);
        Consume(bits);
        return value;
    }

    /// <summary>Counts the zeros before the next one, and skips that.</summary>
    public uint ReadUnary()
    {
        uint zeros = 0;
        while (true)
        {
            Refill();
            var run = BitOperations.LeadingZeroCount(_cache);
            if (run < _count)
            {
                Consume(run + 1);
                return zeros + (uint)run;
            }

            if (_next == _bytes.Length)
            {
                Overrun = true;
                return 0;
            }

            zeros += (uint)_count;
            Consume(_count);
        }
    }

    /// <summary>Reads Rice codes: a quotient in unary, <paramref name="parameter"/> low bits, the sign in the lowest.</summary>
    public void ReadRice(Span<int> target, int parameter)
    {
        ref var bytes = ref MemoryMarshal.GetReference(_bytes);
        var (cache, count, next, last) = (_cache, _count, _next, _bytes.Length - sizeof(ulong));
        var i = 0;
        for (; i < target.Length && next <= last; i++)
        {
            cache |= BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, next))) >> count;
            next += (63 - count) >> 3;
            count |= Most;
            var zeros = BitOperations.LeadingZeroCount(cache);
            if (zeros + 1 + parameter > Most)
            {
                (_cache, _count, _next) = (cache, count, next);
                target[i] = ReadLongRice(parameter);
                (cache, count, next) = (_cache, _count, _next);
                continue;
            }

            cache <<= zeros + 1;
            var value = (uint)zeros << parameter | (uint)(cache >> 1 >> (63 - parameter));
            cache <<= parameter;
            count -= zeros + 1 + parameter;
            target[i] = Unfold(value);
        }

        (_cache, _count, _next) = (cache, count, next);
        for (; i < target.Length && !Overrun; i++) target[i] = ReadLongRice(parameter);
    }

    private int ReadLongRice(int parameter)
    {
        var quotient = ReadUnary();
        return Unfold(quotient << parameter | (uint)Read(parameter));
    }

    /// <summary>0, −1, 1, −2, 2… from 0, 1, 2, 3, 4…</summary>
    private static int Unfold(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    private bool Need(int bits)
    {
        if (_count >= bits) return true;
        Refill();
        if (_count >= bits) return true;
        Overrun = true;
        return false;
    }

    private void Consume(int bits)
    {
        _cache <<= bits;
        _count -= bits;
    }

    /// <summary>Loads at least <see cref="Most"/> bits, or all that are left.</summary>
    private void Refill()
    {
        if (_next <= _bytes.Length - sizeof(ulong))
        {
            // Bits beyond the count are loaded again, at the same place, by the next call.
            _cache |= BinaryPrimitives.ReadUInt64BigEndian(_bytes[_next..]) >> _count;
            _next += (63 - _count) >> 3;
            _count |= Most;
            return;
        }

        for (; _count < Most && _next < _bytes.Length; _count += 8) _cache |= (ulong)_bytes[_next++] << (Most - _count);
    }
}
