using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Engine.Dsp.Audio.Flac;

/// <summary>What became of an attempt to decode a frame.</summary>
internal enum FrameOutcome
{
    /// <summary>It is decoded, and its checksum is right.</summary>
    Decoded,

    /// <summary>It is not a frame, or a damaged one.</summary>
    Damaged,

    /// <summary>The bytes end before the frame does.</summary>
    Incomplete,
}

/// <summary>Decodes a frame into one array per channel.</summary>
internal sealed class FrameDecoder(StreamInfo info)
{
    private int[] _samples = []; // [channels, block]
    private long[] _side = []; // with 33 bits
    private int _block;

    /// <summary>The samples of a channel.</summary>
    public ReadOnlySpan<int> Channel(int channel) => _samples.AsSpan(channel * _block, _block);

    /// <summary>Decodes the frame that starts with these bytes.</summary>
    /// <param name="bytes">From the header on.</param>
    /// <param name="header">As read from them.</param>
    /// <param name="length">The frame's length in bytes, or that of what was decoded in vain.</param>
    public FrameOutcome Decode(ReadOnlySpan<byte> bytes, in FrameHeader header, out int length)
    {
        _block = header.BlockSize;
        if (_samples.Length < _block * info.Channels) _samples = new int[_block * info.Channels];
        var bits = new BitReader(bytes[header.Bytes..]);
        for (var channel = 0; channel < info.Channels; channel++)
        {
            if (TryReadChannel(ref bits, header.Mode, channel)) continue;
            length = header.Bytes + bits.Align();
            return bits.Overrun ? FrameOutcome.Incomplete : FrameOutcome.Damaged;
        }

        var end = header.Bytes + bits.Align();
        length = end + sizeof(ushort);
        if (length > bytes.Length) return FrameOutcome.Incomplete;
        if (Crc.OfFrame(bytes[..end]) != BinaryPrimitives.ReadUInt16BigEndian(bytes[end..])) return FrameOutcome.Damaged;
        Separate(header.Mode);
        return FrameOutcome.Decoded;
    }

    private bool IsWide => info.Depth == 32;

    private Span<int> Samples(int channel) => _samples.AsSpan(channel * _block, _block);

    private bool TryReadChannel(ref BitReader bits, ChannelMode mode, int channel)
    {
        var samples = Samples(channel);
        var isSide = mode != ChannelMode.Independent && channel == (mode == ChannelMode.SideRight ? 0 : 1);
        if (!isSide) return Subframe.TryRead(ref bits, samples, samples, info.Depth);
        if (!IsWide) return Subframe.TryRead(ref bits, samples, samples, info.Depth + 1);
        if (_side.Length < _block) _side = new long[_block];
        return Subframe.TryRead(ref bits, _side.AsSpan(0, _block), samples, info.Depth + 1);
    }

    /// <summary>Turns the stored channels into left and right.</summary>
    private void Separate(ChannelMode mode)
    {
        if (mode == ChannelMode.Independent) return;
        var left = Samples(0);
        var right = Samples(1);
        if (IsWide)
        {
            SeparateWide(mode, left, right);
            return;
        }

        var lefts = MemoryMarshal.Cast<int, Vector<int>>(left);
        var rights = MemoryMarshal.Cast<int, Vector<int>>(right);
        for (var i = 0; i < lefts.Length; i++) (lefts[i], rights[i]) = Separated(mode, lefts[i], rights[i]);
        for (var i = lefts.Length * Vector<int>.Count; i < left.Length; i++)
        {
            (var first, var second) = Separated(mode, new Vector<int>(left[i]), new Vector<int>(right[i]));
            (left[i], right[i]) = (first[0], second[0]);
        }
    }

    private static (Vector<int> Left, Vector<int> Right) Separated(ChannelMode mode, Vector<int> first, Vector<int> second)
    {
        switch (mode)
        {
            case ChannelMode.LeftSide:
                return (first, first - second);
            case ChannelMode.SideRight:
                return (first + second, second);
            default:
                var right = first - (second >> 1);
                return (right + second, right);
        }
    }

    /// <summary>The difference has 33 bits, but what it is added to gives 32.</summary>
    private void SeparateWide(ChannelMode mode, Span<int> left, Span<int> right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            var side = _side[i];
            if (mode == ChannelMode.LeftSide) right[i] = (int)(left[i] - side);
            else if (mode == ChannelMode.MidSide) right[i] = (int)(left[i] - (side >> 1));
            if (mode != ChannelMode.LeftSide) left[i] = (int)(right[i] + side);
        }
    }
}
