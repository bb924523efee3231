using Engine.Tensors.Cpu.Kernels;

namespace Engine.Classifiers.Numerics;

/// <summary>Products of matrices of doubles, by <see cref="Gemm"/>.</summary>
internal static unsafe class MatrixProduct
{
    /// <summary>The product of two matrices, each transposed first if asked.</summary>
    /// <exception cref="EngineException">The columns of the one are not as many as the rows of the other.</exception>
    public static FeatureMatrix Multiply(
        FeatureMatrix a, FeatureMatrix b, bool transposeA = false, bool transposeB = false, int threads = 0)
    {
        var (m, k) = transposeA ? (a.Columns, a.Rows) : (a.Rows, a.Columns);
        var (rows, n) = transposeB ? (b.Columns, b.Rows) : (b.Rows, b.Columns);
        if (k != rows)
            throw new EngineException($"MatrixProduct: left [{m}, {k}] has {k} columns but right [{rows}, {n}] has {rows} rows.");
        var c = new FeatureMatrix(m, n);
        fixed (double* pa = a.Data, pb = b.Data, pc = c.Data)
        {
            Gemm.Run(m, n, k, Operand(pa, a.Columns, transposeA), Operand(pb, b.Columns, !transposeB), pc, n, threads: threads);
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
            var operand = Operand(pa, a.Columns, ofColumns);
            Gemm.Run(n, n, k, operand, operand, pc, n, lower: true, threads: threads);
        }

        for (var row = 0; row < n; row++)
        {
            for (var column = 0; column < row; column++) c.Data[(long)column * n + row] = c.Data[(long)row * n + column];
        }

        return c;
    }

    // The operand that has as many rows as the matrix, or as its transpose.
    private static MatrixOperand<double> Operand(double* data, int columns, bool transposed) =>
        transposed ? new(data, 1, columns) : new(data, columns, 1);
}
