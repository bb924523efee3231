using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The matrix product c[m, n] (+)= a[m, k] · b[k, n], row-major c. Operands are copied into panels as the register tiles
/// read them (b not, if few rows use it), in blocks that the caches hold (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication",
/// ACM TOMS 34, 2008; the tile loop as in BLIS). Threads share the packed blocks and split c into blocks whose edges depend
/// on the shape alone; every element's sum runs over k in the same order on any number of threads.
/// </summary>
internal static unsafe class Gemm
{
    // A panel of a (12 × 384 floats, 18 KiB) stays in the first-level cache while a panel of b streams past.
    private const int DepthBlock = 384;

    // Packed a, 1536 × 384, and packed b, 384 × 3072, share the last-level cache: 2.3 and 4.5 MiB.
    private const int RowBlock = 1536;
    private const int ColumnBlock = 3072;

    // One task: at most this many rows and columns of c, its part of a (216 KiB) in the second-level cache, and smaller
    // where a block would otherwise have too few tasks to share out evenly.
    private const int MaxTaskRows = 144;
    private const int MaxTaskColumns = 256;
    private const int TasksPerBlock = 16;

    // Packing b costs two moves an element and is paid back by 2·m operations: below this, row-major b is read where it lies.
    private const int InPlaceRows = 64;

    // Below some 10 µs of arithmetic, waking the workers costs more than they give.
    private const long SerialWork = 500_000;

    [ThreadStatic]
    private static Scratch? s_scratch;

    /// <summary>The tile family this processor runs best.</summary>
    private static bool Use512 => Vector512.IsHardwareAccelerated;

    /// <summary>Computes the product. c may not overlap an operand.</summary>
    public static void Run<TA, TB>(int m, int n, int k, TA a, TB b, float* c, int stride, bool accumulate, GemmEpilogue epilogue = default)
        where TA : struct, IGemmOperand
        where TB : struct, IGemmOperand
    {
        if (m == 0 || n == 0) return;
        if (Use512) new Product<TA, TB, GemmTile512>(m, n, k, a, b, c, stride, accumulate, epilogue).Run();
        else new Product<TA, TB, GemmTile256>(m, n, k, a, b, c, stride, accumulate, epilogue).Run();
    }

    private static Scratch Packed() => s_scratch ??= new Scratch();

    /// <summary>The packed blocks of one thread's product, grown to the largest asked for.</summary>
    private sealed class Scratch
    {
        private readonly AlignedBuffer _a = new(), _b = new();

        public float* A(long count) => _a.Reserve(count);

        public float* B(long count) => _b.Reserve(count);
    }

