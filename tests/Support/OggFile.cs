using System.Buffers.Binary;

namespace Engine.Tests.Support;

/// <summary>Pages of an Ogg file, and changes to them.</summary>
internal static class OggFile
{
    /// <summary>The pages in order.</summary>
    public static List<byte[]> Pages(byte[] bytes)
    {
        var pages = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var segments = bytes[at + 26];
            var size = 27 + segments + bytes.AsSpan(at + 27, segments).ToArray().Sum(s => s);
            pages.Add(bytes[at..(at + size)]);
            at += size;
        }

        return pages;
    }

    /// <summary>Puts a page's checksum right.</summary>
    public static byte[] Seal(byte[] page)
    {
        page.AsSpan(22, 4).Clear();
        var crc = 0u;
        foreach (var value in page)
        {
            crc ^= (uint)value << 24;
            for (var i = 0; i < 8; i++) crc = (crc & 0x80000000) != 0 ? crc << 1 ^ 0x04C11DB7 : crc << 1;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(22), crc);
        return page;
    }

    /// <summary>A page that holds one packet.</summary>
    public static byte[] Page(byte flags, ReadOnlySpan<byte> packet) =>
        Seal([.. "OggS\0"u8, flags, .. new byte[20], 1, (byte)packet.Length, .. packet]);
}
