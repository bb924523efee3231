using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Maximum pooling of planes [H, W], in vectors of neighbouring windows. A row's columns are compared first, once for all windows
/// that share the row, and the rows of a window second, so that the first of equals, row by row, stays without a rule for ties.
/// The winner is recorded as its place in the window, row by row, in a <typeparamref name="TPlace"/>. Work is split by rows of
/// output. Results are overwritten.
/// </summary>
internal static unsafe class MaxPool2d<TPlace>
    where TPlace : unmanaged, IBinaryInteger<TPlace>
{
    private const int Width = 16;

    [ThreadStatic]
    private static AlignedBuffer? s_lines;

    /// <summary>The maximum of each window and, unless null, its first place in the window; NaN wins.</summary>
    public static void Forward(Pool2dGeometry g, float* input, float* output, TPlace* places)
    {
        if (PoolRows.IsPairs(g) && g.OutputWidth >= Width)
        {
            PoolRows.ForRows(g, (from, to) =>
            {
                for (var row = from; row < to; row++)
                {
                    var (source, at) = (row / g.OutputHeight * g.Height + row % g.OutputHeight * 2L, (long)row * g.OutputWidth);
                    Pairs(input + source * g.Width, g.Width, g.OutputWidth, output + at, places is null ? null : places + at);
                }
            });
            return;
        }

        if (places is null && MaxPoolThrees.Serves(g))
        {
            MaxPoolThrees.Forward(g, input, output);
            return;
        }

        var columns = new PoolColumns(g);
        PoolRows.ForRows(g, (from, to) => new Rows(g, columns).Run(input, from, to, output, places));
    }

    // Does rows of 2×2 windows, sixteen at a time, from the row `source` and the one below. The last sixteen end with the row.
    private static void Pairs(float* source, int width, int outputs, float* output, TPlace* places)
    {
        for (var i = 0; i < outputs; i += Width)
        {
            var column = Math.Min(i, outputs - Width);
            float* upper = source + 2 * column, lower = upper + width;
            Vector512<float> a = Vector512.Load(upper), b = Vector512.Load(upper + Width), c = Vector512.Load(lower),
            d = Vector512.Load(lower + Width);
            var best = PoolRows.Even(a, b);
            Vector512<int> place = default;
            Challenge(PoolRows.Odd(a, b), Vector512.Create(1), ref best, ref place);
            Challenge(PoolRows.Even(c, d), Vector512.Create(2), ref best, ref place);
            Challenge(PoolRows.Odd(c, d), Vector512.Create(3), ref best, ref place);
            best.Store(output + column);
            if (places is not null) Store(place, places + column);
        }
    }

    // Not "greater or equal", so that the first of equals stays. NaN beats every number and nothing beats NaN: the first
    // comparison is false for both, the second leaves NaN where it is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(
        Vector512<float> candidate, Vector512<int> at, ref Vector512<float> best, ref Vector512<int> place)
    {
        var wins = Vector512.AndNot(Vector512.Equals(best, best), Vector512.GreaterThanOrEqual(best, candidate));
        best = Vector512.ConditionalSelect(wins, candidate, best);
        place = Vector512.ConditionalSelect(wins.AsInt32(), at, place);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<int> place, TPlace* to)
    {
        if (sizeof(TPlace) == sizeof(int))
        {
            place.Store((int*)to);
            return;
        }

        var words = Vector256.Narrow(place.GetLower(), place.GetUpper());
        Vector128.Narrow(words.GetLower(), words.GetUpper()).AsByte().Store((byte*)to);
    }

    // One task's lines: an input row with its padding, two to split it, and for each row of a window the maxima of that row and
    // the columns in which they are.
    private readonly struct Rows
    {
        private readonly Pool2dGeometry _g;
        private readonly PoolColumns _columns;
        private readonly long[] _held;
        private readonly float* _line;
        private readonly float* _lines;

        public Rows(Pool2dGeometry g, PoolColumns columns)
        {
            (_g, _columns) = (g, columns);
            _line = (s_lines ??= new AlignedBuffer()).Reserve(3L * columns.Length + 2L * (g.KernelHeight + 1) * columns.Outputs);
            _lines = _line + 3L * columns.Length;
            _held = new long[g.KernelHeight];
            Array.Fill(_held, -1);
        }

        public void Run(float* input, int from, int to, float* output, TPlace* places)
        {
            // Padding never wins: a window begins with its first column that is not padding, at less than any other number.
            _columns.Fill(_line, float.NegativeInfinity);
            var first = (int*)(_lines + 2L * _g.KernelHeight * _columns.Outputs);
            for (var column = 0; column < _columns.Outputs; column++)
                first[column] = Math.Max(0, _g.PadWidth - column * _g.StrideWidth);
            var result = stackalloc float[Width];
            var winners = stackalloc TPlace[Width];
            var narrow = _g.OutputWidth < Width;
            for (var row = from; row < to; row++)
            {
                var (plane, outputRow) = (row / _g.OutputHeight, row % _g.OutputHeight);
                var (top, bottom) = PoolRows.Window(outputRow, _g.StrideHeight, _g.PadHeight, _g.KernelHeight, _g.Height);
                for (var y = top; y < bottom; y++) Hold(input, (long)plane * _g.Height + y, y % _g.KernelHeight, first);
                var at = (long)row * _g.OutputWidth;
                var above = top - (outputRow * _g.StrideHeight - _g.PadHeight);
                if (narrow)
                {
                    Compare(top, bottom, above, 0, result, places is null ? null : winners);
                    new Span<float>(result, _g.OutputWidth).CopyTo(new Span<float>(output + at, _g.OutputWidth));
                    if (places is not null)
                        new Span<TPlace>(winners, _g.OutputWidth).CopyTo(new Span<TPlace>(places + at, _g.OutputWidth));
                    continue;
                }

                for (var i = 0; i < _g.OutputWidth; i += Width)
                {
                    // The last vector ends with the row.
                    var column = Math.Min(i, _g.OutputWidth - Width);
                    Compare(top, bottom, above, column, output + at + column, places is null ? null : places + at + column);
                }
            }
        }

        private float* Maxima(int slot) => _lines + 2L * slot * _columns.Outputs;

        // Compares the columns of an input row, unless the windows above have needed it already.
        private void Hold(float* input, long row, int slot, int* first)
        {
            if (_held[slot] == row) return;
            _held[slot] = row;
            _columns.Copy(input + row * _g.Width, _line);
            var split = _columns.Split(_line, _line + _columns.Length, _line + 2L * _columns.Length);
            var maxima = Maxima(slot);
            ReadOnlySpan<int> offsets = _columns.Offsets;
            for (var i = 0; i < _columns.Outputs; i += Width)
            {
                var (best, place) = (Vector512.Create(float.NegativeInfinity), Vector512.Load(first + i));
                for (var j = 0; j < offsets.Length; j++)
                    Challenge(Vector512.Load(split + offsets[j] + i), Vector512.Create(j), ref best, ref place);
                best.Store(maxima + i);
                place.Store((int*)maxima + _columns.Outputs + i);
            }
        }

        // Compares the rows of sixteen windows; `above` rows of the windows are padding above the input.
        private void Compare(int top, int bottom, int above, int column, float* output, TPlace* places)
        {
            var best = Vector512.Load(Maxima(top % _g.KernelHeight) + column);
            var place = Place(top, above, column);
            for (var y = top + 1; y < bottom; y++)
            {
                Challenge(Vector512.Load(Maxima(y % _g.KernelHeight) + column), Place(y, above + y - top, column), ref best,
                    ref place);
            }

            best.Store(output);
            if (places is not null) Store(place, places);
        }

        private Vector512<int> Place(int y, int row, int column) => Vector512.Create(row * _g.KernelWidth)
            + Vector512.Load((int*)Maxima(y % _g.KernelHeight) + _columns.Outputs + column);
    }
}
