using Engine.Tensors.Autograd;
using Engine.Tensors.Operators;

namespace Engine.Tensors;

public sealed partial class Tensor
{
    /// <summary>The sum of all elements, as a scalar tensor.</summary>
    public Tensor Sum() => Sum([.. Enumerable.Range(0, Rank)]);

    /// <summary>The sum over some axes, which are removed, or kept with size 1 if <paramref name="keepAxes"/>.</summary>
    /// <exception cref="ArgumentException">An axis does not exist or is named twice.</exception>
    public Tensor Sum(ReadOnlySpan<int> axes, bool keepAxes = false) => Sum(nameof(Sum), axes, keepAxes);

    private Tensor Sum(string operation, ReadOnlySpan<int> axes, bool keepAxes)
    {
        Expect(ElementType.Float32, operation);
        var (kept, squeezed) = ReducedShapes(axes, operation);
        using var sum = Empty(kept, Device);
        Device.Backend.Sum(this, sum);
        var result = sum.Alias(keepAxes ? kept : squeezed);
        Tape.Record([result], [this], [], ReduceGradients.Sum(kept, Shape));
        return result;
    }

    /// <summary>The mean of all elements, as a scalar tensor; NaN if there are none.</summary>
    public Tensor Mean() => Mean([.. Enumerable.Range(0, Rank)]);

    /// <summary>The mean over some axes; see <see cref="Sum(ReadOnlySpan{int}, bool)"/>.</summary>
    /// <exception cref="ArgumentException">An axis does not exist or is named twice.</exception>
    public Tensor Mean(ReadOnlySpan<int> axes, bool keepAxes = false)
    {
        using var sum = Sum(nameof(Mean), axes, keepAxes);
        return sum.Scale(sum.Count == 0 ? 1 : (float)(1.0 / ((double)Count / sum.Count)));
    }

    /// <summary>
    /// The variance over some axes: squared deviations from the mean, divided by n - <paramref name="correction"/>
    /// (0: of the population, 1: unbiased).
    /// </summary>
    /// <exception cref="ArgumentException">
    /// An axis does not exist or is named twice, or the correction is negative or above n.
    /// </exception>
    public Tensor Variance(ReadOnlySpan<int> axes, int correction = 0, bool keepAxes = false)
    {
        Expect(ElementType.Float32, nameof(Variance));
        var size = (double)Count / ReducedShapes(axes, nameof(Variance)).Kept.Count;
        if (correction < 0 || correction > size)
            Throw.Argument($"Variance: correction is {correction}; it must lie between 0 and {size}, the number of values of "
                + $"{Shape} behind each variance.");
        using var mean = Mean(axes, keepAxes: true);
        using var deviation = this - mean;
        using var square = deviation * deviation;
        using var sum = square.Sum(axes, keepAxes);
        return sum.Scale((float)(1.0 / (size - correction)));
    }

    /// <summary>
    /// The maximum over some axes; a NaN counts as the maximum. The gradient goes to the first occurrence.
    /// </summary>
    /// <exception cref="ArgumentException">An axis does not exist, is named twice, or has no elements.</exception>
    public Tensor Max(ReadOnlySpan<int> axes, bool keepAxes = false)
    {
        Expect(ElementType.Float32, nameof(Max));
        var (kept, squeezed) = ReducedShapes(axes, nameof(Max));
        using var rows = RowsToReduce(axes, nameof(Max), kept.Count);
        using var values = Empty(new Shape(kept.Count), Device);
        using var indices = Tape.NeedsGradient(rows) ? Empty(new Shape(kept.Count), Device, ElementType.Int32) : null;
        Device.Backend.Max(rows, values, indices);
        using var result = values.Alias();
        Tape.Record([result], [rows], indices is null ? [] : [indices], ReduceGradients.Max(rows.Shape));
        return result.Reshape([.. (keepAxes ? kept : squeezed).Sizes]);
    }

    /// <summary>The index of the first maximum along one axis, which is removed; int32. A NaN counts as the maximum.</summary>
    /// <exception cref="ArgumentException">The axis does not exist or has no elements.</exception>
    public Tensor ArgMax(int axis)
    {
        Expect(ElementType.Float32, nameof(ArgMax));
        using var suspended = Tape.NoGrad();
        var (kept, squeezed) = ReducedShapes([axis], nameof(ArgMax));
        using var rows = RowsToReduce([axis], nameof(ArgMax), kept.Count);
        using var indices = Empty(new Shape(kept.Count), Device, ElementType.Int32);
        Device.Backend.Max(rows, null, indices);
        return indices.Alias(squeezed);
    }

    /// <summary>Repeats axes of size 1 to fill the given shape of the same rank.</summary>
    internal Tensor Stretch(Shape shape)
    {
        var result = Zeros(shape, Device);
        Device.Backend.Binary<Add>(this, result, result);
        return result;
    }

    // [kept elements, reduced elements], with the reduced axes moved innermost.
    private Tensor RowsToReduce(ReadOnlySpan<int> axes, string operation, int kept)
    {
        if (kept > 0 && Count == 0) Throw.Argument($"{operation}: {Shape} has no elements to choose from.");
        Span<int> order = stackalloc int[Rank];
        var next = 0;
        for (var axis = 0; axis < Rank; axis++)
        {
            if (!Contains(axes, axis)) order[next++] = axis;
        }

        for (var axis = 0; axis < Rank; axis++)
        {
            if (Contains(axes, axis)) order[next++] = axis;
        }

        using var moved = Permute(order);
        return moved.Reshape(kept, kept == 0 ? 0 : Count / kept);
    }

    private bool Contains(ReadOnlySpan<int> axes, int axis)
    {
        foreach (var a in axes)
        {
            if (Shape.Axis(a, "Reduce") == axis) return true;
        }

        return false;
    }

    private (Shape Kept, Shape Squeezed) ReducedShapes(ReadOnlySpan<int> axes, string operation)
    {
        Span<int> kept = [.. Shape.Sizes];
        Span<bool> reduced = stackalloc bool[Rank];
        reduced.Clear();
        foreach (var a in axes)
        {
            var axis = Shape.Axis(a, operation);
            if (reduced[axis]) Throw.Argument($"{operation}: axis {a} of {Shape} is named twice.");
            reduced[axis] = true;
            kept[axis] = 1;
        }

        var squeezed = new List<int>();
        for (var axis = 0; axis < Rank; axis++)
        {
            if (!reduced[axis]) squeezed.Add(kept[axis]);
        }

        return (new Shape(kept), new Shape([.. squeezed]));
    }
}
