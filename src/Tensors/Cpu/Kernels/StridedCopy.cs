using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// target[Σ position · B's stride] = source[Σ position · A's stride] over merged axes, of four-byte elements of either type.
/// Elements contiguous on both sides form a run. Of the other axes, the one along which runs are closest in the source (rows) and
/// the one along which they are closest in the target (columns) form a matrix of runs, the rest a batch of matrices. Runs of one
/// element that are contiguous along the rows in the source and along the columns in the target are transposed in registers. Work
/// is split by blocks of a matrix.
/// </summary>
internal sealed unsafe class StridedCopy
{
    // Elements of a task: some 20 µs at the speed of memory.
    private const int TaskCount = 128 * 1024;

    // Elements of a transposed block: both sides' lines, and the next block's, fit in the first-level cache together.
    private const int BlockCount = 2048;
    private const int BlockRows = 64;

    // The same for runs, whose columns may be anywhere.
    private const int BlockOfRuns = 1024;

    // Pitches of whole pages (1,024 floats) put all lines of a column into one set of the first-level cache, and writes to them
    // into few banks of memory: longer pieces of fewer rows are better then.
    private const int Page = 1024;
    private const int ConflictingRows = 32;

    // Shorter runs are copied element by element.
    private const int ShortestRun = 4;

    private const int Line = 16;

    private readonly float* _source;
    private readonly float* _target;
    private readonly int _run;
    private readonly Axis _rows;
    private readonly Axis _columns;
    private readonly BroadcastAxes _batch;
    private readonly bool _exchange;
    private readonly int _blockRows;
    private readonly int _blockColumns;
    private readonly int _pieces;
    private readonly int _down;
    private readonly int _across;
    private readonly bool _large;
    private readonly bool _stream;

    private StridedCopy(BroadcastAxes axes, int count, float* source, float* target)
    {
        _source = source;
        _target = target;
        var (unitA, unitB) = axes.UnitAxes;
        if (unitA >= 0 && unitA == unitB) (_run, axes) = (axes.Sizes[unitA], axes.Without(unitA));
        else _run = 1;

        var (row, column) = (Closest(axes.StridesA, -1), Closest(axes.StridesB, -1));
        if (row == column) row = Closest(axes.StridesB, column);
        (_rows, _columns, _batch) = (Axis.Of(axes, row), Axis.Of(axes, column), axes.Without(row, column));
        _exchange = _run == 1 && _rows.Source == 1 && _columns.Target == 1
            && Math.Min(_rows.Size, _columns.Size) >= Transpose8.Side;

        // Results too large for any cache go straight to memory, which saves reading the lines first. They must be whole lines.
        _large = count >= Elementwise.StreamingCount;
        _stream = _large && (_exchange || _run >= Line) && (nuint)target % 64 == 0 && _rows.Target % Line == 0 &&
            (_exchange || _columns.Target % Line == 0) && Array.TrueForAll(_batch.StridesB, stride => stride % Line == 0);
        (_blockRows, _blockColumns) = BlockSize();
        (_pieces, _down, _across) = (Parts(_run, TaskCount), Parts(_rows.Size, _blockRows), Parts(_columns.Size, _blockColumns));
    }

    /// <summary>Copies <paramref name="count"/> elements: A is read at its strides, B written.</summary>
    public static void Run(BroadcastAxes axes, int count, float* source, float* target)
    {
        if (count == 0) return;
        var copy = new StridedCopy(axes, count, source, target);
        var matrices = count / (copy._run * copy._rows.Size * copy._columns.Size);
        var perTask = TaskCount / (Math.Min(copy._run, TaskCount) * copy._blockRows * copy._blockColumns);
        RowParallel.For(matrices * copy._pieces * copy._down * copy._across, Math.Max(1, perTask), copy.CopyBlocks);
    }

    private static int Parts(int size, int part) => (int)(((long)size + part - 1) / part);

    // The axis with the shortest stride, except `but`; -1 if there is none.
    private static int Closest(int[] strides, int but)
    {
        var best = -1;
        for (var axis = 0; axis < strides.Length; axis++)
        {
            if (axis != but && (best < 0 || Math.Abs((long)strides[axis]) < Math.Abs((long)strides[best]))) best = axis;
        }

        return best;
    }

    // Nearly square, but longer one way if the matrix is narrow the other way.
    private (int Rows, int Columns) BlockSize()
    {
        if (!_exchange)
        {
            var runs = Math.Max(1, BlockOfRuns / _run);

            // What streams to memory may be written in any order, as long as it is read in order.
            var few = Math.Min(_rows.Size, _stream ? runs : (int)Math.Sqrt(runs));
            var across = Math.Min(_columns.Size, runs / few);
            return (Math.Min(_rows.Size, runs / across), across);
        }

        var rows = Math.Min(Lines(_rows.Size),
            _columns.Source % Page == 0 || _rows.Target % Page == 0 ? ConflictingRows : BlockRows);
        var columns = Math.Min(Lines(_columns.Size), BlockCount / rows / Line * Line);
        return (Math.Min(_rows.Size, Math.Max(rows, BlockCount / columns / Line * Line)), Math.Min(_columns.Size, columns));

        static int Lines(int size) => Line * Parts(Math.Min(size, BlockCount), Line);
    }

