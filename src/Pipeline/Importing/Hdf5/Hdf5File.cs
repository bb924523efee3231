using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Importing.Hdf5;

/// <summary>
/// The arrays of an HDF5 file, named by their paths, such as <c>model_weights/dense/dense/kernel:0</c>: what Keras, h5py and
/// PyTables write by default. Numbers in chunks and compressed numbers are refused. Format:
/// https://docs.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html.
/// </summary>
internal sealed class Hdf5File : WeightsFile
{
    private const int Deepest = 64;

    private readonly Hdf5Stream _file;
    private readonly string _name;
    private readonly List<SourceTensor> _tensors = [];
    private readonly Dictionary<string, Hdf5Dataset> _arrays = new(StringComparer.Ordinal);
    private readonly HashSet<ulong> _visited = [];

    public Hdf5File(Stream stream, string name)
    {
        (_file, _name) = (new Hdf5Stream(stream, name), name);
        Visit("", Root(), 0);
    }

    public static ReadOnlySpan<byte> Signature =>
        [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];

    public override string Format => "HDF5";

    public override IReadOnlyList<SourceTensor> Tensors => _tensors;

    public override float[] Read(SourceTensor tensor)
    {
        if (tensor.Type.Size == 0)
            Throw($"{_name}: '{tensor.Name}' is {tensor.Type.Name}, which cannot be a weight; skip it in the map.");
        var array = _arrays[tensor.Name];
        var bytes = array.Inline is { } inline ? inline.Span
            : _file.Values(array.Address, (long)tensor.Count * tensor.Type.Size, $"'{tensor.Name}'");
        return tensor.Type.ReadAll(bytes);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
    }

    // The superblock, versions 0 to 3.
    private ulong Root()
    {
        var start = _file.UpTo(0, 96, "the superblock");
        if (start.Length < 48) throw _file.Damaged($"{start.Length} bytes are too few for an HDF5 file");
        var version = start[8];
        var widths = start.AsSpan(version < 2 ? 13 : 9, 2);
        if (version > 3) throw _file.Unsupported($"its superblock is of version {version}");
        if (!widths.SequenceEqual<byte>([8, 8])) throw _file.Unsupported($"its addresses take {widths[0]} bytes instead of 8");
        // Version 1 has four bytes more than version 0 before the addresses: base, free space, end, driver, root.
        var at = version switch { 0 => 24, 1 => 28, _ => 12 };
        if (start.Length < at + 56 && version < 2) throw _file.Damaged($"{start.Length} bytes are too few for an HDF5 file");
        if (Hdf5Stream.U64(start.AsSpan(at)) != 0) throw _file.Unsupported("its addresses do not count from the beginning");
        var end = Hdf5Stream.U64(start.AsSpan(at + 16));
        if (end > (ulong)_file.Length) throw _file.Damaged($"it should have {end} bytes, but has {_file.Length}");
        return Hdf5Stream.U64(start.AsSpan(at + (version < 2 ? 40 : 24)));
    }

    private void Visit(string path, ulong address, int depth)
    {
        var messages = Hdf5Object.Read(_file, address);
        if (Hdf5Group.Members(_file, messages) is { } members)
        {
            if (!_visited.Add(address) || depth > Deepest)
                throw _file.Damaged($"the group '{Excerpt.Of(path)}' is inside of itself, twice in the file, or {depth} deep");
            foreach (var (name, member) in members) Visit(Join(path, name), member, depth + 1);
        }
        else if (Hdf5Dataset.Of(_file, messages, path) is { } array)
        {
            if (!_arrays.TryAdd(path, array)) throw _file.Damaged($"two arrays are named '{path}'");
            _tensors.Add(new(path, array.Sizes, array.Type));
        }
    }

    private string Join(string path, string name)
    {
        if (path.Length == 0) return name;
        _file.Spend(path.Length);
        return path.Length + name.Length < SourceTensor.LongestName ? $"{path}/{name}"
            : throw _file.Damaged($"'{Excerpt.Of(path)}/…' is longer than any name");
    }
}
