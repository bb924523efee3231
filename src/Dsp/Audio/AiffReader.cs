using System.Buffers.Binary;
using System.Text;

namespace Engine.Dsp.Audio;

/// <summary>
/// Reads the header of AIFF and AIFF-C files: PCM of 8, 16, 24 and 32 bits in both byte orders, float of 32 and 64 bits, mu-law
/// and A-law. Samples that do not fill their bytes are left-justified by the standard, so they need no extra scaling. Chunks may
/// come in any order. Source: Apple, "Audio Interchange File Format" 1.3 and AIFF-C draft of 1991.
/// </summary>
/// <remarks>
/// Programs that do not know the length yet write a size of 0 or of about 2 GiB for the sound, which then extends to the end.
/// </remarks>
internal static class AiffReader
{
    /// <summary>The size that <c>sox</c> writes for an open length.</summary>
    private const uint OpenSize = 0x7F000000;

    private const int FormBytes = 12, ChunkBytes = 8, CommonBytes = 18, SoundBytes = 8;

    /// <summary>Reads up to the first frame of the <c>SSND</c> chunk.</summary>
    /// <exception cref="AudioFormatException">The header is damaged.</exception>
    internal static AudioHeader ReadHeader(Stream stream, string name)
    {
        Span<byte> bytes = stackalloc byte[CommonBytes + 4];
        HeaderReader.Fill(stream, bytes[..FormBytes], name, "the AIFF header");
        var isCompressed = bytes[8..12].SequenceEqual("AIFC"u8);
        if (!bytes[..4].SequenceEqual("FORM"u8) || (!isCompressed && !bytes[8..12].SequenceEqual("AIFF"u8)))
        {
            throw new AudioFormatException(name,
                $"no FORM/AIFF header; it starts with {HeaderReader.Hex(bytes[..12])}. The file is damaged or not an AIFF file.");
        }

        (AudioHeader Header, long Frames)? common = null;
        Sound? sound = null;
        while (stream.ReadAtLeast(bytes[..ChunkBytes], ChunkBytes, throwOnEndOfStream: false) == ChunkBytes)
        {
            long size = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
            if (bytes[..4].SequenceEqual("COMM"u8) && common is null)
            {
                var needed = CommonBytes + (isCompressed ? 4 : 0);
                if (size < needed)
                    throw new AudioFormatException(name, $"the 'COMM' chunk has {size} bytes; it needs {needed}. It is damaged.");
                HeaderReader.Fill(stream, bytes[..needed], name, "the 'COMM' chunk");
                common = ReadCommon(bytes[..needed], name);
                if (common.Value.Header.Format == SampleFormat.Other) return common.Value.Header;
                if (sound is { } earlier) return Place(stream, common.Value, earlier, name);
                HeaderReader.Skip(stream, size + (size & 1) - needed, name);
            }
            else if (bytes[..4].SequenceEqual("SSND"u8) && sound is null)
            {
                HeaderReader.Fill(stream, bytes[..SoundBytes], name, "the 'SSND' chunk");
                var here = stream.CanSeek ? stream.Position : 0;
                sound = new(here, size, BinaryPrimitives.ReadUInt32BigEndian(bytes));
                if (common is { } known) return Place(stream, known, sound.Value, name);
                if (!stream.CanSeek)
                {
                    throw new AudioFormatException(name,
                        "the sound comes before its description (COMM), which cannot be read from a pipe. Save it as a file.");
                }

                HeaderReader.Skip(stream, Math.Max(0, size - SoundBytes) + (size & 1), name);
            }
            else
            {
                HeaderReader.Skip(stream, size + (size & 1), name);
            }
        }

        if (common is { Frames: 0 } empty) return empty.Header with { Frames = 0 }; // the standard lets it have no sound
        throw new AudioFormatException(name,
            $"the file ends without a '{(common is null ? "COMM" : "SSND")}' chunk. It is cut short or damaged.");
    }

    /// <summary>Moves to the first frame.</summary>
    private static AudioHeader Place(Stream stream, (AudioHeader Header, long Frames) common, Sound sound, string name)
    {
        if (stream.CanSeek) stream.Position = sound.Start;
        var header = common.Header;
        var isOpen = sound.Size == 0
            || (sound.Size >= OpenSize && (!stream.CanSeek || sound.Size - SoundBytes > stream.Length - stream.Position));
        HeaderReader.Skip(stream, sound.Offset, name);
        if (isOpen) return header.WithData(stream, null);
        var frames = Math.Max(0, sound.Size - SoundBytes - sound.Offset) / header.FrameBytes;
        if (common.Frames == 0) return header.WithData(stream, frames * header.FrameBytes);
        var whole = header.WithData(stream, Math.Min(frames, common.Frames) * header.FrameBytes);
        return whole with { Missing = whole.Missing + Math.Max(0, common.Frames - frames) };
    }

    private static (AudioHeader Header, long Frames) ReadCommon(ReadOnlySpan<byte> bytes, string name)
    {
        int channels = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        long frames = BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]);
        int bits = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
        var rate = (long)Math.Round(ReadExtended(bytes[8..]));
        AudioHeader.Check(name, rate, channels);
        var compression = bytes.Length > CommonBytes ? Encoding.Latin1.GetString(bytes[CommonBytes..]) : "NONE";
        var (format, codec) = compression switch
        {
            "NONE" or "twos" or "sowt" => (Integer(bits), $"PCM of {bits} bits"),
            "raw " when bits == 8 => (SampleFormat.UInt8, "8-bit PCM"),
            "in24" or "42ni" => (SampleFormat.Int24, "24-bit PCM"),
            "in32" or "23ni" => (SampleFormat.Int32, "32-bit PCM"),
            "fl32" or "FL32" => (SampleFormat.Float32, "32-bit float"),
            "fl64" or "FL64" => (SampleFormat.Float64, "64-bit float"),
            "ulaw" or "ULAW" => (SampleFormat.MuLaw, "mu-law"),
            "alaw" or "ALAW" => (SampleFormat.ALaw, "A-law"),
            _ => (SampleFormat.Other, $"compression {HeaderReader.Code(bytes[CommonBytes..])}"),
        };
        var isLittle = compression is "sowt" or "42ni" or "23ni";
        return (new AudioHeader(format, codec, !isLittle, channels, (int)rate), frames);
    }

    private static SampleFormat Integer(int bits) => bits switch
    {
        >= 1 and <= 8 => SampleFormat.Int8,
        > 8 and <= 16 => SampleFormat.Int16,
        > 16 and <= 24 => SampleFormat.Int24,
        > 24 and <= 32 => SampleFormat.Int32,
        _ => SampleFormat.Other,
    };

    /// <summary>An 80-bit float; −1 if it is negative, not a number or far from any sample rate.</summary>
    internal static double ReadExtended(ReadOnlySpan<byte> bytes)
    {
        const int Bias = 16383, MantissaBits = 63;
        var exponent = BinaryPrimitives.ReadUInt16BigEndian(bytes) - Bias;
        var mantissa = BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]);
        return exponent is < 0 or > 40 ? -1 : Math.ScaleB((double)mantissa, exponent - MantissaBits);
    }

    /// <summary>The sound's chunk: where it goes on after its two numbers, its size with them, and how much to skip.</summary>
    private readonly record struct Sound(long Start, long Size, long Offset);
}
