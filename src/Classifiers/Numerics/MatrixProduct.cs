using System.Runtime.Intrinsics;
using Engine.Tensors.Cpu;

namespace Engine.Classifiers.Numerics;

/// <summary>
/// Matrix products in double precision: c[m, n] = a[m, k] · b[k, n]. Both operands are copied into panels as the register
/// tiles read them, in blocks that the caches hold (Goto and van de Geijn, "Anatomy of high-performance matrix
/// multiplication", ACM TOMS 34, 2008), as the single-precision product of Engine.Tensors does. Every element's sum runs
/// over k in one order, whatever the shape around it and the number of threads.
/// </summary>
internal static unsafe class MatrixProduct
{
    // A panel of a (12 × 256, 24 KiB) stays in the first-level cache while the panels of b stream past.
    private const int DepthBlock = 256;

    // Packed a, 1536 × 256, and packed b, 256 × 1024, share the last-level cache: 3 and 2 MiB.
    private const int RowBlock = 1536;
    private const int ColumnBlock = 1024;

    // One task: its parts of a (192 KiB) and b (256 KiB) lie in the second-level cache.
    private const int TaskRows = 96;
    private const int TaskColumns = 128;

    // Below some 10 µs of arithmetic, waking the workers costs more than they give.
    private const double SerialWork = 300_000;

    [ThreadStatic]
    private static AlignedBuffer? s_packedA, s_packedB;

    /// <summary>The product of two matrices, each transposed first if asked; on one thread if <paramref name="threads"/> is 1.</summary>
    /// <exception cref="EngineException">The columns of the one are not as many as the rows of the other.</exception>
    public static FeatureMatrix Multiply(FeatureMatrix a, FeatureMatrix b, bool transposeA = false, bool transposeB = false, int threads = 0)
    {
        var (m, k) = transposeA ? (a.Columns, a.Rows) : (a.Rows, a.Columns);
        var (rows, n) = transposeB ? (b.Columns, b.Rows) : (b.Rows, b.Columns);
        if (k != rows) throw new EngineException($"MatrixProduct: left [{m}, {k}] has {k} columns but right [{rows}, {n}] has {rows} rows.");
        var c = new FeatureMatrix(m, n);
        fixed (double* pa = a.Data, pb = b.Data, pc = c.Data)
        {
            Run(m, n, k, Left(pa, a.Columns, transposeA), Left(pb, b.Columns, !transposeB), pc, n, threads: threads);
        }

        return c;
    }

    /// <summary>
    /// The symmetric a · aᵀ of all pairs of rows, or aᵀ · a of all pairs of columns: half the work of <see cref="Multiply"/>,
    /// the same bits.
    /// </summary>
    public static FeatureMatrix Gram(FeatureMatrix a, bool ofColumns = false, int threads = 0)
    {
        var (n, k) = ofColumns ? (a.Columns, a.Rows) : (a.Rows, a.Columns);
        var c = new FeatureMatrix(n, n);
        fixed (double* pa = a.Data, pc = c.Data)
        {
            var operand = Left(pa, a.Columns, ofColumns);
            Run(n, n, k, operand, operand, pc, n, lower: true, threads: threads);
        }

        for (var row = 0; row < n; row++)
        {
            for (var column = 0; column < row; column++) c.Data[(long)column * n + row] = c.Data[(long)row * n + column];
        }

        return c;
    }

    /// <summary>
    /// c (+)= a · b on memory: the operands' outer axes are the rows of c and the columns of c; rows of c lie
    /// <paramref name="stride"/> apart. With <paramref name="lower"/> the elements above the diagonal are left undefined. c may
    /// not overlap an operand.
    /// </summary>
    public static void Run(int m, int n, int k, ProductOperand a, ProductOperand b, double* c, int stride, bool accumulate = false, bool lower = false, int threads = 0)
    {
        if (m == 0 || n == 0) return;
        if (k == 0)
        {
            for (var row = 0; row < m && !accumulate; row++) new Span<double>(c + (long)row * stride, n).Clear();
            return;
        }

        var serial = threads == 1 || 2.0 * m * n * k < SerialWork;
        if (Vector512.IsHardwareAccelerated) new Product<ProductTile512>(m, n, k, a, b, c, stride, accumulate, lower, serial).Run();
        else new Product<ProductTile256>(m, n, k, a, b, c, stride, accumulate, lower, serial).Run();
    }

    private static ProductOperand Left(double* data, int columns, bool transposed) => transposed ? new(data, 1, columns) : new(data, columns, 1);

    private static int Ceiling(int count, int size) => (count + size - 1) / size;

    private static double* Reserve(ref AlignedBuffer? buffer, long count) => (double*)(buffer ??= new AlignedBuffer()).Reserve(2 * count);

