using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Importing;

/// <summary>A <c>.safetensors</c> file of any number type.</summary>
internal sealed class SafetensorsWeights : WeightsFile
{
    private readonly Stream _stream;
    private readonly string _name;
    private readonly Dictionary<string, SafetensorsEntry> _entries;
    private readonly long _values;

    public SafetensorsWeights(Stream stream, string name)
    {
        (_stream, _name) = (stream, name);
        var entries = SafetensorsFile.ReadEntries(stream, name);
        _values = stream.Position;
        _entries = entries.ToDictionary(e => e.Name, StringComparer.Ordinal);
        Tensors = [.. entries.OrderBy(e => e.Name, StringComparer.Ordinal)
            .Select(e => new SourceTensor(e.Name, e.Shape, TypeOf(e.Type)))];
    }

    public override string Format => "safetensors";

    public override IReadOnlyList<SourceTensor> Tensors { get; }

    public override float[] Read(SourceTensor tensor)
    {
        if (tensor.Type.Size == 0)
            Throw($"{_name}: '{tensor.Name}' is {tensor.Type.Name}, which cannot be read; convert it to float32.");
        var entry = _entries[tensor.Name];
        var bytes = new byte[entry.End - entry.Begin];
        _stream.Position = _values + entry.Begin;
        _stream.ReadExactly(bytes);
        return tensor.Type.ReadAll(bytes);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _stream.Dispose();
    }

    private static NumberType TypeOf(string type) => type switch
    {
        "F32" => NumberType.Float32,
        "F64" => NumberType.Float64,
        "F16" => NumberType.Float16,
        "BF16" => NumberType.BFloat16,
        "I64" => NumberType.Int64,
        "I32" => NumberType.Int32,
        "I16" => NumberType.Int16,
        "I8" => NumberType.Int8,
        "U64" => NumberType.UInt64,
        "U32" => NumberType.UInt32,
        "U16" => NumberType.UInt16,
        "U8" => NumberType.UInt8,
        "BOOL" => NumberType.Boolean,
        _ => NumberType.Unreadable(type),
    };
}
