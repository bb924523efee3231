using Engine.Dsp.Audio;
using Engine.Fuzzing.Mutation;

namespace Engine.Fuzzing.Targets;

/// <summary>MPEG audio: seeds are headers of every kind before random side information and codes, which decode to
/// noise.</summary>
internal static class MpegSeeds
{
    private static readonly (byte Second, byte Third, byte Fourth, int Bytes)[] s_headers =
    [
        (0xFB, 0x14, 0x44, 96), (0xFB, 0x14, 0x74, 96), (0xFA, 0x18, 0xC4, 144), (0xF3, 0x24, 0x64, 48), (0xE3, 0x28, 0xC4, 144),
        (0xFD, 0x14, 0x44, 96), (0xF5, 0x24, 0x04, 96), (0xFF, 0x14, 0x54, 32), (0xFB, 0x04, 0x44, 120),
    ];

    public static IReadOnlyList<byte[]> All { get; } =
        [.. s_headers.Select((h, i) => Stream(h.Second, h.Third, h.Fourth, h.Bytes, i)), Tagged()];

    private static byte[] Stream(byte second, byte third, byte fourth, int bytes, int seed)
    {
        var random = new Random(seed);
        var stream = new byte[5 * bytes];
        random.NextBytes(stream);
        for (var at = 0; at < stream.Length; at += bytes)
        {
            stream.AsSpan(at + 4, Math.Min(36, bytes - 4)).Clear(); // silence is valid, whatever the layer
            ((ReadOnlySpan<byte>)[0xFF, second, third, fourth]).CopyTo(stream.AsSpan(at));
            if (at == 2 * bytes) random.NextBytes(stream.AsSpan(at + 4, bytes - 4));
            for (var i = at + 4; i < at + bytes; i++) stream[i] &= 0x7F; // no start of a frame by chance
        }

        return stream;
    }

    private static byte[] Tagged()
    {
        var stream = Stream(0xFB, 0x54, 0x44, 192, 9);
        var tag = stream.AsSpan(36);
        tag[..150].Clear();
        "Info"u8.CopyTo(tag);
        tag[7] = 1;
        tag[11] = 4;
        "LAME3.100"u8.CopyTo(tag[12..]);
        tag[12 + 21] = 0x24;
        return [.. "ID3"u8, 3, 0, 0, 0, 0, 0, 5, .. new byte[5], .. stream, .. "TAG"u8, .. new byte[125]];
    }
}

/// <summary>Compressed audio: a few bytes may stand for a whole frame of samples.</summary>
internal sealed class CompressedTarget(string name, string folder, string file, IReadOnlyList<byte[]> seeds, IMutation mutation,
    double allocationPerByte, long allocationBase) : AudioTarget(name, folder, file, seeds)
{
    public override IMutation Mutation => mutation;

    public override double AllocationPerByte => allocationPerByte;

    public override long AllocationBase => allocationBase;

    public static IMutation Bytes { get; } = new ByteMutation("ID3\u0003", "TAG", "APETAGEX", "Info", "Xing", "VBRI", "LAME");

    /// <summary>Changes the content of an Ogg page and puts its checksum right.</summary>
    public static IMutation Pages { get; } = new Enveloped(OpenPage,
        new ByteMutation("\u0001vorbis", "\u0003vorbis", "\u0005vorbis", "BCV"), new ByteMutation("OggS"));

    /// <summary>An Ogg Vorbis file of a few kilobytes, most of them codebooks.</summary>
    public static byte[] Vorbis()
    {
        using var stream = typeof(CompressedTarget).Assembly.GetManifestResourceStream("mono.ogg")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static (byte[], Func<byte[], byte[]>)? OpenPage(byte[] file, Random random)
    {
        var starts = new List<int>();
        for (var at = 0; at + 27 < file.Length; at += Size(file, at))
        {
            var isWhole = at + 27 + file[at + 26] <= file.Length && at + Size(file, at) <= file.Length;
            if (!isWhole || !file.AsSpan(at).StartsWith("OggS"u8)) return null;
            starts.Add(at);
        }

        if (starts.Count == 0) return null;
        var start = starts[random.Next(starts.Count)];
        var end = start + Size(file, start);
        var header = 27 + file[start + 26];
        return (file[(start + header)..end], content =>
        {
            // It keeps its length, which the header says in another way.
            var page = file[start..end];
            content.AsSpan(0, Math.Min(content.Length, page.Length - header)).CopyTo(page.AsSpan(header));
            OggChecksum.Put(page);
            return [.. file[..start], .. page, .. file[end..]];
        }
        );
    }

    private static int Size(byte[] file, int at)
    {
        var segments = Math.Min(file[at + 26], file.Length - at - 27);
        var size = 27 + segments;
        foreach (var segment in file.AsSpan(at + 27, segments)) size += segment;
        return size;
    }
}