    private sealed class Product<TA, TB, TTile>(
        int m, int n, int k, TA a, TB b, float* c, int stride, bool accumulate, GemmEpilogue epilogue)
        where TA : struct, IGemmOperand
        where TB : struct, IGemmOperand
        where TTile : struct, IGemmTile
    {
        private readonly int _rowBlock = Math.Min(RowBlock, RoundUp(m, TTile.Rows[^1]));
        private readonly int _columnBlock = Math.Min(ColumnBlock, RoundUp(n, TTile.Columns));
        private readonly int _taskRows = TaskRows(Math.Min(m, RowBlock));
        private readonly int _taskColumns = TaskColumns(Math.Min(n, ColumnBlock), Tasks(Math.Min(m, RowBlock), MaxTaskRows));
        private readonly bool _inPlace = m <= InPlaceRows && n >= TTile.Columns && b.HasContiguousSteps;

        public void Run()
        {
            if (k == 0)
            {
                Finish();
                return;
            }

            var serial = 2L * m * n * k < SerialWork;
            var depthBlock = Math.Min(DepthBlock, k);
            var scratch = Packed();
            var packedA = scratch.A((long)_rowBlock * depthBlock);
            var packedB = _inPlace ? null : scratch.B((long)_columnBlock * depthBlock);
            for (var column = 0; column < n; column += _columnBlock)
            {
                var columns = Math.Min(_columnBlock, n - column);
                for (var depth = 0; depth < k; depth += depthBlock)
                {
                    var steps = Math.Min(depthBlock, k - depth);
                    for (var row = 0; row < m; row += _rowBlock)
                        Block(new Extent(row, Math.Min(_rowBlock, m - row), column, columns, depth, steps), packedA, packedB, serial);
                }
            }
        }

        private void Block(Extent e, float* packedA, float* packedB, bool serial)
        {
            // b is packed once for all row blocks, or not at all.
            var bTasks = e.Row == 0 && !_inPlace ? Tasks(e.Columns, _taskColumns) : 0;
            var aTasks = Tasks(e.Rows, _taskRows);
            Loop(serial, aTasks + bTasks, task =>
            {
                if (task < bTasks) PackColumns(e, task, packedB);
                else PackRows(e, task - bTasks, packedA);
            });
            var columnTasks = Tasks(e.Columns, _taskColumns);
            Loop(serial, aTasks * columnTasks, task => Multiply(e, task / columnTasks, task % columnTasks, packedA, packedB));
        }

        private void PackRows(Extent e, int task, float* packedA)
        {
            var (from, to) = (task * _taskRows, Math.Min((task + 1) * _taskRows, e.Rows));
            for (int row = from, rows; row < to; row += rows)
            {
                rows = IGemmTile.Height<TTile>(to - row);
                a.Pack(e.Row + row, Math.Min(rows, to - row), rows, e.Depth, e.Steps, packedA + (long)row * e.Steps);
            }
        }

        private void PackColumns(Extent e, int task, float* packedB)
        {
            var (from, to) = (task * _taskColumns, Math.Min((task + 1) * _taskColumns, e.Columns));
            for (var column = from; column < to; column += TTile.Columns)
                b.Pack(e.Column + column, Math.Min(TTile.Columns, to - column), TTile.Columns, e.Depth, e.Steps, packedB + (long)column * e.Steps);
        }

        private void Multiply(Extent e, int rowTask, int columnTask, float* packedA, float* packedB)
        {
            var (fromRow, toRow) = (rowTask * _taskRows, Math.Min((rowTask + 1) * _taskRows, e.Rows));
            var (fromColumn, toColumn) = (columnTask * _taskColumns, Math.Min((columnTask + 1) * _taskColumns, e.Columns));
            var add = accumulate || e.Depth > 0;
            var last = e.Depth + e.Steps == k && !epilogue.IsEmpty;
            var edge = stackalloc float[TTile.Rows[0] * TTile.Columns];
            for (int row = fromRow, rows; row < toRow; row += rows)
            {
                rows = IGemmTile.Height<TTile>(toRow - row);
                var inside = Math.Min(rows, toRow - row);
                for (var column = fromColumn; column < toColumn; column += TTile.Columns)
                {
                    var columns = Math.Min(TTile.Columns, toColumn - column);
                    var target = c + (long)(e.Row + row) * stride + e.Column + column;
                    // In place, a short panel begins further left so as to end with b; its first columns were done before.
                    var again = _inPlace ? TTile.Columns - columns : 0;
                    var panel = _inPlace
                        ? b.InPlace(e.Column + column - again, e.Depth)
                        : new PackedColumns(packedB + (long)column * e.Steps, TTile.Columns);
                    if (inside == rows && columns == TTile.Columns)
                    {
                        TTile.Run(rows, packedA + (long)row * e.Steps, panel, e.Steps, target, stride, add);
                    }
                    else
                    {
                        TTile.Run(rows, packedA + (long)row * e.Steps, panel, e.Steps, edge, TTile.Columns, false);
                        for (var i = 0; i < inside; i++) Merge(edge + i * TTile.Columns + again, target + (long)i * stride, columns, add);
                    }

                    if (last) epilogue.Apply(target, stride, e.Row + row, e.Column + column, inside, columns);
                }
            }
        }

        // The part of a tile's row that lies inside c.
        private static void Merge(float* from, float* to, int count, bool add)
        {
            var i = 0;
            for (; i <= count - 4; i += 4)
            {
                var value = Vector128.Load(from + i);
                (add ? value + Vector128.Load(to + i) : value).Store(to + i);
            }

            for (; i < count; i++) to[i] = add ? to[i] + from[i] : from[i];
        }

        // With no products to add, c is zero (or stays) and the epilogue applies to that.
        private void Finish()
        {
            for (var row = 0; row < m; row++)
            {
                if (!accumulate) new Span<float>(c + (long)row * stride, n).Clear();
            }

            if (!epilogue.IsEmpty) epilogue.Apply(c, stride, 0, 0, m, n);
        }

        private static void Loop(bool serial, int tasks, Action<int> body)
        {
            if (!serial) WorkerPool.Run(tasks, body);
            else for (var task = 0; task < tasks; task++) body(task);
        }

        private static int TaskRows(int rows) => RoundUp(Tasks(rows, Tasks(rows, MaxTaskRows)), TTile.Rows[0]);

        private static int TaskColumns(int columns, int rowTasks) =>
            Math.Min(MaxTaskColumns, RoundUp(Tasks(columns, Tasks(TasksPerBlock, rowTasks)), TTile.Columns));

        private static int Tasks(int count, int size) => (count + size - 1) / size;

        private static int RoundUp(int count, int multiple) => (count + multiple - 1) / multiple * multiple;
    }

    /// <summary>A block of the product: rows and columns of c, and the part of k being added.</summary>
    private readonly record struct Extent(int Row, int Rows, int Column, int Columns, int Depth, int Steps);
}
