namespace Engine.Tensors;

/// <summary>
/// How two operands are read when they broadcast to a result: neighbouring axes along which both behave alike are merged.
/// Sizes and strides stand innermost first; a stride of 0 repeats.
/// </summary>
internal readonly record struct BroadcastAxes(int[] Sizes, int[] StridesA, int[] StridesB)
{
    // As many axes as a kernel takes.
    private const int Most = 4;

    /// <summary>Called for each block of at most four axes, outermost first: sizes and strides, where the block begins in the operands and the result, and its elements.</summary>
    public delegate void Block(ReadOnlySpan<int> sizes, ReadOnlySpan<int> stridesA, ReadOnlySpan<int> stridesB, (int A, int B, int Result) offsets, int count);

    /// <summary>Merges the axes of shapes that broadcast.</summary>
    public static BroadcastAxes Of(Shape a, Shape b, Shape result)
    {
        List<int> sizes = [], stridesA = [], stridesB = [];
        int strideA = 1, strideB = 1;
        for (var i = 1; i <= result.Rank; i++)
        {
            var size = result.Sizes[^i];
            var sizeA = i <= a.Rank ? a.Sizes[^i] : 1;
            var sizeB = i <= b.Rank ? b.Sizes[^i] : 1;
            var (stepA, stepB) = (sizeA == 1 ? 0 : strideA, sizeB == 1 ? 0 : strideB);
            (strideA, strideB) = (strideA * sizeA, strideB * sizeB);
            if (size == 1) continue;

            // An axis continues the one inside it if each operand goes on where that one ended, or stands still in both.
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

    /// <summary>Cuts the result's <paramref name="count"/> elements into blocks of four axes: nearly always one.</summary>
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
}
