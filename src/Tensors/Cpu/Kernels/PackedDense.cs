using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// A dense layer of a small batch in evaluation, c[m, n] = a[m, k] · b[n, k]ᵀ, by weights that are packed once and kept: panels
/// of b, one tile wide, each with all of k. With few rows, packing b costs as much as multiplying by it. A task takes some panels
/// by all rows; a panel's sums stay in the first-level cache until bias and ReLU are done. Every element is summed over k in the
/// same order for any number of rows or threads.
/// </summary>
internal static unsafe class PackedDense
{
    // With more rows, packing is a small part of the work.
    private const int MaxRows = 64;

    // Panels take the weights' memory again: 64 MiB at most.
    private const long MaxFloats = 16 * 1024 * 1024;

    // Steps of k: 64 KiB of a panel, read from the second-level cache by tile after tile.
    private const int DepthBlock = 512;

    // Floats of the rows that a task lays out, some 5 µs.
    private const int PackedFloats = 32 * 1024;

    // Multiply-adds of a task, some 5 µs: with less, waking a worker costs more than it gains.
    private const long TaskWork = 1 << 18;

    private static readonly int s_width =
        Vector512.IsHardwareAccelerated ? TileRow512<float>.Columns : TileRow256<float>.Columns;

    [ThreadStatic]
    private static AlignedBuffer? s_rows;

    /// <summary>Whether the shape suits: more rows than <see cref="DotProducts"/> serves, but few.</summary>
    public static bool Serves(int m, int n, int k) =>
        m is > 0 and <= MaxRows && k > 0 && !DotProducts.Serves(m, n, k) && (long)n * k <= MaxFloats;

    /// <summary>c = a · bᵀ, then the epilogue, whose bias is by column.</summary>
    public static void Run(int m, int n, int k, float* a, WeightSource b, float* c, GemmEpilogue<float> epilogue)
    {
        var panels = (n + s_width - 1) / s_width;
        using var prepared = b.Prepare(
            new WeightLayout(WeightForm.Dense, 0, 1, n, k, s_width), (long)panels * s_width * k);
        var packed = prepared.Floats;
        if (!prepared.IsReady)
        {
            var weights = b.Data;
            WorkerPool.Run(panels, panel => new MatrixOperand<float>(weights, k, 1).Pack(
                panel * s_width, Math.Min(s_width, n - panel * s_width), s_width, 0, k, packed + (long)panel * s_width * k));
            prepared.Keep();
        }

        if (Vector512.IsHardwareAccelerated) Multiply<TileRow512<float>>(m, n, k, a, packed, c, epilogue);
        else Multiply<TileRow256<float>>(m, n, k, a, packed, c, epilogue);
    }

    private static void Multiply<TRow>(int m, int n, int k, float* a, float* packed, float* c, GemmEpilogue<float> epilogue)
        where TRow : struct, ITileRow<TRow, float>
    {
        // Whole tiles of rows; their last ones may be zeros.
        var rows = (m + TRow.Unit - 1) / TRow.Unit * TRow.Unit;
        var left = (s_rows ??= new AlignedBuffer()).Reserve((long)rows * k);
        RowParallel.For(k, Math.Max(DepthBlock, PackedFloats / m), (from, to) =>
        {
            for (int row = 0, height; row < m; row += height)
            {
                height = GemmTile<float, TRow>.Height(m - row);
                new MatrixOperand<float>(a, k, 1).Pack(row, Math.Min(height, m - row), height, from, to - from,
                    left + (long)row * k + (long)from * height);
            }
        });

        var panels = (n + TRow.Columns - 1) / TRow.Columns;
        var grain = (int)Math.Clamp(TaskWork / ((long)m * k * TRow.Columns), 1, panels);
        RowParallel.For(panels, grain, (from, to) =>
        {
            var sums = stackalloc float[rows * TRow.Columns];
            for (var panel = from; panel < to; panel++)
            {
                var (column, columns) = (panel * TRow.Columns, Math.Min(TRow.Columns, n - panel * TRow.Columns));
                Panel<TRow>(m, k, left, packed + (long)column * k, sums);
                if (!epilogue.IsEmpty) epilogue.Apply(sums, TRow.Columns, 0, column, m, columns);
                for (var i = 0; i < m; i++)
                {
                    new ReadOnlySpan<float>(sums + i * TRow.Columns, columns).CopyTo(
                        new Span<float>(c + (long)i * n + column, columns));
                }
            }
        });
    }

    private static void Panel<TRow>(int m, int k, float* left, float* panel, float* sums)
        where TRow : struct, ITileRow<TRow, float>
    {
        for (var p = 0; p < k; p += DepthBlock)
        {
            var columns = new PackedColumns<float>(panel + (long)p * TRow.Columns, TRow.Columns);
            for (int row = 0, height; row < m; row += height)
            {
                height = GemmTile<float, TRow>.Height(m - row);
                GemmTile<float, TRow>.Run(height, left + (long)row * k + (long)p * height, columns, Math.Min(DepthBlock, k - p),
                    sums + row * TRow.Columns, TRow.Columns, p > 0);
            }
        }
    }
}
