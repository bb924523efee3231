namespace Engine.Dsp.Audio.Flac;

/// <summary>The checksums of a frame: most significant bit first, starting from 0. Source: RFC 9639, sections 9.1.8 and
/// 9.3.</summary>
internal static class Crc
{
    private const int Header = 0x07, Frame = 0x8005, Slices = 8;

    private static readonly byte[] s_header = [.. Enumerable.Range(0, 256).Select(b => (byte)Divide(b, 8, Header))];

    /// <summary>Slice k has the checksum of each byte followed by k zeros, so that eight bytes are looked up at once.</summary>
    private static readonly ushort[] s_frame = FrameTable();

    /// <summary>x⁸ + x² + x + 1, over the header of a frame.</summary>
    public static byte OfHeader(ReadOnlySpan<byte> bytes)
    {
        byte crc = 0;
        foreach (var value in bytes) crc = s_header[crc ^ value];
        return crc;
    }

    /// <summary>x¹⁶ + x¹⁵ + x² + 1, over a frame.</summary>
    public static ushort OfFrame(ReadOnlySpan<byte> bytes)
    {
        var crc = 0;
        var table = s_frame.AsSpan(0, Slices << 8);
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            crc = table[(7 << 8) + (crc >> 8 ^ bytes[0])] ^ table[(6 << 8) + (crc & 0xFF ^ bytes[1])]
                ^ table[(5 << 8) + bytes[2]] ^ table[(4 << 8) + bytes[3]] ^ table[(3 << 8) + bytes[4]]
                ^ table[(2 << 8) + bytes[5]] ^ table[(1 << 8) + bytes[6]] ^ table[bytes[7]];
        }

        foreach (var value in bytes) crc = (crc << 8 & 0xFFFF) ^ table[crc >> 8 ^ value];
        return (ushort)crc;
    }

    private static ushort[] FrameTable()
    {
        var table = new ushort[Slices << 8];
        for (var b = 0; b < 256; b++) table[b] = (ushort)Divide(b << 8, 16, Frame);
        for (var i = 256; i < table.Length; i++)
        {
            var shorter = table[i - 256];
            table[i] = (ushort)(shorter << 8 ^ table[shorter >> 8]);
        }

        return table;
    }

    /// <summary>The remainder of a byte that is followed by zeros.</summary>
    private static int Divide(int value, int bits, int polynomial)
    {
        for (var i = 0; i < 8; i++)
        {
            value <<= 1;
            if (value >> bits != 0) value = value & ((1 << bits) - 1) ^ polynomial;
        }

        return value;
    }
}
