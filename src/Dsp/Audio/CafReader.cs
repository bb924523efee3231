using System.Buffers.Binary;
using System.Text;

namespace Engine.Dsp.Audio;

/// <summary>
/// Reads the header of Core Audio Format files: PCM of 8, 16, 24 and 32 bits and float of 32 and 64 bits in both byte orders,
/// mu-law and A-law. A data size of −1 means that the data extends to the end of the file. Source: Apple, "Core Audio Format
/// Specification 1.0".
/// </summary>
internal static class CafReader
{
    private const int FileBytes = 8, ChunkBytes = 12, DescriptionBytes = 32, EditCountBytes = 4, Version = 1;

    private const uint FloatFlag = 1, LittleEndianFlag = 2;

    /// <summary>Reads up to the first frame of the <c>data</c> chunk.</summary>
    /// <exception cref="AudioFormatException">The header is damaged.</exception>
    internal static AudioHeader ReadHeader(Stream stream, string name)
    {
        Span<byte> bytes = stackalloc byte[DescriptionBytes];
        HeaderReader.Fill(stream, bytes[..FileBytes], name, "the CAF header");
        if (!bytes[..4].SequenceEqual("caff"u8) || BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) != Version)
        {
            throw new AudioFormatException(name, $"no caff header of version {Version}; it starts with "
                + $"{HeaderReader.Hex(bytes[..FileBytes])}. The file is damaged or not a CAF file.");
        }

        AudioHeader? description = null;
        while (stream.ReadAtLeast(bytes[..ChunkBytes], ChunkBytes, throwOnEndOfStream: false) == ChunkBytes)
        {
            var size = BinaryPrimitives.ReadInt64BigEndian(bytes[4..]);
            var isData = bytes[..4].SequenceEqual("data"u8);
            if (size < 0 && !(isData && size == -1))
            {
                throw new AudioFormatException(name,
                    $"the header claims a part {HeaderReader.Code(bytes[..4])} of {size} bytes. It is damaged.");
            }

            if (isData)
            {
                if (description is not { } header)
                    throw new AudioFormatException(name, "no 'desc' chunk comes before 'data'. The file is damaged.");
                if (size == 0) return header with { Frames = 0 };
                HeaderReader.Skip(stream, EditCountBytes, name);
                return header.WithData(stream, size < 0 ? null : Math.Max(0, size - EditCountBytes));
            }

            if (bytes[..4].SequenceEqual("desc"u8) && description is null)
            {
                if (size < DescriptionBytes)
                {
                    throw new AudioFormatException(name,
                        $"the 'desc' chunk has {size} bytes; it needs {DescriptionBytes}. The file is damaged.");
                }

                HeaderReader.Fill(stream, bytes, name, "the 'desc' chunk");
                description = ReadDescription(bytes, name);
                if (description.Value.Format == SampleFormat.Other) return description.Value;
                size -= DescriptionBytes;
            }

            HeaderReader.Skip(stream, size, name);
        }

        throw new AudioFormatException(name,
            $"the file ends without a '{(description is null ? "desc" : "data")}' chunk. It is cut short or damaged.");
    }

    private static AudioHeader ReadDescription(ReadOnlySpan<byte> bytes, string name)
    {
        var rate = BinaryPrimitives.ReadDoubleBigEndian(bytes);
        var id = Encoding.Latin1.GetString(bytes.Slice(8, 4));
        var flags = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        long packetBytes = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
        var packetFrames = BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]);
        long channels = BinaryPrimitives.ReadUInt32BigEndian(bytes[24..]);
        var bits = BinaryPrimitives.ReadUInt32BigEndian(bytes[28..]);
        AudioHeader.Check(name, rate is >= 0 and <= int.MaxValue ? (long)Math.Round(rate) : -1, channels);
        var isFloat = (flags & FloatFlag) != 0;
        var (format, codec) = (id, bits, isFloat) switch
        {
            ("lpcm", 8, false) => (SampleFormat.Int8, "8-bit PCM"),
            ("lpcm", 16, false) => (SampleFormat.Int16, "16-bit PCM"),
            ("lpcm", 24, false) => (SampleFormat.Int24, "24-bit PCM"),
            ("lpcm", 32, false) => (SampleFormat.Int32, "32-bit PCM"),
            ("lpcm", 32, true) => (SampleFormat.Float32, "32-bit float"),
            ("lpcm", 64, true) => (SampleFormat.Float64, "64-bit float"),
            ("lpcm", _, _) => (SampleFormat.Other, $"{(isFloat ? "float" : "PCM")} of {bits} bits"),
            ("ulaw", _, _) => (SampleFormat.MuLaw, "mu-law"),
            ("alaw", _, _) => (SampleFormat.ALaw, "A-law"),
            _ => (SampleFormat.Other, $"codec {HeaderReader.Code(bytes.Slice(8, 4))}"),
        };
        var header = new AudioHeader(
            format, codec, (flags & LittleEndianFlag) == 0, (int)channels, (int)Math.Round(rate));
        if (format == SampleFormat.Other || (packetFrames == 1 && packetBytes == header.FrameBytes)) return header;
        throw new AudioFormatException(name,
            $"the header says {codec}, {channels} channels and {packetBytes} bytes for {packetFrames} frames, a contradiction. "
            + "It is damaged.");
    }
}
