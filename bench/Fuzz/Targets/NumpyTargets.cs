using System.Buffers.Binary;
using Engine.Dsp;
using Engine.Dsp.Numpy;
using Engine.Fuzzing.Mutation;

namespace Engine.Fuzzing.Targets;

/// <summary>One array; what is read is written to the same bytes again and again.</summary>
internal sealed class NpyTarget(string name, string folder) : Target(name)
{
    private const int HeaderStart = 10;

    private readonly string _path = Path.Combine(folder, "fuzz.npy");

    public static IReadOnlyList<NpyArray> Arrays { get; } =
    [
        new(Enumerable.Range(0, 24).Select(i => MathF.Sin(i)).ToArray(), 2, 3, 4),
        new(Enumerable.Range(0, 12).Select(i => Math.Sin(i)).ToArray(), 12),
        new(Enumerable.Range(0, 6).Select(i => new Complex<float>(i, -i)).ToArray(), 3, 2),
        new(Enumerable.Range(0, 5).Select(i => new Complex<double>(i, -i)).ToArray(), 5),
        new(Enumerable.Range(0, 10).ToArray(), 5, 2),
        new(Enumerable.Range(0, 10).Select(i => (long)i * i).ToArray(), 10),
        new(new[] { "blues", "rock", "Zoë" }, 3),
        new(new[] { 1f }),
        new(Array.Empty<float>(), 0, 7),
    ];

    public static IMutation Mutations { get; } = HeaderOrAll();

    public override IReadOnlyList<byte[]> Seeds { get; } = [.. Arrays.Select(Bytes), Turned()];

    public override IMutation Mutation => Mutations;

    public override string InputName => _path;

    public override bool IsDocumented(Exception e) => e is InvalidDataException;

    public override object Parse(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        return NpyArray.Load(_path);
    }

    public override void Check(object parsed)
    {
        var written = Bytes((NpyArray)parsed);
        using var stream = new MemoryStream(written);
        var again = NpyArray.Read(stream, written.Length, written.Length);
        Require(again.Shape.SequenceEqual(((NpyArray)parsed).Shape)
            && Bytes(again).AsSpan().SequenceEqual(written), "what was written reads back as something else");
    }

    public static byte[] Bytes(NpyArray array)
    {
        using var stream = new MemoryStream();
        array.Write(stream);
        return stream.ToArray();
    }

    // The header's text is changed and its length put right, or the whole file is changed as it lies there.
    private static Enveloped HeaderOrAll()
    {
        var words = new ByteMutation(
            "'descr': ", "'fortran_order': ", "'shape': ", "True", "False", "(", ")", ",", "{", "}", "'<f4'", "'<f8'", "'<c8'",
                "'<i4'", "'<i8'", "'<U3'", "'<U999999999'", "'|b1'", "'>f4'",
            "'|O'", "'|S2'", "(0,)", "(2147483647, 2)", "(4294967296,)", "(-1,)", "(3, 4, 2)", "()", "[('a', '<f4')]",
                "\u0093NUMPY");
        return new(Open, words, words);

        static (byte[], Func<byte[], byte[]>)? Open(byte[] file, Random random)
        {
            if (file.Length < HeaderStart || file[6] != 1 || random.Next(3) == 0) return null;
            var length = BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8));
            if (HeaderStart + length > file.Length) return null;
            var values = file[(HeaderStart + length)..];
            return (file[HeaderStart..(HeaderStart + length)], header =>
            {
                if (header.Length > ushort.MaxValue) header = header[..ushort.MaxValue];
                return [.. file[..8], .. BitConverter.GetBytes((ushort)header.Length), .. header, .. values];
            }
            );
        }
    }

    // As NumPy writes a transposed array, in version 2 of the format.
    private static byte[] Turned()
    {
        var header = "{'descr': '<f8', 'fortran_order': True, 'shape': (4, 5), }\n"u8;
        return [0x93, .. "NUMPY"u8, 2, 0, .. BitConverter.GetBytes(header.Length), .. header, .. new byte[160]];
    }
}

/// <summary>A zip of arrays, whose members are changed inside of it, too.</summary>
internal sealed class NpzTarget(string name) : Target(name)
{
    private const string File = "fuzz.npz";

    public override IReadOnlyList<byte[]> Seeds { get; } = [Zip(compress: false), Zip(compress: true)];

    public override IMutation Mutation { get; } = new Enveloped(ZipMembers.Open, NpyTarget.Mutations,
        new ByteMutation(".npy", "PK\u0001\u0002", "PK\u0003\u0004", "PK\u0005\u0006", "../"));

    public override string InputName => File;

    public override double AllocationPerByte => 64;

    public override bool IsDocumented(Exception e) => e is InvalidDataException;

    public override object Parse(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return NpzFile.Read(stream, File);
    }

    public override void Check(object parsed)
    {
        var arrays = (Dictionary<string, NpyArray>)parsed;
        if (arrays.ContainsKey("")) return; // NumPy reads it and nobody writes it
        foreach (var (name, array) in arrays)
        {
            // Of a kind that is not read: it hinders nobody until its data are asked for.
            if (!CanRead(array)) arrays.Remove(name);
        }

        var written = Write(arrays, compress: true);
        using var stream = new MemoryStream(written);
        Require(Write(NpzFile.Read(stream, File), compress: true).AsSpan().SequenceEqual(written),
            "what was written reads back as something else");
    }

    private static bool CanRead(NpyArray array)
    {
        try
        {
            return array.Data is not null;
        }
        catch (InvalidDataException e)
        {
            Require(e.Message.Contains(File, StringComparison.Ordinal), $"the message does not name the input: {e.Message}");
            return false;
        }
    }

    private static byte[] Zip(bool compress) =>
        Write(NpyTarget.Arrays.Select((a, i) => KeyValuePair.Create($"case/{i}", a)), compress);

    private static byte[] Write(IEnumerable<KeyValuePair<string, NpyArray>> arrays, bool compress)
    {
        using var stream = new MemoryStream();
        NpzFile.Write(stream, arrays, compress);
        return stream.ToArray();
    }
}
