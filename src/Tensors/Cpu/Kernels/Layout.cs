namespace Engine.Tensors.Cpu.Kernels;

/// <summary>Copies between layouts, of four-byte elements of either type. Work is split by runs of the innermost axis.</summary>
internal static unsafe class Layout
{
    private const int Grain = 32 * 1024;

    // Rows and columns of a block when the innermost axes are swapped: both sides stay in the first-level cache.
    private const int Block = 32;

    /// <summary>result (row-major, of the shape) = source at the strides.</summary>
    public static void Gather(float* source, ReadOnlySpan<int> strides, Shape shape, float* result)
    {
        if (shape.Count == 0) return;
        var step = shape.Rank == 0 ? 1 : strides[^1];
        if (shape.Rank >= 2 && step != 1 && strides[^2] == 1)
        {
            Transpose(source, strides.ToArray(), shape, result);
            return;
        }

        var (outer, length) = (strides.ToArray(), shape.Rank == 0 ? 1 : shape[-1]);
        RowParallel.For(shape.Count / length, Math.Max(1, Grain / length), (from, to) =>
        {
            for (var row = from; row < to; row++)
            {
                var x = source + Offset(row, shape, outer);
                var y = result + (long)row * length;
                if (step == 1) new Span<float>(x, length).CopyTo(new Span<float>(y, length));
                else for (var i = 0; i < length; i++) y[i] = x[(long)i * step];
            }
        });
    }

    /// <summary>target at the strides = source (row-major, of the shape).</summary>
    public static void Scatter(float* source, Shape shape, float* target, ReadOnlySpan<int> strides)
    {
        if (shape.Count == 0) return;
        var (outer, length) = (strides.ToArray(), shape.Rank == 0 ? 1 : shape[-1]);
        var step = shape.Rank == 0 ? 1 : strides[^1];
        RowParallel.For(shape.Count / length, Math.Max(1, Grain / length), (from, to) =>
        {
            for (var row = from; row < to; row++)
            {
                var x = source + (long)row * length;
                var y = target + Offset(row, shape, outer);
                if (step == 1) new Span<float>(x, length).CopyTo(new Span<float>(y, length));
                else for (var i = 0; i < length; i++) y[(long)i * step] = x[i];
            }
        });
    }

    /// <summary>result[r] = source[indices[r]], rows of n.</summary>
    public static void GatherRows(float* source, int n, int* indices, int rows, float* result) =>
        RowParallel.For(rows, Math.Max(1, Grain / Math.Max(1, n)), (from, to) =>
        {
            for (var row = from; row < to; row++)
                new Span<float>(source + (long)indices[row] * n, n).CopyTo(new Span<float>(result + (long)row * n, n));
        });

    /// <summary>target = 0, then target[indices[r]] += source[r]. Tasks own columns, since rows may repeat.</summary>
    public static void ScatterAddRows(float* source, int* indices, int rows, int targetRows, int n, float* target)
    {
        new Span<float>(target, targetRows * n).Clear();
        RowParallel.For(n, Math.Max(16, Grain / Math.Max(1, rows)), (from, to) =>
        {
            for (var row = 0; row < rows; row++)
            {
                var x = source + (long)row * n;
                var y = target + (long)indices[row] * n;
                for (var i = from; i < to; i++) y[i] += x[i];
            }
        });
    }

    // The last result axis strides through the source while the one before it is contiguous there.
    private static void Transpose(float* source, int[] strides, Shape shape, float* result)
    {
        var (rows, columns, step) = (shape[-2], shape[-1], strides[^1]);
        var outer = new Shape([.. shape.Sizes[..^1], 1]);
        var bands = (rows + Block - 1) / Block;
        WorkerPool.Run(shape.Count / rows / columns * bands, task =>
        {
            var (matrix, first) = (task / bands, task % bands * Block);
            var last = Math.Min(rows, first + Block);
            var x = source + Offset(matrix * rows, outer, strides);
            var y = result + (long)matrix * rows * columns;
            for (var column = 0; column < columns; column += Block)
            {
                var end = Math.Min(columns, column + Block);
                for (var row = first; row < last; row++)
                {
                    for (var c = column; c < end; c++) y[(long)row * columns + c] = x[row + (long)c * step];
                }
            }
        });
    }

    // Where the run that starts at flat index row · length lies.
    private static long Offset(int row, Shape shape, int[] strides)
    {
        long offset = 0;
        for (var axis = shape.Rank - 2; axis >= 0; axis--)
        {
            offset += (long)(row % shape.Sizes[axis]) * strides[axis];
            row /= shape.Sizes[axis];
        }

        return offset;
    }
}
