using System.Buffers.Binary;

namespace Engine.Dsp.Tags;

/// <summary>Reads the comments and the properties of Ogg files: Vorbis, Opus, FLAC and Speex.</summary>
internal static class OggFile
{
    private const int Start = 64; // bytes of the first packet that are looked at

    /// <summary>How a codec begins and where its comments are.</summary>
    /// <param name="Format">Its name.</param>
    /// <param name="Rate">Samples per second of its granules.</param>
    /// <param name="Channels">Its channels.</param>
    /// <param name="Skipped">Samples before the first one that is heard.</param>
    /// <param name="Magic">Bytes of the second packet before the comments.</param>
    internal readonly record struct Codec(string Format, int Rate, int Channels, int Skipped, int Magic);

    /// <summary>Reads the first stream whose codec is known.</summary>
    public static AudioProperties Read(FileBytes file, TagCollector to)
    {
        var at = 0L;
        for (var page = OggPage.At(file, 0); page is { } first && (first.Flags & OggPage.First) != 0; page = OggPage.At(file, at))
        {
            if (CodecOf(file, first) is { } codec)
            {
                var packets = new OggPackets(file, first);
                if (!packets.NextPacket() || !packets.Skip(codec.Magic)) to.Note("the comments are cut short");
                else VorbisComments.Read(packets, to);
                return new(codec.Format, Duration(file, first.Serial, codec), codec.Rate, codec.Channels);
            }

            at = first.Content + first.Size;
        }

        return new("Ogg", null, null, null);
    }

    /// <summary>The codec of the stream that a page starts, or null.</summary>
    public static Codec? CodecOf(FileBytes file, OggPage first)
    {
        var bytes = new byte[Start];
        bytes = bytes[..file.Read(first.Content, bytes.AsSpan(0, Math.Min(Start, first.Size)))];
        if (bytes.AsSpan().StartsWith("\u0001vorbis"u8) && bytes.Length >= 16)
            return Checked(new("Ogg Vorbis", BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(12)), bytes[11], 0, 7));
        if (bytes.AsSpan().StartsWith("OpusHead"u8) && bytes.Length >= 12)
            return Checked(new("Opus", 48_000, bytes[9], BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(10)), 8));
        if (bytes.AsSpan().StartsWith("\u007fFLAC"u8) && bytes.Length >= 35)
        {
            // A FLAC stream's own start follows: "fLaC" and the block STREAMINFO.
            var (rate, channels, _) = FlacBlocks.StreamInfo(bytes.AsSpan(17));
            return Checked(new("Ogg FLAC", rate, channels, 0, 4));
        }

        if (bytes.AsSpan().StartsWith("Speex   "u8) && bytes.Length >= 52)
        {
            return Checked(new("Speex", BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(36)),
                BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(48)), 0, 0));
        }

        return null;
    }

    private static Codec? Checked(Codec codec) => AudioProperties.IsPlausible(codec.Rate, codec.Channels) ? codec : null;

    // The granule of the stream's last page is its number of samples.
    private static double? Duration(FileBytes file, uint serial, Codec codec)
    {
        var from = Math.Max(0, file.Length - 2 * OggPage.Largest);
        var tail = new byte[file.Length - from];
        tail = tail[..file.Read(from, tail)];
        for (var at = tail.AsSpan().LastIndexOf("OggS\0"u8); at >= 0; at = tail.AsSpan(0, at).LastIndexOf("OggS\0"u8))
        {
            if (tail.Length - at < OggPage.Fixed) continue;
            var page = new OggPage(from + at, tail[at..(at + OggPage.Fixed)]);
            if (page.Serial == serial && page.Granule > 0)
                return Math.Max(0, page.Granule - codec.Skipped) / (double)codec.Rate;
        }

        return null;
    }
}
