using System.Numerics;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The matrix product c[m, n] (+)= a[m, k] · b[k, n], row-major c, of floats or doubles. Operands are packed into panels in the
/// order that the register tiles read them (except a b that few rows use), in blocks that fit in the caches (Goto and van de
/// Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34, 2008; the tile loop as in BLIS). Threads share the
/// packed blocks and split c into blocks that depend on the shape alone; every element's sum runs over k in the same order on any
/// number of threads.
/// </summary>
public static unsafe class Gemm
{
    // One task has at most so many bytes of a row of c, and fewer rows and columns where a block would otherwise have too few
    // tasks to balance the load.
    private const int MaxTaskBytes = 1 << 10;
    private const int TasksPerBlock = 16;

    // Packing b costs two moves per element and is paid back by 2·m operations: below this, row-major b is read in place.
    private const int InPlaceRows = 64;

    // Below some 10 µs of arithmetic, waking the workers costs more than it gains.
    private const long SerialBytes = 2_000_000;

    [ThreadStatic]
    private static AlignedBuffer? s_packedA, s_packedB;

    /// <summary>The sizes of blocks of floats and of doubles, which tests may change.</summary>
    internal static (GemmBlocks Floats, GemmBlocks Doubles) Blocks { get; set; } = (
        GemmBlocks.For(CacheSizes.Second, CacheSizes.Third, sizeof(float)),
        GemmBlocks.For(CacheSizes.Second, CacheSizes.Third, sizeof(double)));

