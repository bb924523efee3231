namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // The most groups along the second and third axis of CUDA's grids.
    private const int LargestGridSide = 65535;

    private static readonly GpuTile[] s_productTiles = [GpuTile.Large, GpuTile.Medium, GpuTile.Small];
    private static readonly KernelFamily s_splitK = new("split_k");

    // By tile, then by what Flags says.
    private static readonly KernelFamily[][] s_gemm = Array.ConvertAll(s_productTiles, tile => Products("gemm", tile));
    private static readonly KernelFamily[] s_gemmTf32 = Products("gemm_tf32", GpuTile.Tensor);

    /// <summary>
    /// Whether large matrix products round their operands to TF32, which keeps ten bits of the fraction, and run on tensor
    /// cores. For CUDA devices of compute capability 8.0 on; others would not compile the kernel.
    /// </summary>
    public bool AllowTf32 { get; init; }

    /// <inheritdoc/>
    public void MatMul(
        Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor result, bool accumulate = false, Tensor? bias = null,
        bool relu = false)
    {
        if (result.Count == 0) return;
        var (m, n) = (result.Shape[-2], result.Shape[-1]);
        var k = a.Shape[transposeA ? -2 : -1];
        var batches = result.Shape.Product(0, result.Rank - 2);
        // A matrix that serves every batch, below rows that only one batch has, makes one tall product.
        if (batches > 1 && b.Rank == 2 && !transposeA && a.Rank == result.Rank) (m, batches) = (m * batches, 1);
        var (tile, depth) = GpuTile.Choose(s_productTiles, m, n, k, batches);
        var splits = Splits(k, depth);
        var (pitchA, pitchB) = (transposeA ? m : k, transposeB ? k : n);
        var flags = Flags(transposeA, transposeB, IsByFour(a, pitchA), IsByFour(b, pitchB));
        var grid = new GpuGrid(tile.RowsOf(m) * tile.ColumnsOf(n), splits, Math.Min(batches, LargestGridSide), tile.Items);
        if (splits == 1)
        {
            Multiply(result, accumulate, bias, relu);
            return;
        }

        using var partial = Scratch(splits, batches, m, n);
        Multiply(partial, false, null, false);
        Launch(s_splitK, "finish_product", new GpuGrid((result.Count + 31) / 32, 256), splits, result.Count, n, partial, result,
            accumulate, bias, relu);

        void Multiply(Tensor target, bool add, Tensor? shift, bool cut)
        {
            if (AllowTf32 && tile == GpuTile.Large)
            {
                Launch(
                    s_gemmTf32[flags], "gemm_tf32", grid with { ItemsX = GpuTile.Tensor.Items }, m, n, k, batches, depth, a,
                    pitchA, a.Rank > 2 ? m * k : 0, b, pitchB, b.Rank > 2 ? k * n : 0,
                    target, add, shift, cut);
                return;
            }

            Launch(
                s_gemm[Array.IndexOf(s_productTiles, tile)][flags], "gemm", grid, m, n, k, batches, depth,
                a, pitchA, a.Rank > 2 ? m * k : 0, b, pitchB, b.Rank > 2 ? k * n : 0, target, IsByFour(target, n), add, shift,
                cut);
        }
    }

    private static KernelFamily[] Products(string name, GpuTile tile)
    {
        var families = new KernelFamily[16];
        for (var i = 0; i < 16; i++)
        {
            var (transposeA, transposeB, byFourA, byFourB) = ((i & 1) != 0, (i & 2) != 0, (i & 4) != 0, (i & 8) != 0);
            families[Flags(transposeA, transposeB, byFourA, byFourB)] = new KernelFamily(
                name, ["tile", "operand"],
                [.. tile.Defines, ("TRANSPOSE_A", transposeA ? 1 : 0), ("TRANSPOSE_B", transposeB ? 1 : 0),
                    ("WIDTH_A", byFourA ? 4 : 1), ("WIDTH_B", byFourB ? 4 : 1)]);
        }

        return families;
    }

    private static int Flags(bool transposeA, bool transposeB, bool byFourA, bool byFourB) =>
        (transposeA ? 1 : 0) + (transposeB ? 2 : 0) + (byFourA ? 4 : 0) + (byFourB ? 8 : 0);

    // Whether every row begins at a multiple of 16 bytes and holds whole float4.
    private static bool IsByFour(Tensor tensor, int pitch) => (tensor.Offset | pitch) % 4 == 0;
}
