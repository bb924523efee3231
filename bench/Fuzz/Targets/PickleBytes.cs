using System.IO.Compression;
using System.Text;

namespace Engine.Fuzzing.Targets;

/// <summary>Writes pickles step by step, those that PyTorch never would too.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> _bytes = [0x80, 2];

    public PickleBytes Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBytes Mark() => Raw((byte)'(');

    public PickleBytes Tuple() => Raw((byte)'t');

    public PickleBytes Text(string text) =>
        Raw([(byte)'X', .. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)]);

    public PickleBytes Integer(int value) => Raw([(byte)'J', .. BitConverter.GetBytes(value)]);

    public PickleBytes Global(string module, string name) => Raw([(byte)'c', .. Encoding.UTF8.GetBytes($"{module}\n{name}\n")]);

    /// <summary>A float32 tensor that is a view of a storage.</summary>
    public PickleBytes Tensor(string key, int count, int offset, int[] sizes, int[] strides)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Mark();
        Mark().Text("storage").Global("torch", "FloatStorage").Text(key).Text("cpu").Integer(count).Tuple().Raw((byte)'Q');
        Integer(offset).Integers(sizes).Integers(strides).Raw(0x89);
        Global("collections", "OrderedDict").Raw((byte)')', (byte)'R');
        return Tuple().Raw((byte)'R');
    }

    /// <summary>The pickle, ended.</summary>
    public byte[] End() => [.. _bytes, (byte)'.'];

    /// <summary>The zip that <c>torch.save</c> makes of a pickle and storages.</summary>
    public byte[] Zip(params (string Key, float[] Values)[] storages)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, "archive/data.pkl", End());
            foreach (var (key, values) in storages)
                Add(zip, $"archive/data/{key}", [.. values.SelectMany(BitConverter.GetBytes)]);
        }

        return stream.ToArray();
    }

    private PickleBytes Integers(int[] values)
    {
        Mark();
        foreach (var value in values) Integer(value);
        return Tuple();
    }

    private static void Add(ZipArchive zip, string name, byte[] bytes)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.NoCompression);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var member = entry.Open();
        member.Write(bytes);
    }
}
