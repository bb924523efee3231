using System.Buffers.Binary;

namespace Engine.Dsp.Audio.Flac;

/// <summary>What a FLAC stream says of itself, in its first metadata block.</summary>
/// <param name="SmallestBlock">Samples of the shortest frame but the last.</param>
/// <param name="LargestBlock">Samples of the longest frame.</param>
/// <param name="SampleRate">Samples per second.</param>
/// <param name="Channels">1 to 8.</param>
/// <param name="Depth">Bits of a sample, 4 to 32.</param>
/// <param name="Samples">The length of each channel; 0 if unknown.</param>
/// <param name="Md5">Of the decoded samples; zeros if unknown.</param>
internal sealed record StreamInfo(
    int SmallestBlock, int LargestBlock, int SampleRate, int Channels, int Depth, long Samples, ReadOnlyMemory<byte> Md5)
{
    private const int Bytes = 34, BlockHeaderBytes = 4, BlockType = 0, LastBlock = 0x80, Forbidden = 127;

    /// <summary>Block sizes that the format has; only a last block may be smaller.</summary>
    private const int LeastBlock = 16;

    /// <summary>Reads up to the first frame, across every other metadata block.</summary>
    /// <exception cref="AudioFormatException">The metadata is damaged.</exception>
    public static StreamInfo Read(Stream stream, string name)
    {
        Span<byte> bytes = stackalloc byte[BlockHeaderBytes];
        HeaderReader.Fill(stream, bytes, name, "the FLAC header");
        if (!bytes.StartsWith("fLaC"u8))
        {
            throw new AudioFormatException(name,
                $"no fLaC marker; it starts with {HeaderReader.Hex(bytes)}. The file is damaged or not a FLAC file.");
        }

        StreamInfo? info = null;
        for (var isLast = false; !isLast;)
        {
            HeaderReader.Fill(stream, bytes, name, "the header of a metadata block");
            isLast = (bytes[0] & LastBlock) != 0;
            var type = bytes[0] & ~LastBlock;
            var size = (int)(BinaryPrimitives.ReadUInt32BigEndian(bytes) & 0xFFFFFF);
            if (type == Forbidden || (type == BlockType) != info is null || (info is null && size < Bytes))
            {
                throw new AudioFormatException(name,
                    $"a metadata block of type {type} and {size} bytes stands where "
                    + $"{(info is null ? $"STREAMINFO (type {BlockType}, {Bytes} bytes)" : "another")} must be. It is damaged.");
            }

            if (info is null)
            {
                info = ReadBlock(stream, name);
                size -= Bytes;
            }

            HeaderReader.Skip(stream, size, name);
        }

        return info!;
    }

    private static StreamInfo ReadBlock(Stream stream, string name)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        HeaderReader.Fill(stream, bytes, name, "STREAMINFO");
        var smallest = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        var largest = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var packed = BinaryPrimitives.ReadUInt64BigEndian(bytes[10..]); // 20 bits, 3, 5 and 36
        var rate = (int)(packed >> 44);
        var channels = (int)(packed >> 41 & 7) + 1;
        var depth = (int)(packed >> 36 & 31) + 1;
        AudioHeader.Check(name, rate, channels);
        if (largest < LeastBlock || largest < smallest || depth < FrameHeader.LeastDepth)
        {
            throw new AudioFormatException(name,
                $"STREAMINFO says blocks of {smallest} to {largest} samples of {depth} bits; there must be "
                + $"{LeastBlock} samples and {FrameHeader.LeastDepth} bits or more. It is damaged.");
        }

        return new(smallest, largest, rate, channels, depth, (long)(packed & 0xFFFFFFFFF), bytes[18..].ToArray());
    }
}
