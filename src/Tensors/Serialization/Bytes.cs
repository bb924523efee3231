using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Tensors.Serialization;

/// <summary>
/// Moves the arrays that a <see cref="StoredTensor"/> may hold to and from little-endian bytes, also beyond 2 GB.
/// </summary>
internal static class Bytes
{
    private const int Chunk = 1 << 20;

    private const long Large = 16 << 20;

    /// <summary>Whether an array is so large that a second copy matters.</summary>
    public static bool IsLarge<T>(int count) where T : unmanaged => (long)count * Unsafe.SizeOf<T>() >= Large;

    public static void Write(Stream stream, Array values)
    {
        switch (values)
        {
            case float[] v: Write<float>(stream, v); break;
            case double[] v: Write<double>(stream, v); break;
            case int[] v: Write<int>(stream, v); break;
            case long[] v: Write<long>(stream, v); break;
            case byte[] v: stream.Write(v); break;
        }
    }

    /// <summary>Reads an array of the given type; null if its name is not one of the five.</summary>
    public static Array? Read(Stream stream, string type, int count) => type switch
    {
        "F32" => Read<float>(stream, count),
        "F64" => Read<double>(stream, count),
        "I32" => Read<int>(stream, count),
        "I64" => Read<long>(stream, count),
        "U8" => Read<byte>(stream, count),
        _ => null,
    };

    private static void Write<T>(Stream stream, ReadOnlySpan<T> values) where T : unmanaged
    {
        for (var at = 0; at < values.Length; at += Chunk)
        {
            stream.Write(MemoryMarshal.AsBytes(values.Slice(at, Math.Min(Chunk, values.Length - at))));
        }
    }

    private static T[] Read<T>(Stream stream, int count) where T : unmanaged
    {
        // A network takes large weights over. Among other large arrays they would make the collector wait, while it grows, until
        // garbage is a share of all.
        var values = GC.AllocateUninitializedArray<T>(count, pinned: IsLarge<T>(count));
        for (var at = 0; at < count; at += Chunk)
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(Chunk, count - at))));
        }

        return values;
    }
}
