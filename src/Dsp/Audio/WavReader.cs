using System.Buffers.Binary;
using System.Text;

namespace Engine.Dsp.Audio;

/// <summary>
/// Reads RIFF/WAVE files (their 64-bit forms RF64 and BW64, and the big-endian RIFX): PCM of 8, 16, 24 and 32 bits, float of 32
/// and 64 bits, mu-law and A-law, plain or as <c>WAVE_FORMAT_EXTENSIBLE</c>. Integers are scaled by their container size (int16 /
/// 32768), as in libsndfile; unused low bits of a container are zero by the standard and need no extra scaling. Chunks other than
/// <c>fmt </c>, <c>ds64</c> and <c>data</c> are skipped. Source: Microsoft, "Multimedia Programming Interface and Data
/// Specifications 1.0"; EBU Tech 3306 (RF64).
/// </summary>
/// <remarks>
/// Programs that do not know the length yet write a data size of 0 (followed by bytes that are not a chunk), 0xFFFFFFFF, or
/// about 2 GiB or more, beyond the end of the file: the data then extends to the end of the file.
/// Any other size beyond the end means a truncated file, whose complete frames are read; see <see cref="AudioSignal.Damage"/>.
/// A partial frame at the end is not damage.
/// </remarks>
public static class WavReader
{
    /// <summary>The sizes that <c>sox</c> and <c>arecord</c> write for an open length, less their headers.</summary>
    private const uint OpenSize = 0x7FFFF000;

    private const int PcmTag = 1, FloatTag = 3, ALawTag = 6, MuLawTag = 7, ExtensibleTag = 0xFFFE;

    /// <summary>The part of a <c>KSDATAFORMAT_SUBTYPE</c> identifier that follows its format tag.</summary>
    private static ReadOnlySpan<byte> SubtypeTail =>
        [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];

    /// <summary>Reads a WAV file, or the part from <paramref name="offset"/> on, as the mean of its channels.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where to start, in seconds, rounded to the nearest frame.</param>
    /// <param name="duration">How much to read at most, in seconds; null for all.</param>
    /// <exception cref="AudioFormatException">The file is not a WAV file in a format listed above, has no sample in the requested
    /// part,
    /// or has one that is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Offset is negative or duration is not positive.</exception>
    public static AudioSignal Read(string path, double offset = 0, double? duration = null)
    {
        using var stream = File.OpenRead(path);
        return AudioFile.ReadAll(new SampleReader(stream, ReadHeader(stream, path), path, offset, duration), path);
    }