    private void CopyBlocks(int from, int to)
    {
        var next = Find(from);
        for (var index = from; index < to; index++)
        {
            var block = next;
            if (index + 1 < to) next = Find(index + 1);
            if (_exchange && _stream) Exchange<StreamingStore>(block, next);
            else if (_exchange) Exchange<CachedStore>(block, next);
            else if (_run >= ShortestRun) CopyRuns(block);
            else CopySingles(block);
        }
    }

    private Block Find(int index)
    {
        var (piece, block) = (index % _pieces * TaskCount, index / _pieces % (_down * _across));

        // From memory, it pays to read on where the last block ended; within a cache, to write on there.
        var (row, column) = _large
            ? (block % _down * _blockRows, block / _down * _blockColumns)
            : (block / _across * _blockRows, block % _across * _blockColumns);
        var (offsetA, offsetB) = _batch.Offsets(index / _pieces / (_down * _across), 0);
        return new(
            _source + offsetA + piece + (long)row * _rows.Source + (long)column * _columns.Source,
            _target + offsetB + piece + (long)row * _rows.Target + (long)column * _columns.Target,
            Math.Min(_blockRows, _rows.Size - row), Math.Min(_blockColumns, _columns.Size - column),
            Math.Min(TaskCount, _run - piece));
    }

    private void Exchange<TStore>(Block block, Block next)
        where TStore : struct, ILineStore =>
        Transposition.Block<TStore>(block.Source, _columns.Source, block.Target, _rows.Target, block.Rows, block.Columns,
            next.Source, _columns.Source % Page != 0);

    private void CopyRuns(Block block)
    {
        for (var row = 0; row < block.Rows; row++)
        {
            float* x = block.Source + (long)row * _rows.Source, y = block.Target + (long)row * _rows.Target;
            for (var column = 0; column < block.Columns; column++, x += _columns.Source, y += _columns.Target)
                CopyRun(x, y, block.Run);
        }
    }

    // The last elements are copied along with some already copied, instead of one by one.
    private void CopyRun(float* x, float* y, int count)
    {
        if (count < Vector128<float>.Count)
        {
            for (var k = 0; k < count; k++) y[k] = x[k];
            return;
        }

        if (count < Vector256<float>.Count)
        {
            var last = count - Vector128<float>.Count;
            var (left, right) = (Vector128.Load(x), Vector128.Load(x + last));
            left.Store(y);
            right.Store(y + last);
            return;
        }

        if (count < Line)
        {
            var last = count - Vector256<float>.Count;
            var (left, right) = (Vector256.Load(x), Vector256.Load(x + last));
            left.Store(y);
            right.Store(y + last);
            return;
        }

        var i = 0;
        if (_stream)
        {
            for (; i <= count - Line; i += Line) Vector512.Load(x + i).StoreAlignedNonTemporal(y + i);
        }
        else
        {
            for (; i <= count - Line; i += Line) Vector512.Load(x + i).Store(y + i);
        }

        if (i < count) Vector512.Load(x + count - Line).Store(y + count - Line);
    }

    // The longer side is the inner loop.
    private void CopySingles(Block block)
    {
        var (outer, inner, outerSize, innerSize) = block.Rows > block.Columns
            ? (_columns, _rows, block.Columns, block.Rows) : (_rows, _columns, block.Rows, block.Columns);
        for (var element = 0; element < block.Run; element++)
        {
            for (var i = 0; i < outerSize; i++)
            {
                float* x = block.Source + element + (long)i * outer.Source, y = block.Target + element + (long)i * outer.Target;
                long stepX = inner.Source, stepY = inner.Target;
                for (var j = innerSize; j > 0; j--, x += stepX, y += stepY) *y = *x;
            }
        }
    }

    private readonly record struct Axis(int Size, int Source, int Target)
    {
        public static Axis Of(BroadcastAxes axes, int index) => index < 0
            ? new(1, 0, 0) : new(axes.Sizes[index], axes.StridesA[index], axes.StridesB[index]);
    }

    private readonly struct Block(float* source, float* target, int rows, int columns, int run)
    {
        public readonly float* Source = source;
        public readonly float* Target = target;
        public readonly int Rows = rows;
        public readonly int Columns = columns;
        public readonly int Run = run;
    }
}
