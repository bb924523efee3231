using System.ComponentModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Dsp;

namespace Engine.Tensors.Serialization;

/// <summary>
/// Named tensors and a map of strings in one <c>.safetensors</c> file: the header's length (8 bytes, little-endian), a JSON
/// header, then the values. Format: https://github.com/huggingface/safetensors#format. Types F32, F64, I32, I64 and U8.
/// </summary>
/// <remarks>
/// The same content is always written as the same bytes: wider types first, then ordinal by name, so that every tensor is aligned
/// to its type; the values begin at a multiple of 8. The reader trusts nothing: a header longer than the file, a repeated key, a
/// range that disagrees with type and sizes, and ranges that overlap, leave a gap or do not end with the file are all refused
/// before anything of the size they claim is allocated. A file may hold the SHA-256 of its values in its metadata under
/// <c>payload_sha256</c>; if so, values with another hash are refused.
/// </remarks>
public sealed class SafetensorsFile
{
    private const string MetadataKey = "__metadata__";

    /// <summary>The tensors by name.</summary>
    public Dictionary<string, StoredTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>The strings by key.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// The SHA-256 of the values, 64 hexadecimal digits, if the file that was read records it (<c>payload_sha256</c>); else null.
    /// </summary>
    public string? RecordedHash { get; internal set; }

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">
    /// The content is not a safetensors file of the supported types; the message names the file and what is wrong.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static SafetensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        // Pipes and devices have no length, and opening one might block forever.
        var length = new FileInfo(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName
            ?? path) is { Exists: true } file ? file.Length : 0;
        if (length == 0 && File.Exists(path))
        {
            throw new InvalidDataException($"{path}: 0 bytes are too few for a safetensors file; it is empty, or a pipe or " +
                "device rather than a file.");
        }
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return new SafetensorsReader(stream, path).Read();
    }

    /// <summary>Reads only a file's strings, without its tensors.</summary>
    /// <exception cref="InvalidDataException">The content is not a safetensors file of the supported types.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Dictionary<string, string> ReadMetadata(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return new SafetensorsReader(stream, path).ReadMetadata();
    }

    /// <summary>
    /// What tensors a stream that can seek holds, in its order and of any type that the format has; the stream is left at the
    /// first value.
    /// </summary>
    /// <exception cref="InvalidDataException">The content is not a safetensors file; the message begins with the
    /// name.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static IReadOnlyList<SafetensorsEntry> ReadEntries(Stream stream, string name) =>
        new SafetensorsReader(stream, name).ReadEntries();

    /// <summary>Reads the bytes of a file, which messages call <paramref name="name"/>.</summary>
    /// <exception cref="InvalidDataException">The content is not a safetensors file of the supported types.</exception>
    public static SafetensorsFile Parse(byte[] bytes, string name = "safetensors")
    {
        ArgumentNullException.ThrowIfNull(bytes);
        return new SafetensorsReader(new MemoryStream(bytes, writable: false), name).Read();
    }

    /// <summary>
    /// Writes the file so that <paramref name="path"/> holds either its old content or all of the new: into a temporary file in
    /// the same folder, flushed to disk, then renamed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="checksum">Whether to store the SHA-256 of the values, which reading then verifies.</param>
    /// <exception cref="ArgumentException">A tensor is named <c>__metadata__</c>, which the format reserves.</exception>
    /// <exception cref="IOException">The folder is missing or the file cannot be written; nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public void Write(string path, bool checksum = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = new AtomicFile(path);
        WriteTo(file.Stream, checksum);
        file.Commit();
    }

    /// <summary>The bytes of the file.</summary>
    /// <param name="checksum">Whether they hold the SHA-256 of the values.</param>
    /// <exception cref="ArgumentException">A tensor is named <c>__metadata__</c>, which the format reserves.</exception>
    public byte[] ToBytes(bool checksum = false)
    {
        using var stream = new MemoryStream();
        WriteTo(stream, checksum);
        return stream.ToArray();
    }

    /// <summary>
    /// The SHA-256 of the values in the order of a file, 64 hexadecimal digits: what <c>payload_sha256</c> says in a file written
    /// with it.
    /// </summary>
    public string ComputePayloadHash() => PayloadHash.Of(InOrder().Select(t => t.Value));

    private KeyValuePair<string, StoredTensor>[] InOrder() =>
        [.. Tensors.OrderByDescending(t => t.Value.ItemSize).ThenBy(t => t.Key, StringComparer.Ordinal)];

    private void WriteTo(Stream stream, bool checksum)
    {
        if (Tensors.ContainsKey(MetadataKey))
            throw new ArgumentException($"Safetensors: no tensor can be named '{MetadataKey}'.");
        var ordered = InOrder();
        var header = Header(ordered, checksum ? PayloadHash.Of(ordered.Select(t => t.Value)) : null);
        stream.Write(BitConverter.GetBytes((ulong)header.Length));
        stream.Write(header);
        foreach (var (_, tensor) in ordered) Bytes.Write(stream, tensor.Data);
    }

    private byte[] Header(KeyValuePair<string, StoredTensor>[] ordered, string? hash)
    {
        var texts = hash is null ? Metadata : new(Metadata) { [PayloadHash.Key] = hash };
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (texts.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach (var (key, value) in texts.OrderBy(m => m.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }

            long offset = 0;
            foreach (var (name, tensor) in ordered)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", tensor.Type);
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                offset += tensor.Data.LongLength * tensor.ItemSize;
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        while (buffer.Length % 8 != 0) buffer.WriteByte((byte)' ');
        return buffer.ToArray();
    }
}
