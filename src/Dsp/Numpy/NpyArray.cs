using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Dsp.Numpy;

/// <summary>
/// One array of NumPy's <c>.npy</c> format, versions 1 to 3; files may be in C or Fortran order and either byte order, arrays are
/// in C order. Reads <c>b1</c>, <c>i4 i8 f4 f8 c8 c16 U</c> and, widened to the next of these, <c>i1 u1 i2 u2 u4 u8 f2</c>;
/// writes the former, little-endian. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
/// </summary>
public sealed class NpyArray : INpyContent
{
    private const int BlockItems = 1 << 16;

    /// <summary>Rejects invalid text when encoding and decoding.</summary>
    private static readonly UTF32Encoding s_utf32 = new(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true);

    private readonly Array? _data;
    private readonly string? _problem;

    /// <summary>Wraps <paramref name="data"/>, which is used and not copied.</summary>
    /// <param name="data">The values in C order: float[], double[], int[], long[], bool[], string[], or
    /// <see cref="Complex{T}"/>[] of float or double.</param>
    /// <param name="shape">The sizes; none for a scalar.</param>
    /// <exception cref="ArgumentException">The data have an unsupported type, or their number does not match the
    /// shape.</exception>
    public NpyArray(Array data, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(shape);
        if (TypeOf(data) is null) throw new ArgumentException($"NpyArray: {data.GetType().Name} is not supported.", nameof(data));
        if (shape.Any(size => size < 0) || shape.Aggregate(1L, (a, b) => Math.Min(a * b, int.MaxValue + 1L)) != data.Length)
        {
            throw new ArgumentException($"NpyArray: shape ({string.Join(", ", shape)}) does not fit {data.Length} values.",
                nameof(shape));
        }

        _data = data;
        Shape = shape;
    }

    private NpyArray(string problem, int[] shape) => (_problem, Shape) = (problem, shape);

    /// <summary>The values in C order.</summary>
    /// <exception cref="InvalidDataException">
    /// The array came from an <c>.npz</c> file and is of a type that cannot be read.
    /// </exception>
    public Array Data => _data ?? throw new InvalidDataException(_problem);

    /// <summary>Whether <see cref="Data"/> throws.</summary>
    internal bool IsUnreadable => _data is null;

