namespace Engine.Tensors;

/// <summary>
/// How two operands are read when they broadcast to a result: adjacent axes that both traverse as one are merged. Sizes and
/// strides are innermost first; a stride of 0 repeats.
/// </summary>
internal readonly record struct BroadcastAxes(int[] Sizes, int[] StridesA, int[] StridesB)
{
    // The most axes a kernel takes.
    private const int Most = 4;

    /// <summary>
    /// Receives each block of at most four axes, outermost first: sizes and strides, where the block begins in the operands and
    /// the result, and its element count.
    /// </summary>
    public delegate void Block(ReadOnlySpan<int> sizes, ReadOnlySpan<int> stridesA, ReadOnlySpan<int> stridesB,
        (int A, int B, int Result) offsets, int count);

    /// <summary>The axis of stride 1 in A and that in B; -1 if there is none.</summary>
    public (int A, int B) UnitAxes => (Array.IndexOf(StridesA, 1), Array.IndexOf(StridesB, 1));

    /// <summary>Merges the axes of shapes that broadcast.</summary>
    public static BroadcastAxes Of(Shape a, Shape b, Shape result)
    {
        Span<int> stridesA = stackalloc int[result.Rank], stridesB = stackalloc int[result.Rank];
        Strides(a, stridesA);
        Strides(b, stridesB);
        return Merge(result.Sizes, stridesA, stridesB);
    }

    /// <summary>
    /// Merges the axes of a copy: A is read or written at these strides, outermost first, and B is the dense tensor of this
    /// shape.
    /// </summary>
    public static BroadcastAxes Of(Shape shape, ReadOnlySpan<int> strides)
    {
        Span<int> dense = stackalloc int[shape.Rank];
        Strides(shape, dense);
        return Merge(shape.Sizes, strides, dense);
    }

    /// <summary>The other axes.</summary>
    public BroadcastAxes Without(int first, int second = -1)
    {
        return new(Others(Sizes), Others(StridesA), Others(StridesB));
        int[] Others(int[] values) => [.. values.Where((_, axis) => axis != first && axis != second)];
    }

    /// <summary>Where an index over all axes but the first <paramref name="inner"/> begins in each operand.</summary>
    public (int A, int B) Offsets(int index, int inner)
    {
        int offsetA = 0, offsetB = 0;
        for (var axis = inner; axis < Sizes.Length; axis++)
        {
            var position = index % Sizes[axis];
            index /= Sizes[axis];
            offsetA += position * StridesA[axis];
            offsetB += position * StridesB[axis];
        }

        return (offsetA, offsetB);
    }

    /// <summary>Splits the result's <paramref name="count"/> elements into blocks of four axes, nearly always just one.</summary>
    public void ForEachBlock(int count, Block body)
    {
        Span<int> sizes = [1, 1, 1, 1], a = [0, 0, 0, 0], b = [0, 0, 0, 0];
        var block = 1;
        for (var axis = 0; axis < Math.Min(Most, Sizes.Length); axis++)
        {
            (sizes[^(axis + 1)], a[^(axis + 1)], b[^(axis + 1)]) = (Sizes[axis], StridesA[axis], StridesB[axis]);
            block *= Sizes[axis];
        }

        for (var start = 0; start < count; start += block)
        {
            var (offsetA, offsetB) = Offsets(start / block, Most);
            body(sizes, a, b, (offsetA, offsetB, start), block);
        }
    }

    // The strides of a dense operand, outermost first and aligned at the end; 0 for axes that repeat.
    private static void Strides(Shape operand, Span<int> strides)
    {
        strides.Clear();
        for (int i = 1, stride = 1; i <= operand.Rank; stride *= operand.Sizes[^i++])
        {
            if (operand.Sizes[^i] != 1) strides[^i] = stride;
        }
    }

    private static BroadcastAxes Merge(ReadOnlySpan<int> shape, ReadOnlySpan<int> stepsA, ReadOnlySpan<int> stepsB)
    {
        List<int> sizes = [], stridesA = [], stridesB = [];
        for (var i = 1; i <= shape.Length; i++)
        {
            var (size, stepA, stepB) = (shape[^i], stepsA[^i], stepsB[^i]);
            if (size == 1) continue;

            // An axis extends the one inside it if each operand continues where that one ended, or repeats along both.
            if (sizes.Count > 0 && stepA == stridesA[^1] * sizes[^1] && stepB == stridesB[^1] * sizes[^1])
            {
                sizes[^1] *= size;
                continue;
            }

            sizes.Add(size);
            stridesA.Add(stepA);
            stridesB.Add(stepB);
        }

        return new([.. sizes], [.. stridesA], [.. stridesB]);
    }
}
