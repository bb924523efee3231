using System.Runtime.CompilerServices;
using Engine.Tensors.Cpu;
using Engine.Tensors.Cpu.Kernels;

namespace Engine.Classifiers.Svm;

/// <summary>
/// The kernel values between all training rows: computed once by matrix products and used by every pair of classes. Kept in
/// single precision, as in LIBSVM; products and exponentials are in double. The memory is unmanaged so that it can use large
/// pages: touching 256 MB on small ones takes a fifth of a fit of 8,000 rows. Do not use after Dispose.
/// </summary>
internal sealed unsafe class GramMatrix : IKernelRows, IDisposable
{
    // Products of a block of rows: 32 MiB of doubles.
    private const int BlockValues = 1 << 22;

    // Side of the tiles used to mirror the lower triangle: a source tile is 16 KiB.
    private const int Tile = 64;

    private readonly int _count;
    private float* _values;

    private GramMatrix(int count)
    {
        _count = count;
        _values = (float*)LargeBlock.Allocate((nuint)Bytes(count));
    }

    /// <summary>Bytes that the values of <paramref name="rows"/> rows take.</summary>
    public static long Bytes(int rows) => (long)rows * rows * sizeof(float);

    /// <summary>
    /// Computes the kernel values of <paramref name="x"/>, whose rows have squared lengths <paramref name="squares"/>.
    /// </summary>
    public static GramMatrix Of(FeatureMatrix x, double[] squares, KernelFunction kernel, int threads)
    {
        var gram = new GramMatrix(x.Rows);
        try
        {
            gram.Fill(x, squares, kernel, threads);
            return gram;
        }
        catch
        {
            gram.Dispose();
            throw;
        }
    }

    public float Diagonal(int row) => Row(row)[row];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(int row, ReadOnlySpan<int> columns, Span<float> values)
    {
        var line = Row(row);
        for (var c = 0; c < columns.Length; c++) values[c] = line[columns[c]];
    }

    public void Dispose()
    {
        LargeBlock.Free(_values);
        _values = null;
    }

    private Span<float> Row(int row) => new(_values + (long)row * _count, _count);

    private void Fill(FeatureMatrix x, double[] squares, KernelFunction kernel, int threads)
    {
        var (count, columns) = (x.Rows, x.Columns);
        var block = Math.Clamp(BlockValues / count, 1, count);
        using var memory = new Scratch(2L * block * count);
        var products = memory.Doubles;
        fixed (double* rows = x.Data)
        {
            for (var from = 0; from < count; from += block)
            {
                var (start, to) = (from, Math.Min(count, from + block));
                Gemm.Run(to - start, to, columns, new(rows + (long)start * columns, columns, 1), new(rows, columns, 1), products,
                    to, lower: start == 0, threads: threads);
                Serially.OrFor(threads, to - start, 8, (first, end) =>
                {
                    for (var row = start + first; row < start + end; row++)
                    {
                        var line = new Span<double>(products + (long)(row - start) * to, row + 1);
                        kernel.Apply(line, squares[row], squares.AsSpan(0, row + 1));
                        line[row] = kernel.Diagonal(squares[row]);
                        Narrow(line, Row(row));
                    }
                });
            }
        }

        Serially.OrFor(threads, count, Tile, Mirror);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(ReadOnlySpan<double> from, Span<float> to)
    {
        for (var i = 0; i < from.Length; i++) to[i] = (float)from[i];
    }

    // Mirrors rows first … end - 1 of the lower triangle into columns of the upper.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mirror(int first, int end)
    {
        for (var tile = 0; tile < end; tile += Tile)
        {
            for (var column = tile; column < Math.Min(tile + Tile, end); column++)
            {
                var target = _values + (long)column * _count;
                for (var row = Math.Max(first, column + 1); row < end; row++) target[row] = _values[(long)row * _count + column];
            }
        }
    }
}
