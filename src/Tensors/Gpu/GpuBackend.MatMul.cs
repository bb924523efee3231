namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // The most groups along the second and third axis of CUDA's grids.
    private const int LargestGridSide = 65535;

    private static readonly GpuTile[] s_productTiles = [GpuTile.Large, GpuTile.Medium, GpuTile.Small];
    private static readonly KernelFamily s_splitK = new("split_k");

    // By tile, then bits: a transposed, b transposed, a by float4, b by float4.
    private static readonly KernelFamily[][] s_gemm = Array.ConvertAll(s_productTiles, tile => Enumerable.Range(0, 16).Select(flags => new KernelFamily(
        "gemm", ["tile"],
        [.. tile.Defines, ("TRANSPOSE_A", flags & 1), ("TRANSPOSE_B", flags >> 1 & 1), ("WIDTH_A", (flags & 4) == 0 ? 1 : 4), ("WIDTH_B", (flags & 8) == 0 ? 1 : 4)])).ToArray());

    /// <inheritdoc/>
    public void MatMul(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor result, bool accumulate = false, Tensor? bias = null, bool relu = false)
    {
        if (result.Count == 0) return;
        var (m, n) = (result.Shape[-2], result.Shape[-1]);
        var k = a.Shape[transposeA ? -2 : -1];
        var batches = result.Shape.Product(0, result.Rank - 2);
        // A matrix that serves every batch, below rows that only one batch has, makes one tall product.
        if (batches > 1 && b.Rank == 2 && !transposeA && a.Rank == result.Rank) (m, batches) = (m * batches, 1);
        var (tile, depth) = GpuTile.Choose(s_productTiles, m, n, k, batches);
        var splits = Math.Max(1, (k + depth - 1) / depth);
        var (pitchA, pitchB) = (transposeA ? m : k, transposeB ? k : n);
        var flags = (transposeA ? 1 : 0) + (transposeB ? 2 : 0) + (IsByFour(a, pitchA) ? 4 : 0) + (IsByFour(b, pitchB) ? 8 : 0);
        var family = s_gemm[Array.IndexOf(s_productTiles, tile)][flags];
        var grid = new GpuGrid(tile.RowsOf(m) * tile.ColumnsOf(n), splits, Math.Min(batches, LargestGridSide), tile.Items);
        if (splits == 1)
        {
            Multiply(result, accumulate, bias, relu);
            return;
        }

        using var partial = Scratch(splits, batches, m, n);
        Multiply(partial, false, null, false);
        Launch(s_splitK, "finish_product", new GpuGrid((result.Count + 31) / 32, 256), splits, result.Count, n, partial, result, accumulate, bias, relu);

        void Multiply(Tensor target, bool add, Tensor? shift, bool cut) => Launch(
            family, "gemm", grid, m, n, k, batches, depth, a, pitchA, a.Rank > 2 ? m * k : 0, b, pitchB, b.Rank > 2 ? k * n : 0,
            target, IsByFour(target, n), add, shift, cut);
    }

    // Whether every row begins at a multiple of 16 bytes and holds whole float4.
    private static bool IsByFour(Tensor tensor, int pitch) => (tensor.Offset | pitch) % 4 == 0;
}
