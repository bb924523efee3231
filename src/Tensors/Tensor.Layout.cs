using Engine.Tensors.Autograd;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>The same elements under another shape with as many, without a copy; one size may be -1 and is inferred.</summary>
    /// <exception cref="ArgumentException">The numbers of elements differ.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> sizes)
    {
        ExpectAlive(nameof(Reshape));
        var result = Alias(Infer(sizes));
        Tape.Record([result], [this], [], LayoutGradients.Reshape(Shape));
        return result;
    }

    /// <summary>
    /// The axes in another order: axis i of the result is axis <c>axes[i]</c> of this tensor. Copies, unless nothing moves.
    /// </summary>
    /// <exception cref="ArgumentException">The axes are not a permutation.</exception>
    public Tensor Permute(params ReadOnlySpan<int> axes)
    {
        ExpectAlive(nameof(Permute));
        var order = Permutation(axes);
        if (order.SequenceEqual(Enumerable.Range(0, Rank))) return Reshape([.. Shape.Sizes]);
        var strides = Strides();
        var result = Empty(new Shape([.. order.Select(a => Shape[a])]), Device, Type);
        Device.Backend.CopyStrided(this, 0, [.. order.Select(a => strides[a])], result);
        Tape.Record([result], [this], [], LayoutGradients.Permute(order));
        return result;
    }

    /// <summary>Two axes swapped; the last two by default.</summary>
    /// <exception cref="ArgumentException">An axis does not exist.</exception>
    public Tensor Transpose(int first = -2, int second = -1)
    {
        ExpectAlive(nameof(Transpose));
        int[] order = [.. Enumerable.Range(0, Rank)];
        var (a, b) = (Shape.Axis(first, nameof(Transpose)), Shape.Axis(second, nameof(Transpose)));
        (order[a], order[b]) = (b, a);
        return Permute(order);
    }

    /// <summary>
    /// <paramref name="length"/> indices of one axis, starting at <paramref name="start"/>. Along the first axis this is a view
    /// without a copy.
    /// </summary>
    /// <exception cref="ArgumentException">The axis does not exist, or the range lies outside it.</exception>
    public Tensor Slice(int axis, int start, int length)
    {
        ExpectAlive(nameof(Slice));
        axis = Shape.Axis(axis, nameof(Slice));
        if (start < 0 || length < 0 || start > Shape[axis] - length)
        {
            Throw.Argument($"Slice: indices {start} to {(long)start + length} are outside axis {axis} of {Shape}.");
        }

        var (strides, shape) = (Strides(), Shape.With(axis, length));
        var offset = start * strides[axis];
        Tensor result;
        if (shape.Product(0, axis) == 1)
        {
            result = Alias(shape, offset);
        }
        else
        {
            result = Empty(shape, Device, Type);
            Device.Backend.CopyStrided(this, offset, strides, result);
        }

        Tape.Record([result], [this], [], LayoutGradients.Slice(Shape, offset, strides));
        return result;
    }

    /// <summary>Joins tensors along an axis; their other sizes, types and devices must agree.</summary>
    /// <exception cref="ArgumentException">There is no tensor, or one does not fit the first.</exception>
    public static Tensor Concat(int axis, params ReadOnlySpan<Tensor> tensors)
    {
        if (tensors.Length == 0) Throw.Argument("Concat: there is no tensor to join.");
        foreach (var tensor in tensors)
        {
            ArgumentNullException.ThrowIfNull(tensor, nameof(tensors));
            tensor.ExpectAlive(nameof(Concat));
        }

        var first = tensors[0];
        axis = first.Shape.Axis(axis, nameof(Concat));
        var total = 0;
        foreach (var tensor in tensors)
        {
            if (tensor.Rank != first.Rank || tensor.Shape.With(axis, first.Shape[axis]) != first.Shape
                || tensor.Type != first.Type || tensor.Device != first.Device)
            {
                Throw.Argument($"Concat: {tensor} does not join {first} along axis {axis}.");
            }

            total += tensor.Shape[axis];
        }

        var result = Empty(first.Shape.With(axis, total), first.Device, first.Type);
        var strides = result.Strides();
        var starts = new int[tensors.Length];
        for (int i = 0, start = 0; i < tensors.Length; start += tensors[i++].Shape[axis])
        {
            starts[i] = start;
            first.Device.Backend.CopyToStrided(tensors[i], result, start * strides[axis], strides);
        }

        var lengths = Array.ConvertAll(tensors.ToArray(), t => t.Shape[axis]);
        Tape.Record([result], tensors!, [], LayoutGradients.Concat(axis, starts, lengths));
        return result;
    }

    /// <summary>Rows of the first axis by index: result[r] = this[indices[r]]; a row may be taken more than once.</summary>
    /// <param name="indices">int32, one axis.</param>
    /// <exception cref="ArgumentException">
    /// The indices are not a vector or are on another device, or one lies outside the axis.
    /// </exception>
    public Tensor GatherRows(Tensor indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        Expect(ElementType.Float32, nameof(GatherRows));
        indices.Expect(ElementType.Int32, nameof(GatherRows));
        if (Rank < 1 || indices.Rank != 1)
            Throw.Argument($"GatherRows: {Shape} needs an axis and indices {indices.Shape} exactly one.");
        ExpectOneDevice(nameof(GatherRows), "source", this, nameof(indices), indices);
        var numbers = indices.ToIndices();
        for (var i = 0; i < numbers.Length; i++)
        {
            if ((uint)numbers[i] >= (uint)Shape[0])
                Throw.Argument($"GatherRows: index {numbers[i]} at position {i} is outside the {Shape[0]} rows of {Shape}.");
        }

        var rowSize = Shape.Product(1, Rank);
        using var rows = Alias(new Shape(Shape[0], rowSize));
        var result = Empty(Shape.With(0, indices.Count), Device);
        Device.Backend.GatherRows(rows, indices, result);
        Tape.Record([result], [this], [indices], LayoutGradients.GatherRows(rows.Shape, Shape));
        return result;
    }

    internal int[] Strides()
    {
        var strides = new int[Rank];
        for (int axis = Rank - 1, stride = 1; axis >= 0; stride *= Shape[axis--]) strides[axis] = stride;
        return strides;
    }

    private int[] Permutation(ReadOnlySpan<int> axes)
    {
        var order = new int[axes.Length];
        for (var i = 0; i < order.Length; i++) order[i] = Shape.Axis(axes[i], nameof(Permute));
        if (order.Length != Rank || order.Distinct().Count() != Rank)
        {
            Throw.Argument($"Permute: axes [{Listed(axes)}] are not a permutation of the {Rank} axes of {Shape}.");
        }

        return order;
    }

    private Shape Infer(ReadOnlySpan<int> sizes)
    {
        Span<int> known = [.. sizes];
        var free = known.IndexOf(-1);
        if (free >= 0) known[free] = 1;
        long product = 1;
        foreach (var size in known)
        {
            if (size < 0)
                Throw.Argument($"Reshape: [{Listed(sizes)}] for {Shape} has the size {size}; only one may be open, as -1.");
            // Saturates beyond any tensor's count; a zero still makes it zero.
            product = Math.Min(product * size, int.MaxValue + 1L);
        }

        if (free >= 0 && product > 0 && Count % product == 0) product *= known[free] = (int)(Count / product);
        if (product != Count || (free >= 0 && product == 0))
            Throw.Argument($"Reshape: {Shape} has {Count} elements, which [{Listed(sizes)}] cannot hold.");
        return new Shape(known);
    }

    private static string Listed(ReadOnlySpan<int> values) => string.Join(", ", values.ToArray());
}
