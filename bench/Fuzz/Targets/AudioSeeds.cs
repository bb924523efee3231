using System.Buffers.Binary;
using System.Text;

namespace Engine.Fuzzing.Targets;

/// <summary>Small files of every kind that is read, and some that are not.</summary>
internal static class AudioSeeds
{
    private const int Rate = 22050;

    private static readonly double[] s_tone = [.. Enumerable.Range(0, 120).Select(i => 0.7 * Math.Sin(0.1 * i))];

    public static IReadOnlyList<byte[]> Wav { get; } =
    [
        Riff("RIFF", Chunk("fmt ", Format(1, 1, 16)), Chunk("data", Integers(16))),
        Riff("RIFF", Chunk("fmt ", Format(1, 2, 8)), Chunk("data", Integers(8))),
        Riff("RIFF", Chunk("JUNK", new byte[9]), Chunk("fmt ", Format(1, 3, 24)), Chunk("fact", new byte[4]),
            Chunk("data", Integers(24)), Chunk("LIST", new byte[14])),
        Riff("RIFF", Chunk("fmt ", Extensible(1, 2, 32, 24)), Chunk("data", Integers(32))),
        Riff("RIFF", Chunk("fmt ", Format(3, 1, 32)), Chunk("data", Floats(32), uint.MaxValue)),
        Riff("RIFF", Chunk("fmt ", Format(3, 2, 64)), Chunk("data", Floats(64))),
        Riff("RIFF", Chunk("fmt ", Format(6, 1, 8)), Chunk("data", Integers(8))),
        Riff("RIFF", Chunk("fmt ", Format(7, 1, 8)), Chunk("data", Integers(8), 0)),
        Riff("RF64", Chunk("ds64", [.. new byte[8], .. Le(240, 8), .. new byte[12]]), Chunk("fmt ", Format(1, 1, 16)),
            Chunk("data", Integers(16), uint.MaxValue)),
    ];

    public static IReadOnlyList<byte[]> Au { get; } =
    [
        Snd(1, 1, Integers(8)), Snd(2, 2, Integers(8)), Snd(3, 1, Integers(16)), Snd(4, 1, Integers(24)), Snd(5, 2, Integers(32)),
        Snd(6, 1, Big(Floats(32), 4)), Snd(7, 1, Big(Floats(64), 8)), Snd(27, 1, Integers(8)),
            Snd(3, 1, Integers(16), uint.MaxValue),
    ];

    public static IReadOnlyList<byte[]> Aiff { get; } =
    [
        Form("AIFF", Common(1, 16, 120), Sound(Big(Integers(16), 2))),
        Form("AIFF", BigChunk("NAME", new byte[5]), Common(2, 24, 60), Sound(Big(Integers(24), 3), offset: 3),
            BigChunk("ANNO", new byte[4])),
        Form("AIFF", Sound(Integers(8)), Common(1, 8, 120)),
        Form("AIFF", Common(1, 16, 0), Sound(Big(Integers(16), 2), claimed: 0)),
        Form("AIFC", Common(1, 16, 120, "sowt"), Sound(Integers(16))),
        Form("AIFC", Common(2, 32, 60, "fl32"), Sound(Big(Floats(32), 4))),
        Form("AIFC", Common(1, 64, 120, "fl64"), Sound(Big(Floats(64), 8))),
        Form("AIFC", Common(1, 16, 120, "ulaw"), Sound(Integers(8))),
    ];

    public static IReadOnlyList<byte[]> Caf { get; } =
    [
        Core(Description("lpcm", 0, 1, 16), CoreChunk("data", [0, 0, 0, 1, .. Big(Integers(16), 2)])),
        Core(Description("lpcm", 2, 2, 24), CoreChunk("chan", new byte[12]),
            CoreChunk("data", [0, 0, 0, 1, .. Integers(24)], -1)),
        Core(Description("lpcm", 3, 1, 32), CoreChunk("data", [0, 0, 0, 1, .. Floats(32)]), CoreChunk("info", new byte[9])),
        Core(Description("lpcm", 1, 2, 64), CoreChunk("data", [0, 0, 0, 1, .. Big(Floats(64), 8)])),
        Core(Description("alaw", 0, 1, 8), CoreChunk("data", [0, 0, 0, 1, .. Integers(8)])),
    ];

