using System.Buffers.Binary;

namespace Engine.Dsp.Audio;

/// <summary>The checksum of an Ogg page: a CRC of 32 bits, not reflected, over the page with zeros in its place.</summary>
internal static class OggChecksum
{
    private const uint Polynomial = 0x04C11DB7;
    private const int At = 22, Bytes = 4; // where it stands in the page

    private static readonly uint[] s_table = MakeTable();

    /// <summary>The checksum of a page.</summary>
    public static uint Of(ReadOnlySpan<byte> page)
    {
        var crc = Add(0, page[..At]);
        for (var i = 0; i < Bytes; i++) crc = crc << 8 ^ s_table[crc >> 24];
        return Add(crc, page[(At + Bytes)..]);
    }

    /// <summary>Whether a page has the right one.</summary>
    public static bool IsRight(ReadOnlySpan<byte> page) =>
        BinaryPrimitives.ReadUInt32LittleEndian(page[At..]) == Of(page);

    /// <summary>Puts the right one into a page.</summary>
    public static void Put(Span<byte> page) => BinaryPrimitives.WriteUInt32LittleEndian(page[At..], Of(page));

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes) crc = crc << 8 ^ s_table[crc >> 24 ^ value];
        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var value = 0u; value < table.Length; value++)
        {
            var crc = value << 24;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 0x8000_0000) != 0 ? crc << 1 ^ Polynomial : crc << 1;
            table[value] = crc;
        }

        return table;
    }
}
