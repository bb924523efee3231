using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Engine.Tensors.Serialization;

/// <summary>
/// The strict reader behind <see cref="SafetensorsFile"/>: every number in the header is checked before it is used.
/// </summary>
internal sealed class SafetensorsReader(Stream stream, string name)
{
    // The limit of NumPy and PyTorch.
    private const int MostSizes = 64;

    private bool _anyType;

    public SafetensorsFile Read()
    {
        var file = new SafetensorsFile();
        var entries = ReadHeader(file);
        using var hash = file.Metadata.ContainsKey(PayloadHash.Key) ? new PayloadHash() : null;
        foreach (var entry in entries)
        {
            var tensor = new StoredTensor(Bytes.Read(stream, entry.Type, entry.Count)!, [.. entry.Shape]);
            file.Tensors.Add(entry.Name, tensor);
            hash?.Add(tensor.Data);
        }

        if (hash is null || !file.Metadata.Remove(PayloadHash.Key, out var claimed)) return file;
        var found = hash.Take();
        if (found != claimed)
        {
            Throw($"the SHA-256 of its values is {found}, but the file records {Shorten(claimed)}; it is damaged or was " +
                "changed. Restore it, or train again.");
        }

        file.RecordedHash = found;
        return file;
    }

    public Dictionary<string, string> ReadMetadata()
    {
        var file = new SafetensorsFile();
        ReadHeader(file);
        return file.Metadata;
    }

    /// <summary>
    /// What tensors a file holds, in its order, of any type that the format has; the stream is left at the first value.
    /// </summary>
    public List<SafetensorsEntry> ReadEntries()
    {
        _anyType = true;
        return ReadHeader(new SafetensorsFile());
    }

    private List<SafetensorsEntry> ReadHeader(SafetensorsFile file)
    {
        var length = stream.Length;
        if (length < 8) Throw($"{length} bytes are too few for a safetensors file; its first 8 are the header's length.");
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (headerLength > (ulong)Math.Min(length - 8, Array.MaxLength))
        {
            Throw($"the header's length is given as {headerLength} bytes but {length - 8} follow; the file is cut short or "
                + "not a safetensors file.");
        }

        var header = new byte[headerLength];
        stream.ReadExactly(header);
        var entries = ParseHeader(header, file);
        CheckTiling(entries, length - 8 - header.Length);
        return entries;
    }

    private List<SafetensorsEntry> ParseHeader(byte[] header, SafetensorsFile file)
    {
        if (header.Length == 0 || header[0] != '{') Throw("the header does not begin with '{'.");
        if (!Utf8.IsValid(header)) Throw("the header is not UTF-8.");
        var entries = new List<SafetensorsEntry>();
        try
        {
            using var json = JsonDocument.Parse(header,
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 });
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__") ReadMetadata(property.Value, file);
                else entries.Add(ReadEntry(property.Name, property.Value));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escaped lone surrogate, which no string can hold. The message may quote the entire
            // header after a wrong character.
            throw new InvalidDataException($"{name}: the header is not the JSON of a safetensors file: {Excerpt.Of(e.Message)}",
                e);
        }

