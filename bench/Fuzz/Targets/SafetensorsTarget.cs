using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using Engine.Fuzzing.Mutation;
using Engine.Tensors.Serialization;

namespace Engine.Fuzzing.Targets;

/// <summary>Named tensors and texts; what is read is written to bytes that read back to the same bytes.</summary>
internal sealed partial class SafetensorsTarget(string name) : Target(name)
{
    private const string File = "fuzz.safetensors";

    public override IReadOnlyList<byte[]> Seeds { get; } = [Sample().ToBytes(), new SafetensorsFile().ToBytes()];

    public override IMutation Mutation { get; } = Header("\"F32\"", "\"F64\"", "\"I32\"", "\"I64\"", "\"U8\"", "\"BF16\"",
        "[0,4]", "\"__metadata__\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"");

    public override string InputName => File;

    // The header becomes a document of JSON and a dictionary.
    public override double AllocationPerByte => 64;

    public override bool IsDocumented(Exception e) => e is InvalidDataException;

    public override object Parse(byte[] bytes) => SafetensorsFile.Parse(bytes, File);

    public override void Check(object parsed)
    {
        var written = ((SafetensorsFile)parsed).ToBytes();
        var again = SafetensorsFile.Parse(written, File).ToBytes();
        Require(written.AsSpan().SequenceEqual(again), "what was written reads back as something else");
    }

    /// <summary>Changes the header as JSON with its length put right, or the values, or anything.</summary>
    public static IMutation Header(params string[] words)
    {
        var bytes = new ByteMutation();
        return new Mixed(
            (3, new Enveloped(OpenHeader, new JsonMutation(words), bytes)),
            (1, new Enveloped(OpenValues, bytes, bytes)),
            (1, bytes));
    }

    /// <summary>
    /// The files, and each that keeps a SHA-256 among its texts once more without it: changed values get past it, as those of
    /// whoever writes the right one would.
    /// </summary>
    public static IReadOnlyList<byte[]> Unsealed(params IEnumerable<byte[]> files) => [.. files.SelectMany(file =>
    {
        var header = Encoding.UTF8.GetString(file, 8, HeaderLength(file));
        var open = Encoding.UTF8.GetBytes(Sha256Member().Replace(header, ""));
        return open.Length == HeaderLength(file) ? [file]
            : new[] { file, [.. BitConverter.GetBytes((long)open.Length), .. open, .. file[(8 + HeaderLength(file))..]] };
    })];

    // Quotes of JSON inside of a text are escaped, so that only members of the header itself match.
    [GeneratedRegex("\"[^\"\\\\]*\":\"[0-9a-f]{64}\",|,\"[^\"\\\\]*\":\"[0-9a-f]{64}\"(?=\\})")]
    private static partial Regex Sha256Member();

    private static SafetensorsFile Sample()
    {
        float[] six = [1, 2, 3, 4, 5, 6];
        double[] two = [0.5, double.NaN];
        int[] one = [7];
        long[] wide = [1, -1];
        var file = new SafetensorsFile();
        file.Tensors["a"] = new StoredTensor(six, 2, 3);
        file.Tensors["b"] = new StoredTensor(two, 2, 1);
        file.Tensors["c.d"] = new StoredTensor(one);
        file.Tensors["e"] = new StoredTensor(wide, 2);
        file.Tensors["f"] = new StoredTensor("bytes"u8.ToArray(), 5);
        file.Tensors["g"] = new StoredTensor(Array.Empty<float>(), 0, 3);
        file.Metadata["format"] = "pt";
        file.Metadata["names"] = "[\"x\",\"y\"]";
        return file;
    }

    private static int HeaderLength(byte[] file) =>
        file.Length >= 8 && BinaryPrimitives.ReadInt64LittleEndian(file) is var length && length >= 0
            && length <= file.Length - 8 ? (int)length : -1;

    private static (byte[], Func<byte[], byte[]>)? OpenHeader(byte[] file, Random random)
    {
        if (HeaderLength(file) is not (>= 0 and var length)) return null;
        var values = file[(8 + length)..];
        return (file[8..(8 + length)], header => [.. BitConverter.GetBytes((long)header.Length), .. header, .. values]);
    }

    private static (byte[], Func<byte[], byte[]>)? OpenValues(byte[] file, Random random)
    {
        if (HeaderLength(file) is not (>= 0 and var length) || file.Length == 8 + length) return null;
        var size = file.Length - 8 - length;
        return (file[(8 + length)..], values =>
        {
            Array.Resize(ref values, size);
            return [.. file[..(8 + length)], .. values];
        }
        );
    }
}
