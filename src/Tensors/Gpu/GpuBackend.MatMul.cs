using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu;

internal sealed partial class GpuBackend
{
    // The most groups along the second and third axis of CUDA's grids.
    private const int LargestGridSide = 65535;

    private static readonly GpuTile[] s_productTiles = [GpuTile.Large, GpuTile.Medium, GpuTile.Small];

    /// <inheritdoc/>
    public void MatMul(
        Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor result, bool accumulate = false, Tensor? bias = null,
        bool relu = false)
    {
        if (result.Count == 0) return;
        using var lease = new StorageLease(a, b, result, bias);
        var (m, n) = (result.Shape[-2], result.Shape[-1]);
        var k = a.Shape[transposeA ? -2 : -1];
        var batches = result.Shape.Product(0, result.Rank - 2);
        // A matrix that serves every batch, below rows that only one batch has, makes one tall product.
        if (batches > 1 && b.Rank == 2 && !transposeA && a.Rank == result.Rank) (m, batches) = (m * batches, 1);
        var (tile, depth) = GpuTile.Choose(s_productTiles, m, n, k, batches);
        var splits = Splits(k, depth);
        tile = OnDevice(tile);
        var (left, right) = (new Operand(a, !transposeA, m, k), new Operand(b, transposeB, n, k));
        var grid = new GpuGrid(tile.RowsOf(m) * tile.ColumnsOf(n), splits, Math.Min(batches, LargestGridSide));
        var product = new Product
        {
            M = m,
            N = n,
            K = k,
            Batches = batches,
            Depth = depth,
            Left = left.Matrix,
            Right = right.Matrix,
        };
        if (splits == 1)
        {
            product.Result = Floats(result);
            product.Bias = Floats(bias);
            product.ByFour = IsByFour(result, n) ? 1 : 0;
            product.Accumulate = accumulate ? 1 : 0;
            product.Cut = relu ? 1 : 0;
            Gemm(tile, grid, product, left, right);
            return;
        }

        using var partial = Scratch(splits, batches, m, n);
        product.Result = partial.View<float>();
        product.ByFour = IsByFour(partial, n) ? 1 : 0;
        Gemm(tile, grid, product, left, right);
        Launch(new GpuGrid(SplitK.GroupsOf(result.Count)), new FinishProduct
        {
            Splits = splits,
            Count = result.Count,
            N = n,
            Accumulate = accumulate ? 1 : 0,
            Cut = relu ? 1 : 0,
            Partial = partial.View<float>(),
            Result = Floats(result),
            Bias = Floats(bias),
        });
    }

    // Whether every row begins at a multiple of 16 bytes and holds whole float4.
    private static bool IsByFour(Tensor tensor, int pitch) => (tensor.Offset | pitch) % 4 == 0;

    // A processor has no registers for the 64 sums of an item; half as many take half the time. The bits stay: every sum is added
    // up in the order of k.
    private GpuTile OnDevice(GpuTile tile) =>
        tile == GpuTile.Large && !Info.IsGpu && GpuTile.Forced is null ? GpuTile.Medium : tile;

    // The kernel of a tile and two layouts.
    private void Gemm(GpuTile tile, in GpuGrid grid, in Product product, in Operand left, in Operand right)
    {
        if (tile == GpuTile.Large) Gemm<LargeTile>(grid, product, left, right);
        else if (tile == GpuTile.Medium) Gemm<MediumTile>(grid, product, left, right);
        else Gemm<SmallTile>(grid, product, left, right);
    }

    private void Gemm<TTile>(in GpuGrid grid, in Product product, in Operand left, in Operand right)
        where TTile : struct, IProductTile
    {
        switch (left.IsAlongK, left.IsByFour)
        {
            case (true, true): Gemm<TTile, AlongKByFour>(grid, product, right); break;
            case (true, false): Gemm<TTile, AlongK>(grid, product, right); break;
            case (false, true): Gemm<TTile, AcrossKByFour>(grid, product, right); break;
            case (false, false): Gemm<TTile, AcrossK>(grid, product, right); break;
        }
    }

    private void Gemm<TTile, TLeft>(in GpuGrid grid, in Product product, in Operand right)
        where TTile : struct, IProductTile
        where TLeft : struct, ILayout
    {
        switch (right.IsAlongK, right.IsByFour)
        {
            case (true, true): Launch(grid, new Gemm<TTile, TLeft, AlongKByFour> { Product = product }); break;
            case (true, false): Launch(grid, new Gemm<TTile, TLeft, AlongK> { Product = product }); break;
            case (false, true): Launch(grid, new Gemm<TTile, TLeft, AcrossKByFour> { Product = product }); break;
            case (false, false): Launch(grid, new Gemm<TTile, TLeft, AcrossK> { Product = product }); break;
        }
    }

    // An operand of a product: its matrices, and what says which layout it has.
    private readonly struct Operand
    {
        public Operand(Tensor tensor, bool isAlongK, int side, int k)
        {
            var pitch = isAlongK ? k : side;
            Matrix = new() { Data = Floats(tensor), Pitch = pitch, Step = tensor.Rank > 2 ? side * k : 0 };
            (IsAlongK, IsByFour) = (isAlongK, GpuBackend.IsByFour(tensor, pitch));
        }

        public Matrix Matrix { get; }

        public bool IsAlongK { get; }

        public bool IsByFour { get; }
    }
}
