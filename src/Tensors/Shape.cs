using System.Diagnostics.CodeAnalysis;

namespace Engine.Tensors;

/// <summary>
/// The sizes of a dense row-major tensor, outermost first; a scalar has none. Immutable. There are fewer than 2³¹ elements, so
/// kernels on every device can index with 32 bits.
/// </summary>
public readonly struct Shape : IEquatable<Shape>
{
    // NumPy's limit; operations keep an entry for each axis on the stack.
    private const int MostAxes = 64;

    private readonly int[]? _sizes;

    /// <summary>Makes a shape; the sizes are copied.</summary>
    /// <exception cref="ArgumentException">
    /// A size is negative, the product reaches 2³¹, or there are more than 64 axes.
    /// </exception>
    public Shape(params ReadOnlySpan<int> sizes)
    {
        if (sizes.Length > MostAxes) Throw.Argument($"Shape: {sizes.Length} axes are too many; at most {MostAxes} are allowed.");
        long count = 1;
        foreach (var size in sizes)
        {
            if (size < 0) Throw.Argument($"Shape: [{Join(sizes)}] has the negative size {size}.");
            // A size of zero makes the tensor empty, but the other sizes must still fit.
            count *= Math.Max(1, size);
            if (count > int.MaxValue) Throw.Argument($"Shape: [{Join(sizes)}] has 2^31 elements or more.");
        }

        _sizes = sizes.ToArray();
        Count = sizes.Contains(0) ? 0 : (int)count;
    }

    /// <summary>The number of elements: the product of all sizes, 1 for a scalar.</summary>
    public int Count { get => _sizes is null ? 1 : field; }

    /// <summary>The number of axes.</summary>
    public int Rank => _sizes?.Length ?? 0;

    /// <summary>The sizes, outermost first.</summary>
    public ReadOnlySpan<int> Sizes => _sizes;

    /// <summary>One size; a negative axis counts from the end.</summary>
    /// <exception cref="ArgumentException">There is no such axis.</exception>
    public int this[int axis] => Sizes[Axis(axis, "Shape")];

    /// <summary>Whether two shapes have the same sizes.</summary>
    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <summary>
    /// The shape that NumPy's broadcasting gives two operands: axes align at the end, and a size of 1 stretches.
    /// </summary>
    /// <param name="a">The left operand's shape.</param>
    /// <param name="b">The right operand's shape.</param>
    /// <param name="operation">Named in the error.</param>
    /// <exception cref="ArgumentException">Two aligned sizes differ and neither is 1.</exception>
    public static Shape Broadcast(Shape a, Shape b, string operation)
    {
        var rank = Math.Max(a.Rank, b.Rank);
        Span<int> sizes = stackalloc int[rank];
        for (var i = 1; i <= rank; i++)
        {
            var p = i <= a.Rank ? a.Sizes[^i] : 1;
            var q = i <= b.Rank ? b.Sizes[^i] : 1;
            if (p != q && p != 1 && q != 1)
            {
                Throw.Argument($"{operation}: {a} and {b} do not broadcast: sizes {p} and {q} differ and neither is 1.");
            }

            sizes[^i] = p == 1 ? q : p;
        }

        return new Shape(sizes);
    }

    /// <summary>Resolves an axis, which may count from the end, to its index.</summary>
    /// <exception cref="ArgumentException">There is no such axis; the message names the operation.</exception>
    public int Axis(int axis, string operation)
    {
        if (axis < -Rank || axis >= Rank) Throw.Argument($"{operation}: axis {axis} is outside {this}, which has {Rank} axes.");
        return axis < 0 ? axis + Rank : axis;
    }

    /// <summary>
    /// The product of the sizes from axis <paramref name="start"/> up to, not including, <paramref name="end"/>.
    /// </summary>
    public int Product(int start, int end)
    {
        var product = 1;
        foreach (var size in Sizes[start..end]) product *= size;
        return product;
    }

    /// <summary>This shape with one size replaced.</summary>
    public Shape With(int axis, int size)
    {
        Span<int> sizes = [.. Sizes];
        sizes[Axis(axis, "Shape")] = size;
        return new Shape(sizes);
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => Sizes.SequenceEqual(other.Sizes);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var size in Sizes) hash.Add(size);
        return hash.ToHashCode();
    }

    /// <summary>The sizes as <c>[32, 128]</c>.</summary>
    public override string ToString() => $"[{Join(Sizes)}]";

    private static string Join(ReadOnlySpan<int> sizes) => string.Join(", ", sizes.ToArray());
}
