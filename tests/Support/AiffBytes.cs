using System.Buffers.Binary;
using System.Text;

namespace Engine.Tests.Support;

/// <summary>Writes AIFF and CAF files of every kind, byte by byte, for readers to be checked against.</summary>
internal static class AiffBytes
{
    /// <summary>A chunk: identifier, size, content, and a zero byte where the size is odd.</summary>
    public static byte[] Chunk(string id, byte[] content, uint? claimed = null) =>
        [.. Encoding.ASCII.GetBytes(id), .. Be(claimed ?? (uint)content.Length), .. content, .. new byte[content.Length % 2]];

    /// <summary>The description; with a compression it is that of AIFF-C.</summary>
    public static byte[] Common(int channels, uint frames, int bits, double rate, string? compression = null) => Chunk("COMM",
    [
        .. Be((ushort)channels), .. Be(frames), .. Be((ushort)bits), .. Extended(rate),
        .. compression is null ? [] : (byte[])[.. Encoding.ASCII.GetBytes(compression), 3, .. "abc"u8],
    ]);

    /// <summary>The sound, after <paramref name="offset"/> bytes of filling.</summary>
    public static byte[] Sound(byte[] data, int offset = 0, uint? claimed = null) =>
        Chunk("SSND", [.. Be((uint)offset), .. Be(0u), .. Enumerable.Repeat((byte)0x55, offset), .. data], claimed);

    /// <summary>A file of these chunks.</summary>
    public static byte[] Form(string type, params byte[][] chunks)
    {
        byte[] content = [.. Encoding.ASCII.GetBytes(type), .. chunks.SelectMany(c => c)];
        return [.. "FORM"u8, .. Be((uint)content.Length), .. content];
    }

    /// <summary>A plain AIFF file.</summary>
    public static byte[] Aiff(byte[] data, int channels = 1, int bits = 16, double rate = 22050, uint? frames = null) =>
        Form("AIFF", Common(channels, frames ?? (uint)(data.Length / channels / ((bits + 7) / 8)), bits, rate), Sound(data));

    /// <summary>An AIFF-C file.</summary>
    public static byte[] Aifc(byte[] data, string compression, int bits, int frameBytes, int channels = 1, double rate = 22050) =>
        Form("AIFC", Chunk("FVER", Be(0xA2805140u)), Common(channels, (uint)(data.Length / frameBytes), bits, rate, compression),
            Sound(data));

    /// <summary>A chunk of a CAF file.</summary>
    public static byte[] CafChunk(string id, byte[] content, long? claimed = null) =>
        [.. Encoding.ASCII.GetBytes(id), .. Be((ulong)(claimed ?? content.Length)), .. content];

    /// <summary>The description of a CAF file.</summary>
    public static byte[] Description(
        string format, uint flags, int bits, int channels = 1, double rate = 22050, uint packetFrames = 1,
        int? packetBytes = null) =>
        CafChunk("desc",
        [
            .. Be((ulong)BitConverter.DoubleToInt64Bits(rate)), .. Encoding.ASCII.GetBytes(format), .. Be(flags),
            .. Be((uint)(packetBytes ?? channels * bits / 8)), .. Be(packetFrames), .. Be((uint)channels), .. Be((uint)bits),
        ]);

    /// <summary>A CAF file of these chunks.</summary>
    public static byte[] Caf(params byte[][] chunks) => [.. "caff"u8, 0, 1, 0, 0, .. chunks.SelectMany(c => c)];

    /// <summary>The sound of a CAF file, after its edit count.</summary>
    public static byte[] CafData(byte[] data, long? claimed = null) => CafChunk("data", [0, 0, 0, 7, .. data], claimed);

    /// <summary>A number, most significant byte first.</summary>
    public static byte[] Be(uint value) => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(value));

    private static byte[] Be(ulong value) => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(value));

    private static byte[] Be(ushort value) => BitConverter.GetBytes(BinaryPrimitives.ReverseEndianness(value));

    /// <summary>A positive number as an 80-bit float.</summary>
    private static byte[] Extended(double value)
    {
        if (value == 0) return new byte[10];
        var exponent = Math.ILogB(value);
        return [.. Be((ushort)(16383 + exponent)), .. Be((ulong)Math.ScaleB(value, 63 - exponent))];
    }
}
