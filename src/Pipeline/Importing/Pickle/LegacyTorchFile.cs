using System.Buffers.Binary;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Importing.Pickle;

/// <summary>
/// The format of <c>torch.save</c> before PyTorch 1.6: five pickles one after another (a magic number, a version, facts about the
/// machine, the values, the keys of the storages), then for each key a count of 8 bytes and the numbers.
/// </summary>
internal sealed class LegacyTorchFile : TorchWeights
{
    private const int Version = 1001;

    // 0x1950A86A20F9469CFC6C as pickles write it.
    private static ReadOnlySpan<byte> Magic =>
        [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];

    private readonly byte[] _bytes;
    private readonly string _name;
    private readonly Dictionary<string, (int Start, int Size)> _places = new(StringComparer.Ordinal);
    private int _at;

    public LegacyTorchFile(Stream stream, string name)
    {
        _name = name;
        using (stream)
        {
            if (stream.Length > Array.MaxLength) Throw($"{name}: is larger than 2 GiB; save it with a PyTorch of this decade.");
            _bytes = new byte[stream.Length];
            stream.ReadExactly(_bytes);
        }

        if (!_bytes.AsSpan().StartsWith(Magic))
            Throw($"{name}: is a pickle, but none of PyTorch's; save tensors alone: " +
                "torch.save(model.state_dict(), \"weights.pt\").");
        _at = Magic.Length;
        if (Next() is not (long)Version) Throw($"{name}: is not of version {Version} of PyTorch's old format.");
        if (Next() is not PickleDictionary machine) Throw($"{name}: does not tell of which machine it is.");
        else if (!machine.Entries.Contains(("little_endian", true)))
            Throw($"{name}: was written on a big-endian machine; load it and save it again on another.");
        var begin = _at;
        var pickle = new Unpickler(_bytes.AsMemory(_at), name);
        var root = pickle.Run();
        _at += pickle.End;
        Find(root, _at - begin, name);
        if (Next() is not List<object?> keys) Throw($"{name}: does not list the numbers behind its tensors.");
        else foreach (var key in keys) Locate(key as string ?? "", pickle.Storages);
        foreach (var storage in Storages) Place(storage);
    }

    protected override byte[] ReadStorage(PickleStorage storage)
    {
        var (start, size) = Place(storage);
        return _bytes.AsSpan(start, size).ToArray();
    }

    protected override void Dispose(bool disposing)
    {
    }

    private object? Next()
    {
        var pickle = new Unpickler(_bytes.AsMemory(_at), _name);
        var value = pickle.Run();
        _at += pickle.End;
        return value;
    }

    // Numbers have a count before them, and their type in the pickle alone.
    private void Locate(string key, IReadOnlyDictionary<string, PickleStorage> storages)
    {
        if (!storages.TryGetValue(key, out var storage) || _bytes.Length - _at < sizeof(long))
        {
            Throw($"{_name}: the numbers '{Excerpt.Of(key)}' are missing, or no tensor has them; it is cut short or damaged.");
            return;
        }

        var count = (Int128)BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(_at));
        var size = CheckSize(storage, count * storage.Type.Size, _name);
        _at += sizeof(long);
        if (size > _bytes.Length - _at || !_places.TryAdd(key, (_at, size)))
            Throw($"{_name}: the numbers '{Excerpt.Of(key)}' are not all there, or there twice; it is cut short or damaged.");
        _at += size;
    }

    private (int Start, int Size) Place(PickleStorage storage)
    {
        if (!_places.TryGetValue(storage.Key, out var place))
            Throw($"{_name}: the numbers '{Excerpt.Of(storage.Key)}' are missing; it is cut short or damaged.");
        return place;
    }
}