    /// <summary>A block of the product: rows and columns of c, and the part of k being added.</summary>
    private readonly record struct Extent(int Row, int Rows, int Column, int Columns, int Depth, int Steps);

    private sealed class Product<TTile>(
        int m, int n, int k, ProductOperand a, ProductOperand b, double* c, int stride, bool accumulate, bool lower, bool serial)
        where TTile : struct, IProductTile
    {
        public void Run()
        {
            var depth = Math.Min(DepthBlock, k);
            var packedA = Reserve(ref s_packedA, (long)Ceiling(Math.Min(m, RowBlock), TTile.Low) * TTile.Low * depth);
            var packedB = Reserve(ref s_packedB, (long)Ceiling(Math.Min(n, ColumnBlock), TTile.Columns) * TTile.Columns * depth);
            for (var column = 0; column < n; column += ColumnBlock)
            {
                for (var step = 0; step < k; step += DepthBlock)
                {
                    // b is packed with the first row block that needs it, for all.
                    var first = lower ? column / RowBlock * RowBlock : 0;
                    for (var row = first; row < m; row += RowBlock)
                    {
                        var extent = new Extent(row, Math.Min(RowBlock, m - row), column, Math.Min(ColumnBlock, n - column), step, Math.Min(DepthBlock, k - step));
                        Block(extent, packedA, packedB, row == first);
                    }
                }
            }
        }

        private void Block(Extent e, double* packedA, double* packedB, bool packB)
        {
            var (rowTasks, columnTasks) = (Ceiling(e.Rows, TaskRows), Ceiling(e.Columns, TaskColumns));
            var bTasks = packB ? columnTasks : 0;
            Loop(rowTasks + bTasks, task =>
            {
                if (task < bTasks) PackColumns(e, task, packedB);
                else PackRows(e, task - bTasks, packedA);
            });
            Loop(rowTasks * columnTasks, task => Multiply(e, task / columnTasks, task % columnTasks, packedA, packedB));
        }

        private void PackRows(Extent e, int task, double* packedA)
        {
            var (from, to) = (task * TaskRows, Math.Min((task + 1) * TaskRows, e.Rows));
            for (int row = from, rows; row < to; row += rows)
            {
                rows = Height(to - row);
                a.Pack(e.Row + row, Math.Min(rows, to - row), rows, e.Depth, e.Steps, packedA + (long)row * e.Steps);
            }
        }

        private void PackColumns(Extent e, int task, double* packedB)
        {
            var (from, to) = (task * TaskColumns, Math.Min((task + 1) * TaskColumns, e.Columns));
            for (var column = from; column < to; column += TTile.Columns)
            {
                b.Pack(e.Column + column, Math.Min(TTile.Columns, to - column), TTile.Columns, e.Depth, e.Steps, packedB + (long)column * e.Steps);
            }
        }

        private void Multiply(Extent e, int rowTask, int columnTask, double* packedA, double* packedB)
        {
            var (fromRow, toRow) = (rowTask * TaskRows, Math.Min((rowTask + 1) * TaskRows, e.Rows));
            var (fromColumn, toColumn) = (columnTask * TaskColumns, Math.Min((columnTask + 1) * TaskColumns, e.Columns));
            if (lower && e.Column + fromColumn >= e.Row + toRow) return;
            var add = accumulate || e.Depth > 0;
            var edge = stackalloc double[TTile.Tall * TTile.Columns];
            for (int row = fromRow, rows; row < toRow; row += rows)
            {
                rows = Height(toRow - row);
                var inside = Math.Min(rows, toRow - row);
                for (var column = fromColumn; column < toColumn; column += TTile.Columns)
                {
                    var columns = Math.Min(TTile.Columns, toColumn - column);
                    var target = c + (long)(e.Row + row) * stride + e.Column + column;
                    var panelA = packedA + (long)row * e.Steps;
                    var panelB = packedB + (long)column * e.Steps;
                    if (inside == rows && columns == TTile.Columns)
                    {
                        TTile.Run(rows == TTile.Tall, panelA, panelB, e.Steps, target, stride, add);
                        continue;
                    }

                    TTile.Run(rows == TTile.Tall, panelA, panelB, e.Steps, edge, TTile.Columns, false);
                    for (var i = 0; i < inside; i++)
                    {
                        for (var j = 0; j < columns; j++)
                        {
                            ref var value = ref target[(long)i * stride + j];
                            value = add ? value + edge[i * TTile.Columns + j] : edge[i * TTile.Columns + j];
                        }
                    }
                }
            }
        }

        private void Loop(int tasks, Action<int> body)
        {
            if (!serial) WorkerPool.Run(tasks, body);
            else for (var task = 0; task < tasks; task++) body(task);
        }

        // The next tile's height when so many rows are left: the tall one, unless low ones waste fewer rows.
        private static int Height(int left) => left > TTile.Tall - TTile.Low ? TTile.Tall : TTile.Low;
    }
}
