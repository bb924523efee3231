using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>What <see cref="Gemm{TTile, TLeft, TRight}"/> multiplies, and what becomes of it.</summary>
internal struct Product
{
    /// <summary>Rows and columns of the result, products of a sum, results; how many products of a sum a group takes.</summary>
    public int M, N, K, Batches, Depth;

    public Matrix Left, Right;

    /// <summary>[splits, batch, m, n].</summary>
    public ArrayView<float> Result;

    /// <summary>[n], or none.</summary>
    public ArrayView<float> Bias;

    /// <summary>
    /// Whether rows of the result begin at multiples of 16 bytes and are whole float4 long; whether it is added to; whether
    /// negatives are cut.
    /// </summary>
    public int ByFour, Accumulate, Cut;
}

/// <summary>
/// result[batch, m, n] = left · right with left [batch, m, k] where its rows run along k, else [batch, k, m], and right
/// [batch, n, k] or [batch, k, n]; a step of 0 between batches serves all with one matrix. On request the result is added to,
/// then bias [n] is added and negatives are cut to zero (a NaN stays). Grid: tiles, splits of k, batches. Each split writes a
/// whole result of its own, which <see cref="FinishProduct"/> adds up, if there is more than one.
/// </summary>
internal struct Gemm<TTile, TLeft, TRight> : IKernel
    where TTile : struct, IProductTile
    where TLeft : struct, ILayout
    where TRight : struct, ILayout
{
    public Product Product;

    /// <inheritdoc/>
    public static int Items => Tile<TTile>.Items;

    public readonly void Run()
    {
        var (left, right) = (Tile<TTile>.AllocateLeft(), Tile<TTile>.AllocateRight());
        var row = Tile<TTile>.FirstRow(Grid.IdxX, Product.M, Product.N);
        var column = Tile<TTile>.FirstColumn(Grid.IdxX, Product.M, Product.N);
        var begin = Grid.IdxY * Product.Depth;
        var end = Product.K - begin < Product.Depth ? Product.K : begin + Product.Depth;
        for (var batch = Grid.IdxZ; batch < Product.Batches; batch += Grid.DimZ)
        {
            var source = new MatrixBlocks<TTile, TLeft, TRight>
            {
                Product = Product,
                Row = row,
                Column = column,
                FirstLeft = batch * Product.Left.Step,
                FirstRight = batch * Product.Right.Step,
            };
            var sums = Tile<TTile>.Sum(source, left, right, begin, end);
            var target = new ProductTarget
            {
                Product = Product,
                First = (Grid.IdxY * Product.Batches + batch) * Product.M * Product.N,
            };
            Tile<TTile>.Store(target, sums, row, column);
        }
    }
}

/// <summary>The blocks of one batch's matrices for the tile that begins at (row, column).</summary>
internal struct MatrixBlocks<TTile, TLeft, TRight> : IBlockSource
    where TTile : struct, ITile
    where TLeft : struct, ILayout
    where TRight : struct, ILayout
{
    public Product Product;
    public int Row, Column, FirstLeft, FirstRight;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly HeldPair Fetch(int k, int end) => new()
    {
        Left = TLeft.Fetch<TTile>(Product.Left, FirstLeft, TTile.M, Row, Product.M, k, end),
        Right = TRight.Fetch<TTile>(Product.Right, FirstRight, TTile.N, Column, Product.N, k, end),
    };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Place(HeldPair held, Block left, Block right)
    {
        TLeft.Place<TTile>(held.Left, left);
        TRight.Place<TTile>(held.Right, right);
    }
}

/// <summary>The result of one batch and split.</summary>
internal struct ProductTarget : IChunkTarget
{
    public Product Product;
    public int First;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(Chunk chunk, int row, int column)
    {
        var shift = new F4(Bias(column), Bias(column + 1), Bias(column + 2), Bias(column + 3));
        StoreRow(chunk.Row0, shift, row, column);
        StoreRow(chunk.Row1, shift, row + 1, column);
        StoreRow(chunk.Row2, shift, row + 2, column);
        StoreRow(chunk.Row3, shift, row + 3, column);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Bias(int column)
    {
        var shift = 0f;
        if (Product.Bias.Length != 0 && column < Product.N) shift = Product.Bias[column];
        return shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void StoreRow(F4 sums, F4 shift, int row, int column)
    {
        if (row >= Product.M) return;
        var at = First + row * Product.N + column;
        if (Product.ByFour != 0)
        {
            if (column >= Product.N) return;
            F4 before = default;
            if (Product.Accumulate != 0) before = Product.Result.Cast<F4>()[at / 4];
            Product.Result.Cast<F4>()[at / 4] = new(
                Finish(sums.X, shift.X, before.X), Finish(sums.Y, shift.Y, before.Y), Finish(sums.Z, shift.Z, before.Z),
                Finish(sums.W, shift.W, before.W));
            return;
        }

        StoreOne(sums.X, shift.X, at, column);
        StoreOne(sums.Y, shift.Y, at + 1, column + 1);
        StoreOne(sums.Z, shift.Z, at + 2, column + 2);
        StoreOne(sums.W, shift.W, at + 3, column + 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void StoreOne(float sum, float shift, int at, int column)
    {
        if (column >= Product.N) return;
        var before = 0f;
        if (Product.Accumulate != 0) before = Product.Result[at];
        Product.Result[at] = Finish(sum, shift, before);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Finish(float sum, float shift, float before)
    {
        var value = sum + shift + before;
        return Product.Cut != 0 && value < 0 ? 0 : value;
    }
}
