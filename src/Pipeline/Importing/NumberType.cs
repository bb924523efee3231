using System.Buffers.Binary;

namespace Engine.Pipeline.Importing;

/// <summary>How a file stores the numbers of a tensor.</summary>
/// <param name="Name">Its name, as NumPy has it.</param>
/// <param name="Size">Bytes of a number; 0: it is no number that can be read.</param>
/// <param name="IsBigEndian">Whether the first byte is the most significant.</param>
internal readonly record struct NumberType(string Name, int Size, bool IsBigEndian = false)
{
    public static readonly NumberType Float32 = new("float32", 4), Float64 = new("float64", 8), Float16 = new("float16", 2),
        BFloat16 = new("bfloat16", 2), Int64 = new("int64", 8), Int32 = new("int32", 4), Int16 = new("int16", 2),
        Int8 = new("int8", 1), UInt64 = new("uint64", 8), UInt32 = new("uint32", 4), UInt16 = new("uint16", 2),
        UInt8 = new("uint8", 1), Boolean = new("bool", 1);

    /// <summary>A type that is listed but cannot be read.</summary>
    public static NumberType Unreadable(string name) => new(name, 0);

    /// <summary>The number at the beginning of some bytes, in single precision.</summary>
    public float Read(ReadOnlySpan<byte> bytes)
    {
        Span<byte> number = stackalloc byte[8];
        bytes[..Size].CopyTo(number);
        if (IsBigEndian) number[..Size].Reverse();
        return Name switch
        {
            "float32" => BinaryPrimitives.ReadSingleLittleEndian(number),
            "float64" => (float)BinaryPrimitives.ReadDoubleLittleEndian(number),
            "float16" => (float)BinaryPrimitives.ReadHalfLittleEndian(number),
            "bfloat16" => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(number) << 16),
            "int64" => BinaryPrimitives.ReadInt64LittleEndian(number),
            "int32" => BinaryPrimitives.ReadInt32LittleEndian(number),
            "int16" => BinaryPrimitives.ReadInt16LittleEndian(number),
            "int8" => (sbyte)number[0],
            "uint64" => BinaryPrimitives.ReadUInt64LittleEndian(number),
            "uint32" => BinaryPrimitives.ReadUInt32LittleEndian(number),
            "uint16" => BinaryPrimitives.ReadUInt16LittleEndian(number),
            "bool" => number[0] != 0 ? 1 : 0,
            _ => number[0],
        };
    }

    /// <summary>All numbers of some bytes, in single precision.</summary>
    public float[] ReadAll(ReadOnlySpan<byte> bytes)
    {
        var values = new float[bytes.Length / Size];
        for (var i = 0; i < values.Length; i++) values[i] = Read(bytes[(i * Size)..]);
        return values;
    }
}
