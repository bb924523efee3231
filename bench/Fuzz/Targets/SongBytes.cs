using System.Buffers.Binary;
using System.Text;
using Engine.Dsp.Audio;
using Engine.Dsp.Tags;

namespace Engine.Fuzzing.Targets;

/// <summary>Makes music files with tags, byte by byte, in every format whose tags are read.</summary>
internal static class SongBytes
{
    /// <summary>Samples per second of everything made here.</summary>
    public const int Rate = 44100;

    /// <summary>A text frame of ID3v2: encodings are 0 Latin-1, 1 UTF-16, 2 UTF-16BE, 3 UTF-8.</summary>
    public static byte[] TextFrame(int version, string id, string text, int encoding = 0) =>
        Frame(version, id, [(byte)encoding, .. Encode(text, encoding)]);

    /// <summary>A frame of ID3v2.</summary>
    public static byte[] Frame(int version, string id, byte[] content, byte flags = 0) => version == 2
        ? [.. Encoding.ASCII.GetBytes(id), .. Big(content.Length, 3), .. content]
        : [.. Encoding.ASCII.GetBytes(id), .. version == 3 ? Big(content.Length, 4) : Safe(content.Length), 0, flags, .. content];

    /// <summary>An ID3v2 tag; <paramref name="body"/> as it is stored.</summary>
    public static byte[] Id3(int version, byte[] body, byte flags = 0, int padding = 0)
    {
        byte[] rest = [(byte)version, 0, flags, .. Safe(body.Length + padding)];
        return [.. "ID3"u8, .. rest, .. body, .. new byte[padding], .. (flags & 0x10) != 0 ? [.. "3DI"u8, .. rest] : (byte[])[]];
    }

    /// <summary>An ID3v1.1 tag.</summary>
    public static byte[] Id3v1(string title, string artist, string album, string year, byte track, byte genre) =>
    [
        .. "TAG"u8, .. Field(title, 30), .. Field(artist, 30), .. Field(album, 30), .. Field(year, 4), .. Field("", 28), 0, track,
        genre,
    ];

    /// <summary>Frames of MPEG-1 layer III, 128 kbit/s in stereo.</summary>
    public static byte[] Mpeg(int frames) =>
        [.. Enumerable.Range(0, frames).SelectMany(i => (byte[])[0xFF, 0xFB, 0x90, 0, .. new byte[412], (byte)(i + 1)])];

    /// <summary>The same after a frame in which LAME declares frames, delay and padding.</summary>
    public static byte[] MpegWithXing(int frames, int delay, int padding)
    {
        byte[] first = [0xFF, 0xFB, 0x90, 0, .. new byte[413]];
        byte[] lame =
        [
            .. "Xing"u8, .. Big(1, 4), .. Big(frames, 4), .. "LAME3.100"u8, .. new byte[12], (byte)(delay >> 4),
            (byte)(delay << 4 | padding >> 8), (byte)padding,
        ];
        lame.CopyTo(first, 36);
        return [.. first, .. Mpeg(frames)];
    }

    /// <summary>Vorbis comments.</summary>
    public static byte[] Comments(params string[] comments) =>
    [
        .. Little(6, 4), .. "tester"u8, .. Little(comments.Length, 4),
        .. comments.Select(Encoding.UTF8.GetBytes).SelectMany(c => (byte[])[.. Little(c.Length, 4), .. c]),
    ];

    /// <summary>A FLAC file: STREAMINFO of one second in stereo, then other blocks and frames that are only bytes.</summary>
    public static byte[] Flac(params (int Type, byte[] Content)[] blocks)
    {
        (int Type, byte[] Content)[] all = [(0, StreamInfo()), .. blocks];
        return
        [
            .. "fLaC"u8,
            .. all.SelectMany((b, i) => (byte[])
                [(byte)(b.Type | (i == all.Length - 1 ? 0x80 : 0)), .. Big(b.Content.Length, 3), .. b.Content]),
            .. Enumerable.Range(0, 500).Select(i => (byte)(i * 7)),
        ];
    }