    /// <summary>The sizes; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>A spectrum in librosa's orientation <c>[bins, frames]</c>, for Python users.</summary>
    public static NpyArray FromFrames<T>(Frames<T> frames)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(frames);
        return new(ToCOrder(frames.Data, [frames.Bins, frames.Count]), frames.Bins, frames.Count);
    }

    /// <summary>Reads a <c>.npy</c> file.</summary>
    /// <exception cref="InvalidDataException">The file is not an array of a supported type.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NpyArray Load(string path)
    {
        using var stream = RegularFile.OpenRead(path);
        try
        {
            return Read(stream, stream.Length, stream.Length);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Writes the bytes of a <c>.npy</c> file, version 1, C order.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(new NpyHeader(TypeOf(Data)!, FortranOrder: false, [.. Shape]).ToBytes());
        switch (Data)
        {
            case float[] values: WriteItems(stream, values); break;
            case double[] values: WriteItems(stream, values); break;
            case int[] values: WriteItems(stream, values); break;
            case long[] values: WriteItems(stream, values); break;
            case Complex<float>[] values: WriteItems(stream, values); break;
            case Complex<double>[] values: WriteItems(stream, values); break;
            case bool[] values: WriteItems(stream, values); break;
            case string[] values: WriteStrings(stream, values); break;
        }
    }

    /// <summary>The values as float.</summary>
    /// <exception cref="InvalidDataException">They are complex or text.</exception>
    public float[] ToSingles() => Data switch
    {
        float[] f => f,
        double[] d => Array.ConvertAll(d, x => (float)x),
        bool[] b => Array.ConvertAll(b, x => x ? 1f : 0),
        int[] i => Array.ConvertAll(i, x => (float)x),
        long[] l => Array.ConvertAll(l, x => (float)x),
        _ => throw Unlike("float"),
    };

    /// <summary>The values as double.</summary>
    /// <exception cref="InvalidDataException">They are complex or text.</exception>
    public double[] ToDoubles() => Data switch
    {
        double[] d => d,
        float[] f => Array.ConvertAll(f, x => (double)x),
        bool[] b => Array.ConvertAll(b, x => x ? 1.0 : 0),
        int[] i => Array.ConvertAll(i, x => (double)x),
        long[] l => Array.ConvertAll(l, x => (double)x),
        _ => throw Unlike("double"),
    };

    /// <summary>The values as 64-bit integers.</summary>
    /// <exception cref="InvalidDataException">They are not integers.</exception>
    public long[] ToInt64s() => Data switch
    {
        long[] l => l,
        int[] i => Array.ConvertAll(i, x => (long)x),
        bool[] b => Array.ConvertAll(b, x => x ? 1L : 0),
        _ => throw Unlike("int64"),
    };

    /// <summary>The values as text.</summary>
    /// <exception cref="InvalidDataException">They are numbers.</exception>
    public string[] ToStrings() => Data as string[] ?? throw Unlike("text");

    /// <summary>Reads one array of <paramref name="length"/> bytes.</summary>
    /// <param name="stream">Positioned at the magic bytes.</param>
    /// <param name="length">The claimed size of header and values, which must equal their actual size.</param>
    /// <param name="likely">The most bytes to allocate before that many have been read, because the claim may be false.</param>
    /// <exception cref="InvalidDataException">The bytes are not an array of a supported type, or not as many as
    /// claimed.</exception>
    internal static NpyArray Read(Stream stream, long length, long likely)
    {
        var header = NpyHeader.Read(stream, length, out var left);
        return NpyItems.SizeOf(header.Type) is { } size
            ? Read(stream, header, left, size, likely)
            : throw new InvalidDataException(Unsupported(header.Type));
    }

    /// <summary>
    /// Like <see cref="Read(Stream, long, long)"/>, but for an unreadable type, <see cref="Data"/> throws the reason.
    /// </summary>
    internal static NpyArray ReadOrDefer(Stream stream, long length, long likely, string name)
    {
        var header = NpyHeader.Read(stream, length, out var left);
        return NpyItems.SizeOf(header.Type) is { } size
            ? Read(stream, header, left, size, likely)
            : new NpyArray($"{name}: {Unsupported(header.Type)}", header.Shape);
    }

    /// <summary>An array whose values cannot be read, for the reason given.</summary>
    internal static NpyArray Unreadable(string problem) => new(problem, []);

    private static string Unsupported(string type) => type.StartsWith('[')
        ? "npy: records are not supported."
        : $"npy: type {(type.Length <= 40 ? type : type[..40] + "...")} is not supported; {NpyItems.Known}.";

    private static NpyArray Read(Stream stream, NpyHeader header, long left, long itemBytes, long likely)
    {
        var count = header.Count();
        if ((Int128)count * itemBytes != left)
        {
            throw new InvalidDataException(
                $"npy: shape ({string.Join(", ", header.Shape)}) of {header.Type} needs {(Int128)count * itemBytes} bytes, "
                + $"but {left} follow the header.");
        }

        var data = new NpyItems(stream, count, likely).Read(header.Type);
        return new NpyArray(header.FortranOrder ? ToCOrder(data, header.Shape) : data, header.Shape);
    }

    private static string? TypeOf(Array data) => data switch
    {
        float[] => "<f4",
        double[] => "<f8",
        Complex<float>[] => "<c8",
        Complex<double>[] => "<c16",
        int[] when data.GetType() == typeof(int[]) => "<i4",
        long[] when data.GetType() == typeof(long[]) => "<i8",
        bool[] => "|b1",
        string[] strings => $"<U{LongestText(strings)}",
        _ => null,
    };

    /// <summary>In code points; NumPy has no text of size 0.</summary>
    private static int LongestText(string[] strings) =>
        strings.Length == 0 ? 1 : Math.Max(1, strings.Max(text => s_utf32.GetByteCount(text) / 4));

    private static void WriteItems<T>(Stream stream, T[] items)
        where T : unmanaged
    {
        for (var done = 0; done < items.Length; done += BlockItems)
        {
            stream.Write(MemoryMarshal.AsBytes(items.AsSpan(done, Math.Min(BlockItems, items.Length - done))));
        }
    }

    private static void WriteStrings(Stream stream, string[] strings)
    {
        var item = new byte[4 * LongestText(strings)];
        foreach (var text in strings)
        {
            item.AsSpan(s_utf32.GetBytes(text, item)).Clear();
            stream.Write(item);
        }
    }

    private static Array ToCOrder(Array data, int[] shape) => data switch
    {
        float[] v => ToCOrder(v, shape),
        double[] v => ToCOrder(v, shape),
        int[] v => ToCOrder(v, shape),
        long[] v => ToCOrder(v, shape),
        bool[] v => ToCOrder(v, shape),
        Complex<float>[] v => ToCOrder(v, shape),
        Complex<double>[] v => ToCOrder(v, shape),
        _ => ToCOrder((string[])data, shape),
    };

    private static T[] ToCOrder<T>(T[] data, int[] shape)
    {
        if (shape.Length < 2) return data;
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

    private InvalidDataException Unlike(string wanted) => new($"npy: cannot read {Data.GetType().Name} as {wanted}.");
}
