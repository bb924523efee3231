using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Maximum pooling of planes [H, W]. A window's rows are combined first, in vectors along the contiguous columns, and its columns
/// second. The winner is recorded as its place in the window, row by row, in a <typeparamref name="TPlace"/>. Work is split by
/// rows of output, in the gradient by planes. Results are overwritten.
/// </summary>
internal static unsafe class MaxPool2d<TPlace>
    where TPlace : unmanaged, IBinaryInteger<TPlace>
{
    private const int Width = 16;

    [ThreadStatic]
    private static AlignedBuffer? s_row;

    /// <summary>The maximum of each window and, unless null, its first place in the window; NaN wins.</summary>
    public static void Forward(Pool2dGeometry g, float* input, float* output, TPlace* places)
    {
        var pairs = PoolRows.IsPairs(g);
        PoolRows.ForRows(g, (plane, row) =>
        {
            var source = input + (long)plane * g.Height * g.Width;
            var at = ((long)plane * g.OutputHeight + row) * g.OutputWidth;
            var done = pairs ? Pairs(source + 2L * row * g.Width, g.Width, g.OutputWidth, output + at,
                places is null ? null : places + at) : 0;
            if (done < g.OutputWidth) Row(g, source, row, done, output + at, places is null ? null : places + at);
        });
    }

    /// <summary>Adds each gradient at the winning place.</summary>
    public static void Gradient(Pool2dGeometry g, TPlace* places, float* gradOutput, float* gradInput)
    {
        var pairs = PoolRows.IsPairs(g);

        // The distances from a window's corner to each of its places.
        var offsets = new int[g.KernelHeight * g.KernelWidth];
        for (var i = 0; i < offsets.Length; i++) offsets[i] = i / g.KernelWidth * g.Width + i % g.KernelWidth;
        PoolRows.ForPlanes(g, plane =>
        {
            var target = gradInput + (long)plane * g.Height * g.Width;
            if (!pairs) new Span<float>(target, g.Height * g.Width).Clear();
            else if (g.Height % 2 == 1) new Span<float>(target + (g.Height - 1) * g.Width, g.Width).Clear();
            for (var row = 0; row < g.OutputHeight; row++)
            {
                var at = ((long)plane * g.OutputHeight + row) * g.OutputWidth;
                var column = pairs ? PairGradients(places + at, gradOutput + at, g.OutputWidth, target + 2L * row * g.Width,
                    g.Width) : 0;
                var corner = target + (row * g.StrideHeight - g.PadHeight) * g.Width - g.PadWidth;
                for (; column < g.OutputWidth; column++)
                    corner[column * g.StrideWidth + offsets[int.CreateTruncating(places[at + column])]] += gradOutput[at
                        + column];
            }
        });
    }

    private static void Row(in Pool2dGeometry g, float* source, int row, int column, float* output, TPlace* places)
    {
        var (top, bottom) = PoolRows.Window(row, g.StrideHeight, g.PadHeight, g.KernelHeight, g.Height);
        var values = (s_row ??= new AlignedBuffer()).Reserve(2L * (g.Width + Width));
        var rows = (int*)(values + g.Width + Width);
        MaxRows(source, g.Width, top, bottom, top - (row * g.StrideHeight - g.PadHeight), values, rows);
        for (; column < g.OutputWidth; column++)
        {
            var (left, right) = PoolRows.Window(column, g.StrideWidth, g.PadWidth, g.KernelWidth, g.Width);
            var (best, winner) = (values[left], left);
            for (var i = left + 1; i < right; i++)
            {
                var candidate = values[i];

                // Among equals, the one in the upper row stays, and within a row the first. NaN beats every number.
                var wins = candidate > best || (candidate == best && rows[i] < rows[winner]) ||
                    (float.IsNaN(candidate) && (!float.IsNaN(best) || rows[i] < rows[winner]));
                best = wins ? candidate : best;
                winner = wins ? i : winner;
            }

            output[column] = best;
            if (places is not null)
                places[column] = TPlace.CreateTruncating(rows[winner] * g.KernelWidth + winner
                    - (column * g.StrideWidth - g.PadWidth));
        }
    }

    // The maximum down each column of rows top … bottom - 1, and its row in the window, where top is row `first`.
    private static void MaxRows(float* source, int width, int top, int bottom, int first, float* values, int* rows)
    {
        for (var i = 0; i < width; i += Width)
        {
            // The last vector may run past the row's end; the lanes beyond it are never read.
            var best = Load(source + (long)top * width + i, width - i);
            var row = Vector512.Create(first);
            for (var y = top + 1; y < bottom; y++)
            {
                var candidate = Load(source + (long)y * width + i, width - i);
                var wins = Wins(candidate, best);
                best = Vector512.ConditionalSelect(wins, candidate, best);
                row = Vector512.ConditionalSelect(wins.AsInt32(), Vector512.Create(first + y - top), row);
            }

            best.Store(values + i);
            row.Store(rows + i);
        }
    }

    // Does sixteen windows of 2×2 at once, from the row `source` and the one below; returns how many outputs are done.
    private static int Pairs(float* source, int width, int outputs, float* output, TPlace* places)
    {
        var column = 0;
        for (; column <= outputs - Width; column += Width)
        {
            float* upper = source + 2 * column, lower = upper + width;
            Vector512<float> a = Vector512.Load(upper), b = Vector512.Load(upper + Width), c = Vector512.Load(lower),
            d = Vector512.Load(lower + Width);
            var best = PoolRows.Even(a, b);
            Vector512<int> place = default;
            Challenge(PoolRows.Odd(a, b), 1, ref best, ref place);
            Challenge(PoolRows.Even(c, d), 2, ref best, ref place);
            Challenge(PoolRows.Odd(c, d), 3, ref best, ref place);
            best.Store(output + column);
            if (places is null) continue;
            var words = Vector256.Narrow(place.GetLower(), place.GetUpper());
            Vector128.Narrow(words.GetLower(), words.GetUpper()).AsByte().Store((byte*)(places + column));
        }

        return column;
    }

    // Writes the gradients of a row of 2×2 windows and the zeros beside them; returns how many outputs are done.
    private static int PairGradients(TPlace* places, float* gradient, int outputs, float* target, int width)
    {
        var column = 0;
        for (; column <= outputs - Width; column += Width)
        {
            var (lower, upper) = Vector256.Widen(
                Vector256.Create(Vector128.WidenLower(Vector128.Load((byte*)(places + column))),
                    Vector128.WidenUpper(Vector128.Load((byte*)(places + column)))));
            var (place, g) = (Vector512.Create(lower, upper), Vector512.Load(gradient + column));
            PoolRows.StorePairs(Chosen(g, place, 0), Chosen(g, place, 1), target + 2 * column);
            PoolRows.StorePairs(Chosen(g, place, 2), Chosen(g, place, 3), target + width + 2 * column);
        }

        new Span<float>(target + 2 * column, width - 2 * column).Clear();
        new Span<float>(target + width + 2 * column, width - 2 * column).Clear();
        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Challenge(Vector512<float> candidate, int at, ref Vector512<float> best, ref Vector512<int> place)
    {
        var wins = Wins(candidate, best);
        best = Vector512.ConditionalSelect(wins, candidate, best);
        place = Vector512.ConditionalSelect(wins.AsInt32(), Vector512.Create(at), place);
    }

    // Not "greater or equal", so that the first of equals stays. NaN beats every number and nothing beats NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Wins(Vector512<float> candidate, Vector512<float> best) =>
        Vector512.GreaterThan(candidate, best) | Vector512.AndNot(~Vector512.Equals(candidate, candidate),
            ~Vector512.Equals(best, best));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Chosen(Vector512<float> gradient, Vector512<uint> place, uint at) =>
        gradient & Vector512.Equals(place, Vector512.Create(at)).AsSingle();

    private static Vector512<float> Load(float* source, int left)
    {
        if (left >= Width) return Vector512.Load(source);
        var buffer = stackalloc float[Width];
        for (var i = 0; i < left; i++) buffer[i] = source[i];
        return Vector512.Load(buffer);
    }
}
