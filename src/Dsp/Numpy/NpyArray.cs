using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Dsp.Numpy;

/// <summary>
/// One array of NumPy's <c>.npy</c> format, versions 1 to 3: little-endian <c>f4 f8 c8 c16 i4 i8 U</c>, C or Fortran order in
/// the file, C order here. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
/// </summary>
public sealed class NpyArray : INpyContent
{
    private const int BlockItems = 1 << 16;

    /// <summary>Refuses what is no text, on both ways.</summary>
    private static readonly UTF32Encoding s_utf32 = new(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true);

    /// <summary>Wraps <paramref name="data"/>, which is used and not copied.</summary>
    /// <param name="data">The values in C order: float[], double[], int[], long[], string[], or <see cref="Complex{T}"/>[] of
    /// float or double.</param>
    /// <param name="shape">The sizes; none for a scalar.</param>
    /// <exception cref="ArgumentException">The data are of another type, or not as many as the shape says.</exception>
    public NpyArray(Array data, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(shape);
        if (TypeOf(data) is null) throw new ArgumentException($"NpyArray: {data.GetType().Name} is not supported.", nameof(data));
        if (shape.Any(size => size < 0) || shape.Aggregate(1L, (a, b) => Math.Min(a * b, int.MaxValue + 1L)) != data.Length)
        {
            throw new ArgumentException($"NpyArray: shape ({string.Join(", ", shape)}) does not fit {data.Length} values.", nameof(shape));
        }

        Data = data;
        Shape = shape;
    }

    /// <summary>The values in C order.</summary>
    public Array Data { get; }

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
    /// <exception cref="InvalidDataException">The file is no array of a supported type.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NpyArray Load(string path)
    {
        using var stream = File.OpenRead(path);
        try
        {
            return Read(stream, stream.Length, stream.Length);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Writes a <c>.npy</c> file, through a temporary one that is renamed when it is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        using var file = new AtomicFile(path);
        Write(file.Stream);
        file.Commit();
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
            case string[] values: WriteStrings(stream, values); break;
        }
    }

    /// <summary>The values as float.</summary>
    /// <exception cref="InvalidDataException">They are complex or text.</exception>
    public float[] ToSingles() => Data switch
    {
        float[] f => f,
        double[] d => Array.ConvertAll(d, x => (float)x),
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
        int[] i => Array.ConvertAll(i, x => (double)x),
        long[] l => Array.ConvertAll(l, x => (double)x),
        _ => throw Unlike("double"),
    };

    /// <summary>The values as 64-bit integers.</summary>
    /// <exception cref="InvalidDataException">They are no integers.</exception>
    public long[] ToInt64s() => Data switch
    {
        long[] l => l,
        int[] i => Array.ConvertAll(i, x => (long)x),
        _ => throw Unlike("int64"),
    };

    /// <summary>The values as text.</summary>
    /// <exception cref="InvalidDataException">They are numbers.</exception>
    public string[] ToStrings() => Data as string[] ?? throw Unlike("text");

    /// <summary>Reads one array of <paramref name="length"/> bytes.</summary>
    /// <param name="stream">Stands at the magic bytes.</param>
    /// <param name="length">The size that is claimed for header and values; it must be the size that they need.</param>
    /// <param name="likely">A size not to allocate beyond before as many bytes were seen; the claim may be a lie.</param>
    /// <exception cref="InvalidDataException">The bytes are no array of a supported type, or not as many as claimed.</exception>
    internal static NpyArray Read(Stream stream, long length, long likely)
    {
        var header = NpyHeader.Read(stream, length, out var left);
        var count = header.Count();
        var type = header.Type;
        Array data = type switch
        {
            "<f4" => Items<float>(),
            "<f8" => Items<double>(),
            "<c8" => Items<Complex<float>>(),
            "<c16" => Items<Complex<double>>(),
            "<i4" => Items<int>(),
            "<i8" => Items<long>(),
            ['<', 'U', .. var digits] when int.TryParse(digits, out var size) && size > 0 => Strings(size),
            _ => throw new InvalidDataException($"npy: type {type} is not supported; <f4 <f8 <c8 <c16 <i4 <i8 <U are."),
        };
        return new NpyArray(data, header.Shape);

        T[] Items<T>()
            where T : unmanaged
        {
            CheckSize(Unsafe.SizeOf<T>());
            var items = ReadItems<T>(stream, count, likely);
            return header.FortranOrder ? ToCOrder(items, header.Shape) : items;
        }

        string[] Strings(int size)
        {
            CheckSize(4L * size);
            var strings = ReadStrings(stream, count, size, likely);
            return header.FortranOrder ? ToCOrder(strings, header.Shape) : strings;
        }

        void CheckSize(long itemBytes)
        {
            if ((Int128)count * itemBytes == left) return;
            throw new InvalidDataException(
                $"npy: shape ({string.Join(", ", header.Shape)}) of {type} needs {(Int128)count * itemBytes} bytes, "
                + $"but {left} follow the header.");
        }
    }

    private static string? TypeOf(Array data) => data switch
    {
        float[] => "<f4",
        double[] => "<f8",
        Complex<float>[] => "<c8",
        Complex<double>[] => "<c16",
        int[] when data.GetType() == typeof(int[]) => "<i4",
        long[] when data.GetType() == typeof(long[]) => "<i8",
        string[] strings => $"<U{LongestText(strings)}",
        _ => null,
    };

    /// <summary>In code points; NumPy has no text of size 0.</summary>
    private static int LongestText(string[] strings) =>
        strings.Length == 0 ? 1 : Math.Max(1, strings.Max(text => s_utf32.GetByteCount(text) / 4));

    private static T[] ReadItems<T>(Stream stream, int count, long likely)
        where T : unmanaged
    {
        var first = Math.Clamp(likely / Unsafe.SizeOf<T>(), Math.Min(count, BlockItems), count);
        var items = GC.AllocateUninitializedArray<T>((int)first);
        for (var done = 0; done < count;)
        {
            if (done == items.Length) Array.Resize(ref items, (int)Math.Min(count, 2L * done));
            var block = MemoryMarshal.AsBytes(items.AsSpan(done, Math.Min(BlockItems, items.Length - done)));
            if (stream.ReadAtLeast(block, block.Length, throwOnEndOfStream: false) < block.Length)
            {
                throw new InvalidDataException($"npy: the file ends after about {done} of {count} values.");
            }

            done += block.Length / Unsafe.SizeOf<T>();
        }

        return items;
    }

    private static string[] ReadStrings(Stream stream, int count, int size, long likely)
    {
        if ((long)count * size > Array.MaxLength)
        {
            throw new InvalidDataException($"npy: {count} texts of {size} characters are more than an array holds.");
        }
        var characters = MemoryMarshal.AsBytes(ReadItems<int>(stream, count * size, likely).AsSpan());
        var strings = new string[count];
        for (var i = 0; i < count; i++)
        {
            var bytes = characters.Slice(4 * size * i, 4 * size);
            var used = (bytes.LastIndexOfAnyExcept((byte)0) + 4) / 4 * 4;
            try
            {
                strings[i] = s_utf32.GetString(bytes[..used]);
            }
            catch (ArgumentException e)
            {
                throw new InvalidDataException($"npy: value {i} is no Unicode text.", e);
            }
        }

        return strings;
    }

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
