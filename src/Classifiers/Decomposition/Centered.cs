using Engine.Classifiers.Numerics;
using Engine.Tensors.Cpu;
using Engine.Tensors.Cpu.Kernels;

namespace Engine.Classifiers.Decomposition;

/// <summary>
/// Products with rows minus their mean, X - 1·mᵀ. The difference is computed block by block, so wide rows are never copied whole
/// and the block is still in cache when it is multiplied.
/// </summary>
internal static unsafe class Centered
{
    private const int BlockColumns = 1024;
    private const int BlockRows = 512;

    /// <summary>The Gram matrix of the rows, (X - 1·mᵀ)(X - 1·mᵀ)ᵀ: <c>[n, n]</c>.</summary>
    public static FeatureMatrix GramOfRows(FeatureMatrix x, double[] mean, int threads)
    {
        var gram = new FeatureMatrix(x.Rows, x.Rows);
        fixed (double* c = gram.Data)
        {
            var target = c;
            ForColumnBlocks(x, mean, threads, (first, block, columns) =>
            {
                var operand = new MatrixOperand<double>(block, columns, 1);
                Gemm.Run(x.Rows, x.Rows, columns, operand, operand, target, x.Rows, accumulate: first > 0, lower: true, threads);
            });
        }

        Mirror(gram);
        return gram;
    }

    /// <summary>The Gram matrix of the columns, (X - 1·mᵀ)ᵀ(X - 1·mᵀ): <c>[columns, columns]</c>.</summary>
    public static FeatureMatrix GramOfColumns(FeatureMatrix x, double[] mean, int threads)
    {
        var gram = new FeatureMatrix(x.Columns, x.Columns);
        var block = new FeatureMatrix(Math.Min(BlockRows, x.Rows), x.Columns);
        fixed (double* c = gram.Data, b = block.Data)
        {
            for (var first = 0; first < x.Rows; first += BlockRows)
            {
                var rows = Subtract(x, mean, first, block);
                var operand = new MatrixOperand<double>(b, 1, x.Columns);
                Gemm.Run(x.Columns, x.Columns, rows, operand, operand, c, x.Columns, accumulate: first > 0, lower: true, threads);
            }
        }

        Mirror(gram);
        return gram;
    }

    /// <summary>a · (X - 1·mᵀ) for a <c>[k, n]</c>: <c>[k, columns]</c>.</summary>
    public static FeatureMatrix LeftProduct(FeatureMatrix a, FeatureMatrix x, double[] mean, int threads)
    {
        var product = new FeatureMatrix(a.Rows, x.Columns);
        fixed (double* left = a.Data, c = product.Data)
        {
            double* source = left, target = c;
            ForColumnBlocks(x, mean, threads, (first, block, columns) => Gemm.Run(
                a.Rows, columns, x.Rows, new MatrixOperand<double>(source, a.Columns, 1),
                new MatrixOperand<double>(block, 1, columns), target + first, x.Columns, threads: threads));
        }

        return product;
    }

    /// <summary>(X - 1·mᵀ) · axesᵀ for axes <c>[k, columns]</c>: <c>[n, k]</c>.</summary>
    public static FeatureMatrix Project(FeatureMatrix x, double[] mean, FeatureMatrix axes, int threads)
    {
        var projected = new FeatureMatrix(x.Rows, axes.Rows);
        // Fewer rows at a time if they are wide.
        var block = new FeatureMatrix(Math.Min(x.Rows, Math.Max(16, (1 << 20) / x.Columns)), x.Columns);
        fixed (double* b = block.Data, a = axes.Data, c = projected.Data)
        {
            for (int first = 0, rows; first < x.Rows; first += rows)
            {
                rows = Subtract(x, mean, first, block);
                Gemm.Run(rows, axes.Rows, x.Columns, new MatrixOperand<double>(b, x.Columns, 1),
                    new MatrixOperand<double>(a, x.Columns, 1), c + (long)first * axes.Rows, axes.Rows, threads: threads);
            }
        }

        return projected;
    }

    /// <summary>The sum of all squares of X - 1·mᵀ.</summary>
    public static double Squares(FeatureMatrix x, double[] mean)
    {
        var sum = 0.0;
        for (var r = 0; r < x.Rows; r++) sum += Vectors.SquaredDistance(x.Row(r), mean);
        return sum;
    }

    private delegate void ColumnBlock(int first, double* block, int columns);

    // Calls back with the first column, the centred block [rows, columns], and its number of columns.
    private static void ForColumnBlocks(FeatureMatrix x, double[] mean, int threads, ColumnBlock body)
    {
        const int RowGrain = 64;
        var buffer = new double[checked(x.Rows * Math.Min(BlockColumns, x.Columns))];
        fixed (double* block = buffer)
        {
            for (var first = 0; first < x.Columns; first += BlockColumns)
            {
                var (from, columns) = (first, Math.Min(BlockColumns, x.Columns - first));
                void Rows(int row, int end)
                {
                    for (; row < end; row++)
                    {
                        var target = buffer.AsSpan(row * columns, columns);
                        x.Row(row).Slice(from, columns).CopyTo(target);
                        Vectors.AddScaled(target, -1, mean.AsSpan(from, columns));
                    }
                }

                if (threads == 1) Rows(0, x.Rows);
                else RowParallel.For(x.Rows, RowGrain, Rows);
                body(first, block, columns);
            }
        }
    }

    // Fills the block with centred rows from `first` on and returns their number.
    private static int Subtract(FeatureMatrix x, double[] mean, int first, FeatureMatrix block)
    {
        var rows = Math.Min(block.Rows, x.Rows - first);
        for (var r = 0; r < rows; r++)
        {
            var target = block.Row(r);
            x.Row(first + r).CopyTo(target);
            Vectors.AddScaled(target, -1, mean);
        }

        return rows;
    }

    private static void Mirror(FeatureMatrix lower)
    {
        for (var row = 0; row < lower.Rows; row++)
        {
            for (var column = 0; column < row; column++) lower.Row(column)[row] = lower[row, column];
        }
    }
}
