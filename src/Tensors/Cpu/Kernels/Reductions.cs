using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Sums over any axes and maxima of rows. Adjacent reduced axes count as one, and so do adjacent kept ones; groups are reduced
/// from the innermost outwards. A long sum is cut into chunks of a fixed length, so its bits do not depend on the threads, and
/// its rounding error grows with the chunks instead of the elements. Results are overwritten.
/// </summary>
internal static unsafe class Reductions
{
    private const int Width = 16;

    // Elements summed in one go: 64 KiB.
    private const int Chunk = 16 * 1024;

    /// <summary>Sums over the axes in which the result has size 1.</summary>
    public static void Sum(float* source, Shape shape, float* result, Shape resultShape)
    {
        if (resultShape.Count == 0) return;
        if (shape.Count == 0)
        {
            new Span<float>(result, resultShape.Count).Clear();
            return;
        }

        var groups = ReducedAxes.Groups(shape, resultShape);
        if (groups.Count == 0)
        {
            new Span<float>(source, shape.Count).CopyTo(new Span<float>(result, shape.Count));
            return;
        }

        // Partial sums alternate between the two halves; the first pass has the most.
        var most = groups.Count == 1 ? 0 : (long)groups[0].Outer * groups[0].Inner;
        using var memory = new Scratch(2 * most);
        for (var i = 0; i < groups.Count; i++)
        {
            var (outer, reduced, inner) = groups[i];
            var target = i == groups.Count - 1 ? result : memory.Floats + i % 2 * most;
            SumMiddle(source, outer, reduced, inner, target);
            source = target;
        }
    }

    /// <summary>
    /// The maximum of each row and the position of its first occurrence; NaN counts as the maximum. Each chunk is read once for
    /// its maximum, and the first chunk with the row's maximum once more for the position.
    /// </summary>
    public static void Max(float* source, int rows, int n, float* values, int* indices)
    {
        var chunks = Math.Max(1, (n + Chunk - 1) / Chunk);
        if (chunks == 1)
        {
            RowParallel.For(rows, RowParallel.Stretch(rows, Chunk / Math.Max(1, n)), (from, to) =>
            {
                for (var row = from; row < to; row++) Finish(row, 0, Maximum(source + (long)row * n, n));
            });
            return;
        }

        var maxima = new float[(long)rows * chunks];
        EachChunk(rows, n, (index, from, count) => maxima[index] = Maximum(source + from, count));
        fixed (float* parts = maxima)
        {
            for (var row = 0; row < rows; row++)
            {
                var max = Maximum(parts + (long)row * chunks, chunks);
                Finish(row, First(parts + (long)row * chunks, chunks, max) * Chunk, max);
            }
        }

        void Finish(int row, int start, float max)
        {
            if (values is not null) values[row] = max;
            if (indices is not null) indices[row] = start + First(source + (long)row * n + start, n - start, max);
        }
    }

    /// <summary>The maximum of a run of one element or more; NaN if it contains one.</summary>
    public static float Maximum(float* values, int count)
    {
        var max = values[0];
        var i = 0;
        if (count >= Width)
        {
            // Max propagates NaN.
            Vector512<float> a = Vector512.Load(values), b = a, c = a, d = a;
            for (i = Width; i <= count - 4 * Width; i += 4 * Width)
            {
                a = Vector512.Max(a, Vector512.Load(values + i));
                b = Vector512.Max(b, Vector512.Load(values + i + Width));
                c = Vector512.Max(c, Vector512.Load(values + i + 2 * Width));
                d = Vector512.Max(d, Vector512.Load(values + i + 3 * Width));
            }

            for (; i <= count - Width; i += Width) a = Vector512.Max(a, Vector512.Load(values + i));
            a = Vector512.Max(Vector512.Max(a, b), Vector512.Max(c, d));
            var eight = Vector256.Max(a.GetLower(), a.GetUpper());
            var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
            max = MathF.Max(MathF.Max(four[0], four[1]), MathF.Max(four[2], four[3]));
        }

        for (; i < count; i++) max = MathF.Max(max, values[i]);
        return max;
    }

    /// <summary>Writes zeros, except for one value in each row.</summary>
    public static void Scatter(float* values, int* indices, int rows, int n, float* target) =>
        RowParallel.For(rows, Math.Max(1, Chunk / Math.Max(1, n)), (from, to) =>
        {
            new Span<float>(target + (long)from * n, (to - from) * n).Clear();
            for (var row = from; row < to; row++) target[(long)row * n + indices[row]] = values[row];
        });