    /// <summary>Computes the product; rows of c are <paramref name="stride"/> apart, and c may not overlap an operand.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="m">Rows of a and c.</param>
    /// <param name="n">Columns of b and c.</param>
    /// <param name="k">Columns of a, rows of b.</param>
    /// <param name="a">The left operand.</param>
    /// <param name="b">The right operand.</param>
    /// <param name="c">The result.</param>
    /// <param name="stride">The distance between rows of c.</param>
    /// <param name="accumulate">Whether the product is added to c.</param>
    /// <param name="lower">Whether to leave elements above the diagonal undefined.</param>
    /// <param name="threads">1 keeps the work on the calling thread.</param>
    public static void Run<T>(
        int m, int n, int k, MatrixOperand<T> a, MatrixOperand<T> b, T* c, int stride,
        bool accumulate = false, bool lower = false, int threads = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Run(m, n, k, a, b, c, stride, accumulate, default(GemmEpilogue<T>), lower, threads);

    /// <summary>The product, with an epilogue for finished blocks.</summary>
    internal static void Run<T>(
        int m, int n, int k, MatrixOperand<T> a, MatrixOperand<T> b, T* c, int stride,
        bool accumulate, GemmEpilogue<T> epilogue, bool lower = false, int threads = 0)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float) && typeof(T) != typeof(double))
            throw new NotSupportedException($"Gemm: the elements are {typeof(T)}; they must be float or double.");
        if (m == 0 || n == 0) return;
        var serial = threads == 1 || 2.0 * m * n * k * sizeof(T) < SerialBytes;
        var blocks = typeof(T) == typeof(float) ? Blocks.Floats : Blocks.Doubles;
        if (Vector512.IsHardwareAccelerated)
            new Product<T, TileRow512<T>>(m, n, k, a, b, c, stride, accumulate, epilogue, lower, serial, blocks).Run();
        else
            new Product<T, TileRow256<T>>(m, n, k, a, b, c, stride, accumulate, epilogue, lower, serial, blocks).Run();
    }

    // Memory that a thread keeps for its next product.
    private static T* Reserve<T>(ref AlignedBuffer? buffer, long count)
        where T : unmanaged => (T*)(buffer ??= new AlignedBuffer()).Reserve(count * sizeof(T) / sizeof(float));

    private sealed class Product<T, TRow>(
        int m, int n, int k, MatrixOperand<T> a, MatrixOperand<T> b, T* c, int stride,
        bool accumulate, GemmEpilogue<T> epilogue, bool lower, bool serial, GemmBlocks blocks)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TRow : struct, ITileRow<TRow, T>
    {
        private readonly int _rowBlock = Math.Min(blocks.Rows, RoundUp(m, TRow.Unit));
        private readonly int _columnBlock = Math.Min(blocks.Columns, RoundUp(n, TRow.Columns));
        private readonly int _taskRows = TaskRows(Math.Min(m, blocks.Rows), blocks.TaskRows);
        private readonly int _taskColumns =
            TaskColumns(Math.Min(n, blocks.Columns), Tasks(Math.Min(m, blocks.Rows), blocks.TaskRows));
        private readonly bool _inPlace = m <= InPlaceRows && n >= TRow.Columns && b.HasContiguousSteps;

        public void Run()
        {
            if (k == 0)
            {
                Finish();
                return;
            }

            var depthBlock = Math.Min(GemmBlocks.Depth(sizeof(T)), k);
            var packedA = Reserve<T>(ref s_packedA, (long)_rowBlock * depthBlock);
            var packedB = _inPlace ? null : Reserve<T>(ref s_packedB, (long)_columnBlock * depthBlock);
            for (var column = 0; column < n; column += _columnBlock)
            {
                var columns = Math.Min(_columnBlock, n - column);
                // Earlier row blocks lie above the diagonal.
                var first = lower ? column / _rowBlock * _rowBlock : 0;
                for (var depth = 0; depth < k; depth += depthBlock)
                {
                    var steps = Math.Min(depthBlock, k - depth);
                    for (var row = first; row < m; row += _rowBlock)
                    {
                        // b is packed once for all row blocks, or not at all.
                        var extent = new Extent(row, Math.Min(_rowBlock, m - row), column, columns, depth, steps);
                        Block(extent, packedA, packedB, row == first && !_inPlace);
                    }
                }
            }
        }

        private void Block(Extent e, T* packedA, T* packedB, bool packB)
        {
            var (aTasks, columnTasks) = (Tasks(e.Rows, _taskRows), Tasks(e.Columns, _taskColumns));
            var bTasks = packB ? columnTasks : 0;
            Loop(aTasks + bTasks, task =>
            {
                if (task < bTasks) PackColumns(e, task, packedB);
                else PackRows(e, task - bTasks, packedA);
            });
            Loop(aTasks * columnTasks, task => Multiply(e, task / columnTasks, task % columnTasks, packedA, packedB));
        }

        private void PackRows(Extent e, int task, T* packedA)
        {
            var (from, to) = (task * _taskRows, Math.Min((task + 1) * _taskRows, e.Rows));
            for (int row = from, rows; row < to; row += rows)
            {
                rows = GemmTile<T, TRow>.Height(to - row);
                a.Pack(e.Row + row, Math.Min(rows, to - row), rows, e.Depth, e.Steps, packedA + (long)row * e.Steps);
            }
        }

        private void PackColumns(Extent e, int task, T* packedB)
        {
            var (from, to) = (task * _taskColumns, Math.Min((task + 1) * _taskColumns, e.Columns));
            for (var column = from; column < to; column += TRow.Columns)
            {
                var columns = Math.Min(TRow.Columns, to - column);
                b.Pack(e.Column + column, columns, TRow.Columns, e.Depth, e.Steps, packedB + (long)column * e.Steps);
            }
        }

        private void Multiply(Extent e, int rowTask, int columnTask, T* packedA, T* packedB)
        {
            var (fromRow, toRow) = (rowTask * _taskRows, Math.Min((rowTask + 1) * _taskRows, e.Rows));
            var (fromColumn, toColumn) = (columnTask * _taskColumns, Math.Min((columnTask + 1) * _taskColumns, e.Columns));
            var add = accumulate || e.Depth > 0;
            var last = e.Depth + e.Steps == k && !epilogue.IsEmpty;
            var edge = stackalloc T[GemmTile<T, TRow>.MaxRows * TRow.Columns];
            for (int row = fromRow, rows; row < toRow; row += rows)
            {
                rows = GemmTile<T, TRow>.Height(toRow - row);
                var inside = Math.Min(rows, toRow - row);
                // Tiles entirely above the diagonal are skipped.
                var end = lower ? Math.Min(toColumn, e.Row + row + inside - e.Column) : toColumn;
                for (var column = fromColumn; column < end; column += TRow.Columns)
                {
                    var columns = Math.Min(TRow.Columns, toColumn - column);
                    var target = c + (long)(e.Row + row) * stride + e.Column + column;
                    // In place, a short panel begins further left so that it ends where b does; its first columns are already
                    // done.
                    var again = _inPlace ? TRow.Columns - columns : 0;
                    var panel = _inPlace
                        ? b.InPlace(e.Column + column - again, e.Depth)
                        : new PackedColumns<T>(packedB + (long)column * e.Steps, TRow.Columns);
                    if (inside == rows && columns == TRow.Columns)
                    {
                        GemmTile<T, TRow>.Run(rows, packedA + (long)row * e.Steps, panel, e.Steps, target, stride, add);
                    }
                    else
                    {
                        GemmTile<T, TRow>.Run(rows, packedA + (long)row * e.Steps, panel, e.Steps, edge, TRow.Columns, false);
                        for (var i = 0; i < inside; i++)
                            Merge(edge + i * TRow.Columns + again, target + (long)i * stride, columns, add);
                    }

                    if (last) epilogue.Apply(target, stride, e.Row + row, e.Column + column, inside, columns);
                }
            }
        }

        // The part of a tile's row that lies inside c.
        private static void Merge(T* from, T* to, int count, bool add)
        {
            var i = 0;
            for (; i <= count - Vector128<T>.Count; i += Vector128<T>.Count)
            {
                var value = Vector128.Load(from + i);
                (add ? value + Vector128.Load(to + i) : value).Store(to + i);
            }

            for (; i < count; i++) to[i] = add ? to[i] + from[i] : from[i];
        }

        // With no products to add, c is zeroed (or kept) and the epilogue applied to that.
        private void Finish()
        {
            for (var row = 0; row < m; row++)
            {
                if (!accumulate) new Span<T>(c + (long)row * stride, n).Clear();
            }

            if (!epilogue.IsEmpty) epilogue.Apply(c, stride, 0, 0, m, n);
        }

        private void Loop(int tasks, Action<int> body)
        {
            if (!serial) WorkerPool.Run(tasks, body);
            else for (var task = 0; task < tasks; task++) body(task);
        }

        private static int TaskRows(int rows, int most) => RoundUp(Tasks(rows, Tasks(rows, most)), GemmTile<T, TRow>.MaxRows);

        private static int TaskColumns(int columns, int rowTasks) =>
            Math.Min(MaxTaskBytes / sizeof(T), RoundUp(Tasks(columns, Tasks(TasksPerBlock, rowTasks)), TRow.Columns));

        private static int Tasks(int count, int size) => (count + size - 1) / size;

        private static int RoundUp(int count, int multiple) => (count + multiple - 1) / multiple * multiple;
    }

    /// <summary>A block of the product: rows and columns of c, and the part of k being added.</summary>
    private readonly record struct Extent(int Row, int Rows, int Column, int Columns, int Depth, int Steps);
}
