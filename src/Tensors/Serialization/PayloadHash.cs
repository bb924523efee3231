using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Engine.Tensors.Serialization;

/// <summary>The SHA-256 of a file's values in file order: everything after the header, byte by byte.</summary>
internal sealed class PayloadHash : IDisposable
{
    /// <summary>The metadata key that holds a file's hash; it is not part of <see cref="SafetensorsFile.Metadata"/>.</summary>
    public const string Key = "payload_sha256";

    private const int Chunk = 1 << 20;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The hash of these tensors, in order.</summary>
    public static string Of(IEnumerable<StoredTensor> tensors)
    {
        using var hash = new PayloadHash();
        foreach (var tensor in tensors) hash.Add(tensor.Data);
        return hash.Take();
    }

    /// <summary>Adds the values of one tensor.</summary>
    public void Add(Array values)
    {
        switch (values)
        {
            case float[] v: Add<float>(v); break;
            case double[] v: Add<double>(v); break;
            case int[] v: Add<int>(v); break;
            case long[] v: Add<long>(v); break;
            case byte[] v: Add<byte>(v); break;
        }
    }

    /// <summary>The hash of all that was added, as 64 hexadecimal digits.</summary>
    public string Take() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    // In pieces, because an array may have more bytes than a span can hold.
    private void Add<T>(ReadOnlySpan<T> values) where T : unmanaged
    {
        for (var at = 0; at < values.Length; at += Chunk)
            _hash.AppendData(MemoryMarshal.AsBytes(values.Slice(at, Math.Min(Chunk, values.Length - at))));
    }
}
