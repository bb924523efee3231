using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <inheritdoc/>
    public void MatMul(
        Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor result, bool accumulate = false, Tensor? bias = null,
        bool relu = false)
    {
        using var lease = new StorageLease(a, b, result, bias);
        var (m, n) = (result.Shape[-2], result.Shape[-1]);
        var k = a.Shape[transposeA ? -2 : -1];
        var batches = result.Shape.Product(0, result.Rank - 2);
        // An operand without a batch axis is read again for every batch. If only b lacks it and a is not transposed, the rows of
        // a make one tall product.
        if (batches > 1 && b.Rank == 2 && !transposeA && a.Rank == result.Rank) (m, batches) = (m * batches, 1);
        var epilogue = new GemmEpilogue<float>(null, bias is null ? null : Floats(bias), relu);
        for (var batch = 0; batch < batches; batch++)
        {
            var left = Floats(a) + (a.Rank > 2 ? (long)batch * m * k : 0);
            var right = Floats(b) + (b.Rank > 2 ? (long)batch * k * n : 0);
            var target = Floats(result) + (long)batch * m * n;
            if (!transposeA && transposeB && !accumulate && DotProducts.Serves(m, n, k))
            {
                DotProducts.Run(m, n, k, left, right, target, epilogue);
                continue;
            }

            var (rows, columns) = (Operand(left, m, k, transposeA), Operand(right, n, k, !transposeB));
            Gemm.Run(m, n, k, rows, columns, target, n, accumulate, epilogue);
        }
    }

    /// <summary>
    /// result [m, n] = x [m, k] · weightᵀ by weights that are kept as the kernel reads them; false: no kernel does this for these
    /// sizes, and nothing was done.
    /// </summary>
    public static bool TryDense(Tensor x, Tensor weight, Tensor? bias, bool relu, Tensor result)
    {
        var (m, n, k) = (x.Shape[0], weight.Shape[0], weight.Shape[1]);
        if (!PackedDense.Serves(m, n, k)) return false;
        using var lease = new StorageLease(x, weight, result, bias);
        PackedDense.Run(m, n, k, Floats(x), new WeightSource(weight, keeps: true), Floats(result),
            new GemmEpilogue<float>(null, bias is null ? null : Floats(bias), relu));
        return true;
    }

    // Stored [outer, k], or [k, outer] if transposed.
    private static MatrixOperand<float> Operand(float* data, int outer, int k, bool transposed) =>
        transposed ? new MatrixOperand<float>(data, 1, outer) : new MatrixOperand<float>(data, k, 1);
}