    /// <summary>An Ogg file; packets of each inner list lie on pages of their own.</summary>
    public static byte[] Ogg(long granule, params byte[][][] groups)
    {
        var pages = new List<byte>();
        var sequence = 0;
        for (var g = 0; g < groups.Length; g++)
        {
            byte[] segments = [.. groups[g].SelectMany(p => Enumerable.Repeat((byte)255, p.Length / 255)
                .Append((byte)(p.Length % 255)))];
            byte[] content = [.. groups[g].SelectMany(p => p)];
            for (var (at, from) = (0, 0); at < segments.Length;)
            {
                var own = segments[at..Math.Min(at + 255, segments.Length)];
                var size = own.Sum(s => s);
                var isLast = g == groups.Length - 1 && at + own.Length == segments.Length;
                var flags = (at > 0 && segments[at - 1] == 255 ? 1 : 0) | (sequence == 0 ? 2 : 0) | (isLast ? 4 : 0);
                byte[] page =
                [
                    .. "OggS\0"u8, (byte)flags, .. Little(isLast ? granule : own.Any(s => s < 255) ? 0 : -1, 8), .. Little(99, 4),
                    .. Little(sequence++, 4), 0, 0, 0, 0, (byte)own.Length, .. own, .. content[from..(from + size)],
                ];
                OggChecksum.Put(page);
                pages.AddRange(page);
                at += own.Length;
                from += size;
            }
        }

        return [.. pages];
    }

    /// <summary>Ogg Vorbis of two seconds: comments and codebooks share pages.</summary>
    public static byte[] Vorbis(byte[] comments, int longest = 300) => Ogg(2 * Rate,
        [[.. "\u0001vorbis"u8, .. Little(0, 4), 2, .. Little(Rate, 4), .. new byte[13]]],
        [[.. "\u0003vorbis"u8, .. comments, 1], [.. "\u0005vorbis"u8, .. Filled(3000)]],
        [Filled(40), Filled(600)], [Filled(longest)], [Filled(10)]);

    /// <summary>Opus of one second.</summary>
    public static byte[] Opus(byte[] comments) => Ogg(48_000 + 312,
        [[.. "OpusHead"u8, 1, 2, .. Little(312, 2), .. Little(Rate, 4), 0, 0, 0]], [[.. "OpusTags"u8, .. comments]],
        [Filled(300)], [Filled(20)]);

    /// <summary>FLAC in Ogg.</summary>
    public static byte[] OggFlac(byte[] comments) => Ogg(Rate,
        [[.. "\u007fFLAC"u8, 1, 0, 0, 1, .. "fLaC"u8, 0, .. Big(34, 3), .. StreamInfo()]],
        [[0x84, .. Big(comments.Length, 3), .. comments]], [Filled(300)]);

    /// <summary>An APEv2 tag with a footer alone.</summary>
    public static byte[] Ape(params (string Key, string Value)[] items)
    {
        byte[] list = [.. items.SelectMany(i => (byte[])
            [.. Little(Encoding.UTF8.GetByteCount(i.Value), 4), 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(i.Key), 0,
                .. Encoding.UTF8.GetBytes(i.Value)])];
        return [.. list, .. "APETAGEX"u8, .. Little(2000, 4), .. Little(list.Length + 32, 4), .. Little(items.Length, 4),
            .. new byte[12]];
    }

    /// <summary>A RIFF or AIFF chunk.</summary>
    public static byte[] Chunk(string id, byte[] content, bool big = false) =>
    [
        .. Encoding.ASCII.GetBytes(id), .. big ? Big(content.Length, 4) : Little(content.Length, 4), .. content,
        .. new byte[content.Length & 1],
    ];

    /// <summary>A WAV file of 16 bits in stereo with a hundredth of a second and other chunks.</summary>
    public static byte[] Wav(params byte[][] chunks)
    {
        byte[] format = [1, 0, 2, 0, .. Little(Rate, 4), .. Little(4 * Rate, 4), 4, 0, 16, 0];
        byte[] all =
        [
            .. "WAVE"u8, .. Chunk("fmt ", format), .. Chunk("data", Filled(4 * Rate / 100)), .. chunks.SelectMany(c => c),
        ];
        return [.. "RIFF"u8, .. Little(all.Length, 4), .. all];
    }