    /// <summary>Reads up to the first frame of the <c>data</c> chunk.</summary>
    /// <exception cref="AudioFormatException">The header is damaged.</exception>
    internal static AudioHeader ReadHeader(Stream stream, string name)
    {
        Span<byte> bytes = stackalloc byte[40];
        HeaderReader.Fill(stream, bytes[..12], name, "the RIFF header");
        var wide = bytes[..4].SequenceEqual("RF64"u8) || bytes[..4].SequenceEqual("BW64"u8);
        var bigEndian = bytes[..4].SequenceEqual("RIFX"u8);
        if ((!wide && !bigEndian && !bytes[..4].SequenceEqual("RIFF"u8)) || !bytes[8..12].SequenceEqual("WAVE"u8))
        {
            throw new AudioFormatException(name,
                $"no RIFF/WAVE header; it starts with {HeaderReader.Hex(bytes[..12])}. The file is damaged or not a WAV file.");
        }

        AudioHeader? format = null;
        long? wideSize = null;
        while (true)
        {
            if (stream.ReadAtLeast(bytes[..8], 8, throwOnEndOfStream: false) < 8)
            {
                throw new AudioFormatException(name,
                    $"the file ends without a {(format is null ? "'fmt '" : "'data'")} chunk. It is cut short or damaged.");
            }

            long size = UInt32(bytes[4..], bigEndian);
            if (bytes[..4].SequenceEqual("data"u8))
            {
                if (format is not { } header)
                {
                    throw new AudioFormatException(name, "no 'fmt ' chunk comes before 'data'. The file is damaged.");
                }
                if (header.Format == SampleFormat.Other) return header;
                return header.WithData(stream, wide && size == uint.MaxValue ? wideSize : Claimed(stream, size, bigEndian));
            }

            var read = 0;
            if (bytes[..4].SequenceEqual("fmt "u8))
            {
                if (size < 16)
                {
                    throw new AudioFormatException(name, $"the 'fmt ' chunk has {size} bytes; it needs 16. The file is damaged.");
                }
                read = (int)Math.Min(size, 40);
                HeaderReader.Fill(stream, bytes[..read], name, "the 'fmt ' chunk");
                format = ReadFormat(bytes[..read], bigEndian, name);
            }
            else if (wide && size >= 16 && bytes[..4].SequenceEqual("ds64"u8))
            {
                read = 16;
                HeaderReader.Fill(stream, bytes[..read], name, "the 'ds64' chunk");
                wideSize = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) is var n and >= 0 ? n : null;
            }

            SkipChunk(stream, size, read, name);
        }
    }

    private static AudioHeader ReadFormat(ReadOnlySpan<byte> bytes, bool bigEndian, string name)
    {
        int tag = UInt16(bytes, bigEndian);
        int channels = UInt16(bytes[2..], bigEndian);
        long rate = UInt32(bytes[4..], bigEndian);
        int frameBytes = UInt16(bytes[12..], bigEndian);
        int bits = UInt16(bytes[14..], bigEndian);
        AudioHeader.Check(name, rate, channels);
        if (tag == ExtensibleTag && bytes.Length >= 40 && bytes[26..40].SequenceEqual(SubtypeTail))
        {
            tag = UInt16(bytes[24..], bigEndian);
        }

        var format = (tag, bits) switch
        {
            (PcmTag, >= 1 and <= 32) => (frameBytes / channels) switch
            {
                1 => SampleFormat.UInt8,
                2 => SampleFormat.Int16,
                3 => SampleFormat.Int24,
                4 => SampleFormat.Int32,
                _ => SampleFormat.Other,
            },
            (FloatTag, 32) => SampleFormat.Float32,
            (FloatTag, 64) => SampleFormat.Float64,
            (ALawTag, 8) => SampleFormat.ALaw,
            (MuLawTag, 8) => SampleFormat.MuLaw,
            _ => SampleFormat.Other,
        };
        var header = new AudioHeader(format, $"{Codec(tag)} of {bits} bits", bigEndian, channels, (int)rate);
        var known = tag is PcmTag or FloatTag or ALawTag or MuLawTag;
        if (known && (format == SampleFormat.Other || header.FrameBytes != frameBytes || bits > 8 * header.SampleBytes))
        {
            throw new AudioFormatException(name,
                $"the header says {header.Codec}, {channels} channels and {frameBytes} bytes per frame, a contradiction. "
                + "It is damaged.");
        }

        return header;
    }

    private static string Codec(int tag) => tag switch
    {
        PcmTag => "PCM",
        FloatTag => "float",
        ALawTag => "A-law",
        MuLawTag => "mu-law",
        0x0002 => "Microsoft ADPCM (format 0x0002)",
        0x0011 => "IMA ADPCM (format 0x0011)",
        0x0055 => "MP3 (format 0x0055)",
        _ => $"format 0x{tag:X4}",
    };

    /// <summary>The size of the data chunk, or null if the writer left it open.</summary>
    private static long? Claimed(Stream stream, long size, bool bigEndian)
    {
        if (size == uint.MaxValue || (size == 0 && !ChunksFollow(stream, bigEndian))) return null;
        return size >= OpenSize && (!stream.CanSeek || size > stream.Length - stream.Position) ? null : size;
    }

    /// <summary>Whether the rest of the file is a chain of chunks, so that an empty data chunk really is empty.</summary>
    private static bool ChunksFollow(Stream stream, bool bigEndian)
    {
        if (!stream.CanSeek) return false;
        Span<byte> bytes = stackalloc byte[8];
        var start = stream.Position;
        var position = start;
        while (stream.ReadAtLeast(bytes, 8, throwOnEndOfStream: false) == 8 && Ascii.IsValid(bytes[..4]) && bytes[0] >= ' ')
        {
            long size = UInt32(bytes[4..], bigEndian);
            position += 8 + size + (size & 1);
            if (position > stream.Length) break;
            stream.Position = position;
        }

        stream.Position = start;
        return position > start && position == stream.Length;
    }

    /// <summary>Skips the rest of a chunk and its padding to an even size, which some writers forget.</summary>
    private static void SkipChunk(Stream stream, long size, int read, string name)
    {
        HeaderReader.Skip(stream, size - read, name);
        if ((size & 1) == 0) return;
        var next = stream.ReadByte();
        if (next <= 0) return;

        // Padding is 0 and an identifier never starts with 0, so this is an identifier.
        if (stream is ContentStream content) content.TryStepBack();
        else if (stream.CanSeek) stream.Position--;
    }

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