        return entries;
    }

    private void ReadMetadata(JsonElement value, SafetensorsFile file)
    {
        if (value.ValueKind != JsonValueKind.Object)
            Throw($"__metadata__ is {value.ValueKind}; it must be an object of strings.");
        foreach (var item in value.EnumerateObject())
        {
            if (item.Value.ValueKind != JsonValueKind.String)
                Throw($"metadata '{item.Name}' is {item.Value.ValueKind}; it must be a string.");
            file.Metadata.Add(item.Name, item.Value.GetString()!);
        }
    }

    private SafetensorsEntry ReadEntry(string tensor, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            Throw($"tensor '{Excerpt.Of(tensor)}' is {value.ValueKind}; it must be an object.");
        string? type = null;
        int[]? shape = null;
        long[]? offsets = null;
        foreach (var field in value.EnumerateObject())
        {
            switch (field.Name)
            {
                case "dtype" when field.Value.ValueKind == JsonValueKind.String: type = field.Value.GetString(); break;
                case "shape": shape = [.. Integers(tensor, field, int.MaxValue).Select(s => (int)s)]; break;
                case "data_offsets": offsets = Integers(tensor, field, long.MaxValue); break;
                default:
                    Throw($"tensor '{Excerpt.Of(tensor)}' has the unexpected field '{Excerpt.Of(field.Name)}' of kind "
                + $"{field.Value.ValueKind}."); break;
            }
        }

        if (type is null || shape is null || offsets is null)
            Throw($"tensor '{Excerpt.Of(tensor)}' lacks dtype, shape or data_offsets.");
        if (shape.Length > MostSizes)
            Throw($"tensor '{Excerpt.Of(tensor)}' has {shape.Length} sizes; at most {MostSizes} are allowed.");
        var itemSize = type switch
        {
            "F32" or "I32" => 4,
            "F64" or "I64" => 8,
            "U8" => 1,
            "F16" or "BF16" or "I16" or "U16" when _anyType => 2,
            "U32" when _anyType => 4,
            "U64" when _anyType => 8,
            "I8" or "BOOL" when _anyType => 1,
            _ => 0,
        };
        if (itemSize == 0)
            Throw($"tensor '{Excerpt.Of(tensor)}' is of type {Excerpt.Of(type)}; F32, F64, I32, I64 and U8 can be read.");
        if (offsets.Length != 2 || offsets[0] > offsets[1])
        {
            var found = offsets.Length == 2 ? $"data_offsets [{offsets[0]}, {offsets[1]}]" : $"{offsets.Length} data_offsets";
            Throw($"tensor '{Excerpt.Of(tensor)}' has {found}; they must be begin and end.");
        }

        var bytes = (UInt128)(offsets[1] - offsets[0]);
        var count = StoredTensor.Count(shape);
        if (count * (uint)itemSize != bytes || count > (uint)Array.MaxLength)
        {
            Throw($"tensor '{Excerpt.Of(tensor)}', {type} [{string.Join(", ", shape)}], needs {count * (uint)itemSize} bytes but "
                + $"its data_offsets span {bytes}.");
        }

        return new SafetensorsEntry(tensor, type, shape, (int)count, offsets[0], offsets[1]);
    }

    private long[] Integers(string tensor, JsonProperty field, long max)
    {
        if (field.Value.ValueKind != JsonValueKind.Array)
            Throw($"tensor '{Excerpt.Of(tensor)}' has a {field.Name} that is not an array.");
        var values = new long[field.Value.GetArrayLength()];
        var i = 0;
        foreach (var item in field.Value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out values[i]) || values[i] < 0 || values[i] > max)
            {
                Throw($"tensor '{Excerpt.Of(tensor)}' has the {field.Name} entry {Excerpt.Of(item.GetRawText())}; it must "
                    + "be an integer "
                    + $"from 0 to {max}.");
            }

            i++;
        }

        return values;
    }

    // The ranges must cover the values exactly, one after another; afterwards the entries are in file order.
    private void CheckTiling(List<SafetensorsEntry> entries, long dataLength)
    {
        entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        long at = 0;
        foreach (var entry in entries)
        {
            if (entry.Begin != at)
                Throw($"tensor '{entry.Name}' begins at byte {entry.Begin} where {at} was expected; ranges must not overlap "
                    + "or leave a gap.");
            if (entry.End > dataLength)
                Throw($"tensor '{entry.Name}' ends at byte {entry.End} but {dataLength} bytes of values follow the header; "
                    + "the file is cut short.");
            at = entry.End;
        }

        if (at != dataLength) Throw($"the tensors end at byte {at} but {dataLength} bytes of values follow the header.");
    }

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "...";

    [DoesNotReturn]
    private void Throw(string rule) => throw new InvalidDataException($"{name}: {rule}");
}
