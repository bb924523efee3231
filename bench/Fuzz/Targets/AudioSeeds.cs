using System.Buffers.Binary;
using System.Text;

namespace Engine.Fuzzing.Targets;

/// <summary>Small WAV and AU files of every kind that is read, and some that are not.</summary>
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
}
