using System.Buffers.Binary;
using System.Numerics;

namespace Engine.Dsp.Audio.Flac;

/// <summary>How the channels of a frame are stored.</summary>
internal enum ChannelMode
{
    /// <summary>Each by itself.</summary>
    Independent,

    /// <summary>Left, and left less right.</summary>
    LeftSide,

    /// <summary>Left less right, and right.</summary>
    SideRight,

    /// <summary>The mean, and left less right, whose lowest bit the mean lacks.</summary>
    MidSide,
}

/// <summary>The header of a frame. Source: RFC 9639, section 9.1.</summary>
/// <param name="Start">The first sample.</param>
/// <param name="BlockSize">Samples of each channel.</param>
/// <param name="Mode">How the channels are stored.</param>
/// <param name="Bytes">The length of the header, its checksum included.</param>
internal readonly record struct FrameHeader(long Start, int BlockSize, ChannelMode Mode, int Bytes)
{
    /// <summary>The length of the longest header.</summary>
    public const int MostBytes = 16;

    /// <summary>The fewest bits of a sample.</summary>
    public const int LeastDepth = 4;

    private const int LeftSideCode = 8, SideRightCode = 9, MidSideCode = 10;

    /// <summary>Reads a header that fits the stream; false if these bytes are none or its checksum is wrong.</summary>
    /// <param name="bytes">May end before the header does.</param>
    /// <param name="info">Rate, channels and depth must be those of the stream.</param>
    /// <param name="header">What was read.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, StreamInfo info, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < 6 || bytes[0] != 0xFF || (bytes[1] & 0xFE) != 0xF8 || (bytes[3] & 1) != 0) return false;
        var at = 4;
        if (!TryReadNumber(bytes, ref at, out var number)) return false;
        var (sizeCode, rateCode) = (bytes[2] >> 4, bytes[2] & 15);
        var (channelCode, depthCode) = (bytes[3] >> 4, bytes[3] >> 1 & 7);
        if (bytes.Length < at + SizeBytes(sizeCode) + RateBytes(rateCode) + 1) return false;
        var size = sizeCode switch
        {
            0 => 0, // reserved
            1 => 192,
            <= 5 => 144 << sizeCode,
            6 => bytes[at] + 1,
            7 => BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) + 1,
            _ => 1 << sizeCode,
        };
        at += SizeBytes(sizeCode);
        var rate = Rate(rateCode, bytes[at..], info);
        at += RateBytes(rateCode);
        if (Crc.OfHeader(bytes[..at]) != bytes[at]) return false;
        if (rate != info.SampleRate || Depth(depthCode, info) != info.Depth) return false;
        if (size == 0 || size > info.LargestBlock) return false;
        var channels = channelCode < LeftSideCode ? channelCode + 1 : 2;
        if (channels != info.Channels || channelCode > MidSideCode) return false;
        var mode = channelCode switch
        {
            LeftSideCode => ChannelMode.LeftSide,
            SideRightCode => ChannelMode.SideRight,
            MidSideCode => ChannelMode.MidSide,
            _ => ChannelMode.Independent,
        };

        // A stream of equal blocks counts frames, any other counts samples.
        var countsFrames = (bytes[1] & 1) == 0;
        header = new(countsFrames ? number * info.LargestBlock : number, size, mode, at + 1);
        return true;
    }

    /// <summary>Up to 36 bits, coded as UTF-8 codes characters.</summary>
    private static bool TryReadNumber(ReadOnlySpan<byte> bytes, ref int at, out long number)
    {
        var first = bytes[at++];
        var length = BitOperations.LeadingZeroCount((uint)(byte)~first << 24);
        number = first;
        if (length == 0) return true;
        if (length is 1 or > 7 || bytes.Length < at + length - 1) return false;
        number = first & (0x7F >> length);
        for (; length > 1; length--, at++)
        {
            if ((bytes[at] & 0xC0) != 0x80) return false;
            number = number << 6 | (long)(bytes[at] & 0x3F);
        }

        return true;
    }

    private static int SizeBytes(int code) => code is 6 or 7 ? code - 5 : 0;

    private static int RateBytes(int code) => code switch { 12 => 1, 13 or 14 => 2, _ => 0 };

    private static int Rate(int code, ReadOnlySpan<byte> bytes, StreamInfo info) => code switch
    {
        0 => info.SampleRate,
        1 => 88_200,
        2 => 176_400,
        3 => 192_000,
        4 => 8_000,
        5 => 16_000,
        6 => 22_050,
        7 => 24_000,
        8 => 32_000,
        9 => 44_100,
        10 => 48_000,
        11 => 96_000,
        12 => bytes[0] * 1000,
        13 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        14 => BinaryPrimitives.ReadUInt16BigEndian(bytes) * 10,
        _ => -1, // forbidden
    };

    private static int Depth(int code, StreamInfo info) => code switch
    {
        0 => info.Depth,
        1 => 8,
        2 => 12,
        4 => 16,
        5 => 20,
        6 => 24,
        7 => 32,
        _ => -1, // reserved
    };
}
