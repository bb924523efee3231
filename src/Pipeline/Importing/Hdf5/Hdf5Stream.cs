using System.Buffers.Binary;

namespace Engine.Pipeline.Importing.Hdf5;

/// <summary>
/// Reads structures at the addresses that others give. They may point anywhere, also at themselves: what is read is counted, and
/// a file whose structures add up to several times its size is refused.
/// </summary>
/// <param name="stream">The file.</param>
/// <param name="name">Names it in messages.</param>
internal sealed class Hdf5Stream(Stream stream, string name) : IDisposable
{
    /// <summary>An address that says: nowhere.</summary>
    public const ulong Nowhere = ulong.MaxValue;

    // Structures do not overlap in a file that HDF5 wrote; small ones are read together with what follows.
    private long _left = 4 * stream.Length + (1 << 16);

    /// <summary>Bytes of the file.</summary>
    public long Length => stream.Length;

    /// <summary>The bytes of a structure.</summary>
    /// <exception cref="InvalidDataException">
    /// They are not all in the file, or structures refer to each other in a circle.
    /// </exception>
    public byte[] Structure(ulong address, long length, string what)
    {
        Spend(length);
        return Values(address, length, what);
    }

    /// <summary>Counts bytes that are read or made of what was read.</summary>
    /// <exception cref="InvalidDataException">They are more than a whole file has.</exception>
    public void Spend(long length)
    {
        if ((_left -= length) < 0) throw Damaged("its structures are larger than the file, or refer to each other in a circle");
    }

    /// <summary>The values of a data set.</summary>
    /// <exception cref="InvalidDataException">They are not all in the file.</exception>
    public byte[] Values(ulong address, long length, string what)
    {
        if (address > (ulong)stream.Length || length > stream.Length - (long)address || length > Array.MaxLength)
            throw Damaged($"{what} at byte {address} is not in the file of {stream.Length} bytes");
        var bytes = new byte[length];
        stream.Position = (long)address;
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>As much of a structure as the file has, up to a length.</summary>
    public byte[] UpTo(ulong address, int length, string what) =>
        Structure(address, address > (ulong)stream.Length ? 0 : Math.Min(length, stream.Length - (long)address), what);

    /// <summary>Says that the file is damaged.</summary>
    public InvalidDataException Damaged(string how) => new($"{name}: {how}; it is cut short or damaged.");

    /// <summary>Says that the file has something that is not read.</summary>
    public InvalidDataException Unsupported(string what) => new(
        $"{name}: {what}, which is not read; rewrite it with HDF5's own tool: h5repack -l CONTI -f NONE FILE NEW.");

    public static ulong U64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    public static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    public static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    public void Dispose() => stream.Dispose();
}
