using System.Buffers.Binary;
using System.ComponentModel;

namespace Engine.Dsp.Files;

/// <summary>
/// The CRC-32 of zip and PNG, eight bytes per step: Kounavis and Berry, "A Systematic Approach to Building High Performance
/// Software-Based CRC Generators", 2005.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct Crc32()
{
    private const uint Polynomial = 0xEDB88320; // of IEEE 802.3, bits reversed

    private static readonly uint[] s_table = MakeTable();

    private uint _state = uint.MaxValue;

    /// <summary>The checksum of everything appended so far.</summary>
    public readonly uint Value => ~_state;

    /// <summary>Adds bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var crc = _state;
        ReadOnlySpan<uint> table = s_table;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            var low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = table[0x700 + (int)(low & 0xFF)] ^ table[0x600 + (int)(low >> 8 & 0xFF)]
                ^ table[0x500 + (int)(low >> 16 & 0xFF)] ^ table[0x400 + (int)(low >> 24)]
                ^ table[0x300 + (int)(high & 0xFF)] ^ table[0x200 + (int)(high >> 8 & 0xFF)]
                ^ table[0x100 + (int)(high >> 16 & 0xFF)] ^ table[(int)(high >> 24)];
        }

        foreach (var value in bytes) crc = table[(int)((crc ^ value) & 0xFF)] ^ crc >> 8;
        _state = crc;
    }

    /// <summary>Entry 256·k + b is the CRC of byte b followed by k zero bytes.</summary>
    private static uint[] MakeTable()
    {
        var table = new uint[8 * 256];
        for (uint value = 0; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ Polynomial : crc >> 1;
            table[value] = crc;
        }

        for (var i = 256; i < table.Length; i++) table[i] = table[i - 256] >> 8 ^ table[table[i - 256] & 0xFF];
        return table;
    }
}
