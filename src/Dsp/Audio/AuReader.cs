using System.Buffers.Binary;

namespace Engine.Dsp.Audio;

/// <summary>
/// Reads AU files (Sun and NeXT, <c>.au</c> and <c>.snd</c>): mu-law (1), PCM of 8, 16, 24 and 32 bits (2 to 5), float of 32
/// and 64 bits (6, 7) and A-law (27), scaled as in <see cref="WavReader"/>. A data size of 0xFFFFFFFF, or of 0 with bytes
/// following, means that the data extends to the end of the file. Files that start with <c>dns.</c> (DEC) are the
/// little-endian variant. Source: Sun Microsystems, <c>audio/au(4)</c>.
/// </summary>
public static class AuReader
{
    private const int HeaderBytes = 24;

    /// <summary>Reads an AU file, or the part from <paramref name="offset"/> on, as the mean of its channels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where to start, in seconds, rounded to the nearest frame.</param>
    /// <param name="duration">How much to read at most, in seconds; null for all.</param>
    /// <exception cref="AudioFormatException">The file is not an AU file in an encoding listed above, has no sample in the
    /// requested part,
    /// or has one that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Offset is negative or duration is not positive.</exception>
    public static AudioSignal Read(string path, double offset = 0, double? duration = null)
    {
        using var stream = File.OpenRead(path);
        return AudioFile.ReadAll(new SampleReader(stream, ReadHeader(stream, path), path, offset, duration), path);
    }

    /// <summary>Reads up to the first frame.</summary>
    /// <exception cref="AudioFormatException">The header is damaged.</exception>
    internal static AudioHeader ReadHeader(Stream stream, string name)
    {
        Span<byte> bytes = stackalloc byte[HeaderBytes];
        HeaderReader.Fill(stream, bytes, name, "the AU header");
        var bigEndian = bytes[..4].SequenceEqual(".snd"u8);
        if (!bigEndian && !bytes[..4].SequenceEqual("dns."u8))
        {
            throw new AudioFormatException(name,
                $"no .snd header; it starts with {HeaderReader.Hex(bytes[..12])}. The file is damaged or not an AU file.");
        }

        long start = UInt32(bytes[4..], bigEndian);
        long size = UInt32(bytes[8..], bigEndian);
        var encoding = UInt32(bytes[12..], bigEndian);
        long rate = UInt32(bytes[16..], bigEndian);
        long channels = UInt32(bytes[20..], bigEndian);
        if (start < HeaderBytes)
        {
            throw new AudioFormatException(name,
                $"the header says that data starts at byte {start}; it must be {HeaderBytes} or more. It is damaged.");
        }

        AudioHeader.Check(name, rate, channels);
        var (format, codec) = encoding switch
        {
            1 => (SampleFormat.MuLaw, "mu-law"),
            2 => (SampleFormat.Int8, "8-bit PCM"),
            3 => (SampleFormat.Int16, "16-bit PCM"),
            4 => (SampleFormat.Int24, "24-bit PCM"),
            5 => (SampleFormat.Int32, "32-bit PCM"),
            6 => (SampleFormat.Float32, "32-bit float"),
            7 => (SampleFormat.Float64, "64-bit float"),
            27 => (SampleFormat.ALaw, "A-law"),
            _ => (SampleFormat.Other, $"encoding {encoding}"),
        };
        var header = new AudioHeader(format, codec, bigEndian, (int)channels, (int)rate);
        if (format == SampleFormat.Other) return header;
        HeaderReader.Skip(stream, start - HeaderBytes, name);
        return header.WithData(stream, size is 0 or uint.MaxValue ? null : size);
    }

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