    /// <summary>An AIFF file of 16 bits in stereo with a hundredth of a second and other chunks.</summary>
    public static byte[] Aiff(params byte[][] chunks)
    {
        byte[] common = [0, 2, .. Big(Rate / 100, 4), 0, 16, 0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0];
        byte[] all =
        [
            .. "AIFF"u8, .. Chunk("COMM", common, big: true), .. Chunk("SSND", Filled(4 * Rate / 100 + 8), big: true),
            .. chunks.SelectMany(c => c),
        ];
        return [.. "FORM"u8, .. Big(all.Length, 4), .. all];
    }

    /// <summary>A list INFO.</summary>
    public static byte[] Info(params (string Id, string Text)[] entries) => Chunk("LIST",
        [.. "INFO"u8, .. entries.SelectMany(e => Chunk(e.Id, [.. Encoding.UTF8.GetBytes(e.Text), 0]))]);

    /// <summary>An MP4 file of two seconds in stereo with items of an <c>ilst</c>.</summary>
    public static byte[] Mp4(params byte[][] items)
    {
        byte[] entry = [.. new byte[16], 0, 2, 0, 16, 0, 0, 0, 0, .. Big(Rate, 2), 0, 0];
        byte[] track = Atom("trak", Atom("mdia",
        [
            .. Atom("mdhd", [.. new byte[12], .. Big(Rate, 4), .. Big(2 * Rate, 4), .. new byte[4]]),
            .. Atom("hdlr", [.. new byte[8], .. "soun"u8, .. new byte[12]]),
            .. Atom("minf", Atom("stbl", Atom("stsd", [.. new byte[4], .. Big(1, 4), .. Atom("mp4a", entry)]))),
        ]));
        byte[] list = Atom("ilst", [.. items.SelectMany(i => i)]);
        byte[] meta = Atom("meta", [.. new byte[4], .. Atom("hdlr", new byte[24]), .. list]);
        return
        [
            .. Atom("ftyp", [.. "M4A "u8, .. new byte[4]]), .. Atom("moov", [.. track, .. Atom("udta", meta)]),
            .. Atom("mdat", Filled(100)),
        ];
    }

    /// <summary>An item of an <c>ilst</c>: type 1 is UTF-8, 0 is binary.</summary>
    public static byte[] Item(string type, byte[] value, int kind = 1) =>
        Atom(type, Atom("data", [.. Big(kind, 4), .. new byte[4], .. value]));

    /// <summary>The same with text.</summary>
    public static byte[] Item(string type, string value) => Item(type, Encoding.UTF8.GetBytes(value));

    /// <summary>Bytes that repeat nowhere soon.</summary>
    public static byte[] Filled(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 31 + (i >> 8) * 17 + 5))];

    /// <summary>A number of four times seven bits.</summary>
    public static byte[] Safe(int value)
    {
        var bytes = new byte[4];
        Id3Header.PutSynchsafe(bytes, value);
        return bytes;
    }

    /// <summary>A big-endian number.</summary>
    public static byte[] Big(long value, int bytes)
    {
        var all = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(all, value);
        return all[^bytes..];
    }

    private static byte[] Little(long value, int bytes) => BitConverter.GetBytes(value)[..bytes];

    private static byte[] Atom(string type, byte[] content) =>
        [.. Big(content.Length + 8, 4), .. Encoding.Latin1.GetBytes(type), .. content];

    private static byte[] StreamInfo() =>
    [
        // The rate in 20 bits, channels less one in 3, bits less one in 5, samples in 36.
        0x10, 0, 0x10, 0, .. new byte[6], .. Big((long)Rate << 44 | 1L << 41 | 15L << 36 | Rate, 8), .. new byte[16],
    ];

    private static byte[] Field(string text, int bytes)
    {
        var field = new byte[bytes];
        Encoding.Latin1.GetBytes(text).CopyTo(field, 0);
        return field;
    }

    private static byte[] Encode(string text, int encoding) => encoding switch
    {
        0 => Encoding.Latin1.GetBytes(text),
        1 => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)],
        2 => Encoding.BigEndianUnicode.GetBytes(text),
        _ => Encoding.UTF8.GetBytes(text),
    };
}
