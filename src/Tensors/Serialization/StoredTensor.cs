namespace Engine.Tensors.Serialization;

/// <summary>A tensor as stored in a file: C-order values and sizes, of type F32, F64, I32, I64 or U8.</summary>
public sealed class StoredTensor
{
    private readonly int[] _shape;

    /// <summary>
    /// Wraps <paramref name="data"/> (not copied), a float[], double[], int[], long[] or byte[]; without sizes it is a scalar.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The array is of another type, or its length is not the product of the sizes.
    /// </exception>
    public StoredTensor(Array data, params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(shape);
        (Type, ItemSize) = data switch
        {
            float[] => ("F32", 4),
            double[] => ("F64", 8),
            int[] => ("I32", 4),
            long[] => ("I64", 8),
            byte[] => ("U8", 1),
            _ => throw new ArgumentException(
                $"StoredTensor: {data.GetType().Name} cannot be stored; use float, double, int, long or byte."),
        };
        if (shape.Any(s => s < 0) || (ulong)data.LongLength != Count(shape))
        {
            throw new ArgumentException(
                $"StoredTensor: sizes [{string.Join(", ", shape)}] do not describe {data.LongLength} values.");
        }

        (Data, _shape) = (data, [.. shape]);
    }

    /// <summary>The values in C order.</summary>
    public Array Data { get; }

    /// <summary>The sizes, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape => _shape;

    /// <summary>The type's name in a safetensors header: F32, F64, I32, I64 or U8.</summary>
    public string Type { get; }

    /// <summary>Bytes per value.</summary>
    internal int ItemSize { get; }

    /// <summary>Type and sizes, as <c>F32 [64, 10]</c>.</summary>
    public override string ToString() => $"{Type} [{string.Join(", ", _shape)}]";

    /// <summary>The header name of an element type: <c>F64</c> for double.</summary>
    public static string TypeName(Type element)
    {
        ArgumentNullException.ThrowIfNull(element);
        return element == typeof(float) ? "F32" : element == typeof(double) ? "F64" : element == typeof(int) ? "I32"
            : element == typeof(long) ? "I64" : element == typeof(byte) ? "U8"
            : throw new ArgumentException(
                $"StoredTensor: {element.Name} cannot be stored; use float, double, int, long or byte.");
    }

    /// <summary>
    /// The number of values in a tensor of these sizes, each at least 0. Saturates: beyond any file's size, the exact number does
    /// not matter.
    /// </summary>
    internal static UInt128 Count(ReadOnlySpan<int> shape)
    {
        UInt128 count = 1;
        foreach (var size in shape) count = UInt128.Min(count * (uint)size, ulong.MaxValue);
        return shape.Contains(0) ? 0 : count;
    }
}
