using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Dsp.Numpy;

/// <summary>
/// One array of NumPy's <c>.npy</c> format: little-endian <c>f4 f8 c8 i4 i8 U</c>, C order after reading.
/// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
/// </summary>
public sealed class NpyArray
{
    /// <summary>Wraps <paramref name="data"/> (float[], double[], Complex&lt;float&gt;[], int[], long[] or string[]).</summary>
    public NpyArray(Array data, params int[] shape)
    {
        Data = data;
        Shape = shape;
    }

    /// <summary>The values in C order.</summary>
    public Array Data { get; }

    /// <summary>The sizes; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The values as float.</summary>
    public float[] ToSingles() => Data switch
    {
        float[] f => f,
        double[] d => Array.ConvertAll(d, x => (float)x),
        int[] i => Array.ConvertAll(i, x => (float)x),
        long[] l => Array.ConvertAll(l, x => (float)x),
        _ => throw new InvalidDataException($"npy: cannot read {Data.GetType().Name} as float."),
    };

    /// <summary>The values as double.</summary>
    public double[] ToDoubles() => Data switch
    {
        double[] d => d,
        float[] f => Array.ConvertAll(f, x => (double)x),
        int[] i => Array.ConvertAll(i, x => (double)x),
        long[] l => Array.ConvertAll(l, x => (double)x),
        _ => throw new InvalidDataException($"npy: cannot read {Data.GetType().Name} as double."),
    };

    /// <summary>The values as 64-bit integers.</summary>
    public long[] ToInt64s() => Data switch
    {
        long[] l => l,
        int[] i => Array.ConvertAll(i, x => (long)x),
        _ => throw new InvalidDataException($"npy: cannot read {Data.GetType().Name} as int64."),
    };

    /// <summary>Reads an array from the bytes of a <c>.npy</c> file.</summary>
    /// <exception cref="InvalidDataException">The bytes are no array of a supported type.</exception>
    public static NpyArray Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 10 || !bytes[..6].SequenceEqual("\x93NUMPY"u8[1..]) && bytes[0] != 0x93)
        {
            throw new InvalidDataException("npy: the magic bytes are missing.");
        }

        var headerLength = bytes[6] == 1 ? MemoryMarshal.Read<ushort>(bytes[8..]) : (int)MemoryMarshal.Read<uint>(bytes[8..]);
        var headerStart = bytes[6] == 1 ? 10 : 12;
        var header = Encoding.Latin1.GetString(bytes.Slice(headerStart, headerLength));
        var type = Between(header, "'descr': '", "'");
        var fortran = header.Contains("'fortran_order': True", StringComparison.Ordinal);
        var shape = Between(header, "'shape': (", ")").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(s => int.Parse(s, CultureInfo.InvariantCulture)).ToArray();
        var body = bytes[(headerStart + headerLength)..];
        var count = shape.Aggregate(1, (a, b) => checked(a * b));
        Array data = type switch
        {
            "<f4" => Order(MemoryMarshal.Cast<byte, float>(body)[..count].ToArray(), shape, fortran),
            "<f8" => Order(MemoryMarshal.Cast<byte, double>(body)[..count].ToArray(), shape, fortran),
            "<c8" => Order(MemoryMarshal.Cast<byte, Complex<float>>(body)[..count].ToArray(), shape, fortran),
            "<c16" => Order(MemoryMarshal.Cast<byte, Complex<double>>(body)[..count].ToArray(), shape, fortran),
            "<i4" => Order(MemoryMarshal.Cast<byte, int>(body)[..count].ToArray(), shape, fortran),
            "<i8" => Order(MemoryMarshal.Cast<byte, long>(body)[..count].ToArray(), shape, fortran),
            _ => throw new InvalidDataException($"npy: type {type} is not supported."),
        };
        return new NpyArray(data, shape);
    }

    private static T[] Order<T>(T[] data, int[] shape, bool fortran)
    {
        if (!fortran || shape.Length < 2) return data;
        var result = new T[data.Length];
        var index = new int[shape.Length];
        for (var i = 0; i < data.Length; i++)
        {
            var offset = 0;
            for (var d = 0; d < shape.Length; d++) offset = offset * shape[d] + index[d];
            result[offset] = data[i];
            for (var d = 0; d < shape.Length && ++index[d] == shape[d]; d++) index[d] = 0;
        }

        return result;
    }

    private static string Between(string text, string start, string end)
    {
        var from = text.IndexOf(start, StringComparison.Ordinal);
        var to = from < 0 ? -1 : text.IndexOf(end, from + start.Length, StringComparison.Ordinal);
        return to < 0 ? throw new InvalidDataException($"npy: the header has no {start}") : text[(from + start.Length)..to];
    }
}
