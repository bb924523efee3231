using System.Buffers.Binary;
using System.Text;

namespace Engine.Tests.Support;

/// <summary>Writes WAV and AU files of every kind, byte by byte, for readers to be checked against.</summary>
public static class AudioBytes
{
    /// <summary>
    /// Samples as bytes: integers of <paramref name="bits"/> bits, or floats. 8-bit integers are stored as they are.
    /// </summary>
    public static byte[] Encode(IEnumerable<double> values, int bits, bool isFloat = false, bool bigEndian = false)
    {
        var bytes = new List<byte>();
        foreach (var value in values)
        {
            var item = (isFloat, bits) switch
            {
                (true, 32) => BitConverter.GetBytes((float)value),
                (true, _) => BitConverter.GetBytes(value),
                _ => BitConverter.GetBytes((long)value)[..(bits / 8)],
            };
            bytes.AddRange(bigEndian ? item.Reverse() : item);
        }

        return [.. bytes];
    }

    /// <summary>A chunk: identifier, size, content, and a zero byte where the size is odd.</summary>
    public static byte[] Chunk(string id, byte[] content, uint? claimed = null) =>
        [.. Encoding.ASCII.GetBytes(id), .. Le(claimed ?? (uint)content.Length), .. content, .. new byte[content.Length % 2]];

    /// <summary>The content of a <c>fmt </c> chunk; with <paramref name="validBits"/> in the extensible form.</summary>
    public static byte[] Format(int tag, int channels, uint rate, int bits, int? validBits = null)
    {
        var frame = channels * bits / 8;
        byte[] common = [.. Le((ushort)channels), .. Le(rate), .. Le((uint)(rate * frame)), .. Le((ushort)frame),
            .. Le((ushort)bits)];
        if (validBits is not { } valid) return [.. Le((ushort)tag), .. common];
        byte[] tail = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];
        return [.. Le((ushort)0xFFFE), .. common, .. Le((ushort)22), .. Le((ushort)valid), .. Le(3u), .. Le((ushort)tag),
            .. tail];
    }

    /// <summary>A RIFF file of these chunks.</summary>
    public static byte[] Riff(string id, params byte[][] chunks)
    {
        byte[] content = [.. "WAVE"u8, .. chunks.SelectMany(c => c)];
        return [.. Encoding.ASCII.GetBytes(id), .. Le(id == "RIFF" ? (uint)content.Length : uint.MaxValue), .. content];
    }

    /// <summary>A plain WAV file.</summary>
    public static byte[] Wav(
        byte[] data, int tag = 1, int channels = 1, uint rate = 22050, int bits = 16, uint? claimed = null) =>
        Riff("RIFF", Chunk("fmt ", Format(tag, channels, rate, bits)), Chunk("data", data, claimed));

    /// <summary>A big-endian WAV file.</summary>
    public static byte[] Rifx(byte[] data, int tag, int channels, uint rate, int bits)
    {
        var frame = channels * bits / 8;
        byte[] format = [.. Be((ushort)tag), .. Be((ushort)channels), .. Be(rate), .. Be((uint)(rate * frame)),
            .. Be((ushort)frame), .. Be((ushort)bits)];
        byte[] content = [.. "WAVEfmt "u8, .. Be((uint)format.Length), .. format, .. "data"u8, .. Be((uint)data.Length), .. data];
        return [.. "RIFX"u8, .. Be((uint)content.Length), .. content];
    }

    /// <summary>An AU file.</summary>
    public static byte[] Au(
        byte[] data, uint encoding, uint channels = 1, uint rate = 22050, uint? claimed = null, string note = "")
    {
        var start = 24 + (uint)note.Length;
        byte[] header = [.. ".snd"u8, .. Be(start), .. Be(claimed ?? (uint)data.Length), .. Be(encoding), .. Be(rate),
            .. Be(channels)];
        return [.. header, .. Encoding.ASCII.GetBytes(note), .. data];
    }

    /// <summary>A number, least significant byte first.</summary>
    public static byte[] Le(uint value) => BitConverter.GetBytes(value);

    /// <summary>A number, least significant byte first.</summary>
    public static byte[] Le(ushort value) => BitConverter.GetBytes(value);

    private static byte[] Be(ushort value) => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(value));

    private static byte[] Be(uint value) => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(value));
}
