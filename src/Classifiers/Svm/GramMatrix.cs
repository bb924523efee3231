using Engine.Classifiers.Numerics;

namespace Engine.Classifiers.Svm;

/// <summary>
/// The kernel's values of all training rows with all: computed once by matrix products and used by every pair of classes.
/// Kept in single precision, as LIBSVM keeps them; products and exponentials are in double.
/// </summary>
internal sealed class GramMatrix : IKernelRows
{
    // Products of a block of rows: 32 MiB of double.
    private const int BlockValues = 1 << 22;

    // Side of the tiles in which the lower triangle is mirrored: a source tile is 16 KiB.
    private const int Tile = 64;

    private readonly float[] _values;
    private readonly int _count;

    private GramMatrix(float[] values, int count) => (_values, _count) = (values, count);

    /// <summary>Bytes that the values of so many rows take.</summary>
    public static long Bytes(int rows) => (long)rows * rows * sizeof(float);

    /// <summary>Computes the values of rows <paramref name="x"/>, whose squared lengths are <paramref name="squares"/>.</summary>
    public static unsafe GramMatrix Of(FeatureMatrix x, double[] squares, KernelFunction kernel, int threads)
    {
        var (count, columns) = (x.Rows, x.Columns);
        var values = new float[checked(count * count)];
        var block = Math.Max(1, Math.Min(count, BlockValues / count));
        var products = new double[(long)block * count];
        fixed (double* rows = x.Data, target = products)
        {
            for (var from = 0; from < count; from += block)
            {
                var to = Math.Min(count, from + block);
                MatrixProduct.Run(to - from, to, columns, new(rows + (long)from * columns, columns, 1), new(rows, columns, 1), target, to, lower: from == 0, threads: threads);
                Serially.OrFor(threads, to - from, 8, (first, end) =>
                {
                    for (var row = from + first; row < from + end; row++)
                    {
                        var line = products.AsSpan((row - from) * to, row + 1);
                        kernel.Apply(line, squares[row], squares.AsSpan(0, row + 1));
                        line[row] = kernel.Diagonal(squares[row]);
                        Narrow(line, values.AsSpan(row * count, row + 1));
                    }
                });
            }
        }

        Serially.OrFor(threads, count, Tile, (first, end) => Mirror(values, count, first, end));
        return new GramMatrix(values, count);
    }

    public float Diagonal(int row) => _values[row * _count + row];

    public void Fill(int row, ReadOnlySpan<int> columns, Span<float> values)
    {
        var line = _values.AsSpan(row * _count, _count);
        for (var c = 0; c < columns.Length; c++) values[c] = line[columns[c]];
    }

    private static void Narrow(ReadOnlySpan<double> from, Span<float> to)
    {
        for (var i = 0; i < from.Length; i++) to[i] = (float)from[i];
    }

    // Rows first … end - 1 of the lower triangle become columns of the upper.
    private static void Mirror(float[] values, int count, int first, int end)
    {
        for (var tile = 0; tile < end; tile += Tile)
        {
            for (var column = tile; column < Math.Min(tile + Tile, end); column++)
            {
                for (var row = Math.Max(first, column + 1); row < end; row++) values[column * count + row] = values[row * count + column];
            }
        }
    }
}
