namespace Engine.Tensors.Cpu.Kernels;

/// <summary>Copies between layouts, of four-byte elements of either type, and copies of rows by index.</summary>
internal static unsafe class Layout
{
    private const int Grain = 32 * 1024;

    /// <summary>result (row-major, of the shape) = source at the strides.</summary>
    public static void Gather(float* source, ReadOnlySpan<int> strides, Shape shape, float* result) =>
        StridedCopy.Run(BroadcastAxes.Of(shape, strides), shape.Count, source, result);

    /// <summary>target at the strides = source (row-major, of the shape).</summary>
    public static void Scatter(float* source, Shape shape, float* target, ReadOnlySpan<int> strides)
    {
        var axes = BroadcastAxes.Of(shape, strides);
        StridedCopy.Run(axes with { StridesA = axes.StridesB, StridesB = axes.StridesA }, shape.Count, source, target);
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
}