    /// <summary>The sum of a run, in four sums of sixteen lanes.</summary>
    public static float Sum(float* values, int count)
    {
        Vector512<float> a = default, b = default, c = default, d = default;
        var i = 0;
        for (; i <= count - 4 * Width; i += 4 * Width)
        {
            a += Vector512.Load(values + i);
            b += Vector512.Load(values + i + Width);
            c += Vector512.Load(values + i + 2 * Width);
            d += Vector512.Load(values + i + 3 * Width);
        }

        for (; i <= count - Width; i += Width) a += Vector512.Load(values + i);
        var sum = Vector512.Sum(a + b + (c + d));
        for (; i < count; i++) sum += values[i];
        return sum;
    }

    /// <summary>Σ x² of a run of any length.</summary>
    public static float SumSquares(float* values, int count)
    {
        if (count <= Chunk) return (float)BatchNorm.SquaredDeviations(values, count, 0);
        var parts = new double[(count + Chunk - 1) / Chunk];
        EachChunk(1, count, (index, from, length) => parts[index] = BatchNorm.SquaredDeviations(values + from, length, 0));
        return (float)parts.Sum();
    }

    // The first position of a value that must occur; finds NaN as well.
    private static int First(float* values, int count, float value)
    {
        var i = 0;
        var (sought, nan) = (Vector512.Create(value), float.IsNaN(value));
        for (; i <= count - Width; i += Width)
        {
            var candidates = Vector512.Load(values + i);
            var hits = (nan ? ~Vector512.Equals(candidates, candidates) : Vector512.Equals(candidates,
                sought)).ExtractMostSignificantBits();
            if (hits != 0) return i + System.Numerics.BitOperations.TrailingZeroCount(hits);
        }

        while (i < count - 1 && !(nan ? float.IsNaN(values[i]) : values[i] == value)) i++;
        return i;
    }

    // Calls body(index, first element, elements) for each chunk of each row.
    private static void EachChunk(int rows, int n, Action<int, long, int> body)
    {
        var chunks = (n + Chunk - 1) / Chunk;
        RowParallel.For(rows * chunks, RowParallel.Stretch(rows * chunks, 1), (from, to) =>
        {
            for (var i = from; i < to; i++)
            {
                var start = i % chunks * Chunk;
                body(i, (long)(i / chunks) * n + start, Math.Min(Chunk, n - start));
            }
        });
    }

    // source [outer, reduced, inner] to result [outer, inner].
    private static void SumMiddle(float* source, int outer, int reduced, int inner, float* result)
    {
        if (inner == 1) SumRows(source, outer, reduced, result);
        else SumColumns(source, outer, reduced, inner, result);
    }

    private static void SumRows(float* source, int rows, int n, float* result)
    {
        var chunks = (n + Chunk - 1) / Chunk;
        if (chunks == 1)
        {
            RowParallel.For(rows, RowParallel.Stretch(rows, Chunk / Math.Max(1, n)), (from, to) =>
            {
                for (var row = from; row < to; row++) result[row] = Sum(source + (long)row * n, n);
            });
            return;
        }

        var partials = new float[(long)rows * chunks];
        EachChunk(rows, n, (index, from, count) => partials[index] = Sum(source + from, count));
        fixed (float* parts = partials) SumRows(parts, rows, chunks, result);
    }

    private static void SumColumns(float* source, int outer, int reduced, int inner, float* result)
    {
        // A task owns some columns of one outer index, so that one thread sums every column from the top.
        const int columnsOfTask = 1024;
        var tasks = (inner + columnsOfTask - 1) / columnsOfTask;
        if ((long)outer * reduced * inner < Chunk)
        {
            for (var task = 0; task < outer * tasks; task++) Columns(task);
        }
        else
        {
            WorkerPool.Run(outer * tasks, Columns);
        }

        void Columns(int task)
        {
            var (first, o) = (task % tasks * columnsOfTask, task / tasks);
            var count = Math.Min(columnsOfTask, inner - first);
            var target = result + (long)o * inner + first;
            var from = source + (long)o * reduced * inner + first;
            new Span<float>(from, count).CopyTo(new Span<float>(target, count));
            var r = 1;
            for (; r <= reduced - 4; r += 4, from += 4L * inner) AddFour(from + inner, inner, target, count);
            for (; r < reduced; r++)
            {
                from += inner;
                var i = 0;
                for (; i <= count - Width; i += Width) (Vector512.Load(target + i) + Vector512.Load(from + i)).Store(target + i);
                for (; i < count; i++) target[i] += from[i];
            }
        }
    }

    // Adds four rows in order: a sum is loaded and stored once for all four, and four rows are in flight from memory.
    private static void AddFour(float* row, int stride, float* target, int count)
    {
        float* a = row, b = a + stride, c = b + stride, d = c + stride;
        var i = 0;
        for (; i <= count - Width; i += Width)
        {
            var sum = Vector512.Load(target + i) + Vector512.Load(a + i) + Vector512.Load(b + i);
            (sum + Vector512.Load(c + i) + Vector512.Load(d + i)).Store(target + i);
        }

        for (; i < count; i++) target[i] = target[i] + a[i] + b[i] + c[i] + d[i];
    }
}
