using System.Buffers.Binary;

namespace Engine.Dsp.Audio.Mpeg;

/// <summary>The checksum of a frame: a CRC-16 of the header's second half and what follows the checksum, as far as an error there
/// would be heard most (ISO/IEC 11172-3, 2.4.3.1).</summary>
internal static class MpegChecksum
{
    private const int Polynomial = 0x8005, Ones = 0xFFFF;

    /// <summary>Whether a frame with a checksum has the right one.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="end">Where the part that is covered ends, in bits.</param>
    public static bool IsRight(ReadOnlySpan<byte> frame, int end)
    {
        if (end > 8 * frame.Length) return false;
        var crc = Add(Ones, frame[2..4], 16);
        crc = Add(crc, frame[6..], end - 48);
        return crc == BinaryPrimitives.ReadUInt16BigEndian(frame[4..]);
    }

    private static int Add(int crc, ReadOnlySpan<byte> bytes, int bits)
    {
        for (var i = 0; i < bits; i++)
        {
            var bit = bytes[i >> 3] >> (7 - (i & 7)) & 1;
            crc = ((crc >> 15) ^ bit) != 0 ? (crc << 1 ^ Polynomial) & Ones : crc << 1 & Ones;
        }

        return crc;
    }
}