    public static IReadOnlyList<byte[]> Flac { get; } =
    [
        .. Enum.GetValues<FlacKind>().Select(kind => new FlacEncoder { Kind = kind, Blocks = [48] }.File(Whole(16))),
        .. Enum.GetValues<FlacStereo>().Select(stereo =>
            new FlacEncoder { Stereo = stereo, Blocks = [32], Depth = 24, Kind = FlacKind.Linear, Order = 5 }
                .File(Whole(24), Whole(20))),
        new FlacEncoder { Stereo = FlacStereo.MidSide, Depth = 32, Blocks = [64], WideParameters = true }
            .File(Whole(32), Whole(31)),
        new FlacEncoder { Blocks = [16, 40, 17], PartitionOrder = 3, Escapes = true, OpenLength = true }.File(Whole(16)),
        new FlacEncoder { Depth = 7, NoMd5 = true, Metadata = [(4, new byte[9]), (1, new byte[20])] }
            .File(Whole(7), Whole(5), Whole(6)),
        [.. "ID3"u8, 4, 0, 0, 0, 0, 0, 6, .. new byte[6], .. new FlacEncoder { Blocks = [64], Rate = 48000 }.File(Whole(16))],
    ];

    private static long[] Whole(int bits) => [.. s_tone.Select(x => (long)(x * ((1L << (bits - 1)) - 1)))];

    private static byte[] Le(long value, int bytes) => BitConverter.GetBytes(value)[..bytes];

    private static byte[] Integers(int bits) => [.. s_tone.SelectMany(x => Le((long)(x * ((1L << (bits - 1)) - 1)), bits / 8))];

    private static byte[] Floats(int bits) => [.. s_tone.SelectMany(x => bits == 32 ? BitConverter.GetBytes((float)x)
        : BitConverter.GetBytes(x))];

    private static byte[] Big(byte[] values, int size) => [.. values.Chunk(size).SelectMany(v => v.Reverse())];

    private static byte[] Chunk(string id, byte[] content, uint? claimed = null) =>
        [.. Encoding.ASCII.GetBytes(id), .. Le(claimed ?? (uint)content.Length, 4), .. content, .. new byte[content.Length % 2]];

    private static byte[] Format(int tag, int channels, int bits)
    {
        var frame = channels * bits / 8;
        return [.. Le(tag, 2), .. Le(channels, 2), .. Le(Rate, 4), .. Le(Rate * frame, 4), .. Le(frame, 2), .. Le(bits, 2)];
    }

    private static byte[] Extensible(int tag, int channels, int bits, int valid) =>
    [
        .. Format(0xFFFE, channels, bits), .. Le(22, 2), .. Le(valid, 2), .. Le(3, 4), .. Le(tag, 2),
        0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71,
    ];

    private static byte[] Riff(string id, params byte[][] chunks)
    {
        byte[] content = [.. "WAVE"u8, .. chunks.SelectMany(c => c)];
        return [.. Encoding.ASCII.GetBytes(id), .. Le(id == "RIFF" ? content.Length : uint.MaxValue, 4), .. content];
    }

    private static byte[] Snd(uint encoding, uint channels, byte[] data, uint? claimed = null)
    {
        var bytes = new byte[24 + 8 + data.Length];
        ".snd"u8.CopyTo(bytes);
        uint[] fields = [32, claimed ?? (uint)data.Length, encoding, Rate, channels];
        for (var i = 0; i < fields.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 + 4 * i), fields[i]);
        data.CopyTo(bytes, 32);
        return bytes;
    }

    private static byte[] Be(long value, int bytes) => [.. Le(value, bytes).Reverse()];

    private static byte[] BigChunk(string id, byte[] content, uint? claimed = null) =>
        [.. Encoding.ASCII.GetBytes(id), .. Be(claimed ?? (uint)content.Length, 4), .. content, .. new byte[content.Length % 2]];

    private static byte[] Common(int channels, int bits, int frames, string compression = "") => BigChunk("COMM",
        [.. Be(channels, 2), .. Be(frames, 4), .. Be(bits, 2), .. Be(16383 + 14, 2), .. Be((long)Rate << 49, 8),
            .. Encoding.ASCII.GetBytes(compression), .. new byte[compression.Length / 2]]);

    private static byte[] Sound(byte[] data, int offset = 0, uint? claimed = null) =>
        BigChunk("SSND", [.. Be(offset, 4), .. new byte[4 + offset], .. data], claimed);

    private static byte[] Form(string type, params byte[][] chunks) =>
        [.. "FORM"u8, .. Be(4 + chunks.Sum(c => c.Length), 4), .. Encoding.ASCII.GetBytes(type), .. chunks.SelectMany(c => c)];

    private static byte[] CoreChunk(string id, byte[] content, long? claimed = null) =>
        [.. Encoding.ASCII.GetBytes(id), .. Be(claimed ?? content.Length, 8), .. content];

    private static byte[] Description(string format, int flags, int channels, int bits) => CoreChunk("desc",
        [.. Be(BitConverter.DoubleToInt64Bits(Rate), 8), .. Encoding.ASCII.GetBytes(format), .. Be(flags, 4),
            .. Be(channels * bits / 8, 4), .. Be(1, 4), .. Be(channels, 4), .. Be(bits, 4)]);

    private static byte[] Core(params byte[][] chunks) => [.. "caff"u8, 0, 1, 0, 0, .. chunks.SelectMany(c => c)];
}
