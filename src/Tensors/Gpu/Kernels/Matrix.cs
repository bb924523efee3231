using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>Matrices in memory: elements between neighbouring rows as they lie there, and between batches.</summary>
internal struct Matrix
{
    public ArrayView<float> Data;
    public int Pitch, Step;
}

/// <summary>
/// How an operand of a product lies in memory: whether its rows run along k or across it, and whether they are read one number
/// at a time or four. The latter asks that every row begins at a multiple of 16 bytes and is whole float4 long. An operand whose
/// rows run along k is read in pieces of eight of k, a whole sector of memory; one whose rows run across k as it lies.
/// </summary>
internal interface ILayout
{
    /// <summary>
    /// Takes the item's numbers of a block, <paramref name="width"/> numbers wide, that begins at (row, k) of the matrix
    /// <paramref name="first"/> elements behind the data's start, with zeros beyond rows and end.
    /// </summary>
    static abstract Held Fetch<TTile>(in Matrix matrix, int first, int width, int row, int rows, int k, int end)
        where TTile : struct, ITile;

    /// <summary>Puts them into the block.</summary>
    static abstract void Place<TTile>(in Held held, in Block block)
        where TTile : struct, ITile;
}

/// <summary>A layout that is read in fours, counted through the items of the group.</summary>
internal interface IFours
{
    /// <summary>The item's i-th four of a block; see <see cref="ILayout.Fetch{TTile}"/>.</summary>
    static abstract F4 Four<TTile>(int i, in Matrix matrix, int first, int width, int row, int rows, int k, int end)
        where TTile : struct, ITile;

    /// <summary>Puts it into the block.</summary>
    static abstract void Place<TTile>(int i, F4 four, in Block block)
        where TTile : struct, ITile;
}

/// <summary>All the fours of an item that a tile's block has.</summary>
internal static class Fours<TLayout, TTile>
    where TLayout : struct, IFours
    where TTile : struct, ITile
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Held Fetch(in Matrix matrix, int first, int width, int row, int rows, int k, int end)
    {
        Held held = default;
        held.A = TLayout.Four<TTile>(0, matrix, first, width, row, rows, k, end);
        if (width * TTile.K > 4 * Tile<TTile>.Items) held.B = TLayout.Four<TTile>(1, matrix, first, width, row, rows, k, end);
        if (width * TTile.K > 8 * Tile<TTile>.Items)
        {
            held.C = TLayout.Four<TTile>(2, matrix, first, width, row, rows, k, end);
            held.D = TLayout.Four<TTile>(3, matrix, first, width, row, rows, k, end);
        }

        return held;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place(in Held held, in Block block)
    {
        TLayout.Place<TTile>(0, held.A, block);
        if (block.Width * TTile.K > 4 * Tile<TTile>.Items) TLayout.Place<TTile>(1, held.B, block);
        if (block.Width * TTile.K > 8 * Tile<TTile>.Items)
        {
            TLayout.Place<TTile>(2, held.C, block);
            TLayout.Place<TTile>(3, held.D, block);
        }
    }
}

/// <summary>Rows along k, one number at a time.</summary>
internal readonly struct AlongK : ILayout
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Held Fetch<TTile>(in Matrix matrix, int first, int width, int row, int rows, int k, int end)
        where TTile : struct, ITile
    {
        Held held = default;
        held.A = Eight<TTile>(matrix, first, row, rows, k, end);
        if (TTile.K > 8) held.B = Eight<TTile>(matrix, first, row, rows, k + 8, end);
        if (TTile.K > 16)
        {
            held.C = Eight<TTile>(matrix, first, row, rows, k + 16, end);
            held.D = Eight<TTile>(matrix, first, row, rows, k + 24, end);
        }

        return held;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place<TTile>(in Held held, in Block block)
        where TTile : struct, ITile => Eights<TTile>.Place(held, block);

    // Four rows of the products' tiles fill the block's width.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F4 Eight<TTile>(in Matrix matrix, int first, int row, int rows, int k, int end)
        where TTile : struct, ITile
    {
        int r = row + Eights<TTile>.Row, p = k + Eights<TTile>.K, step = Eights<TTile>.RowsAtOnce;
        var inside = p < end;
        return new(
            Number(matrix, first, inside, r, rows, p), Number(matrix, first, inside, r + step, rows, p),
            Number(matrix, first, inside, r + 2 * step, rows, p), Number(matrix, first, inside, r + 3 * step, rows, p));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Number(in Matrix matrix, int first, bool inside, int r, int rows, int p)
    {
        var value = 0f;
        if (inside && r < rows) value = matrix.Data[first + r * matrix.Pitch + p];
        return value;
    }
}

/// <summary>Rows along k, four numbers at a time.</summary>
internal readonly struct AlongKByFour : ILayout, IFours
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Held Fetch<TTile>(in Matrix matrix, int first, int width, int row, int rows, int k, int end)
        where TTile : struct, ITile =>
        Fours<AlongKByFour, TTile>.Fetch(matrix, first, width, row, rows, k, end);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place<TTile>(in Held held, in Block block)
        where TTile : struct, ITile => Fours<AlongKByFour, TTile>.Place(held, block);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F4 Four<TTile>(int i, in Matrix matrix, int first, int width, int row, int rows, int k, int end)
        where TTile : struct, ITile
    {
        int e = Group.IdxX + i * Tile<TTile>.Items, r = row + AcrossK(e, width), p = k + WithinK(e, width);
        F4 value = default;
        if (r < rows && p < end) value = matrix.Data.Cast<F4>()[(first + r * matrix.Pitch + p) / 4];
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place<TTile>(int i, F4 value, in Block block)
        where TTile : struct, ITile
    {
        int e = Group.IdxX + i * Tile<TTile>.Items, at = AcrossK(e, block.Width), k = WithinK(e, block.Width);
        block.Put(k, at, value.X);
        block.Put(k + 1, at, value.Y);
        block.Put(k + 2, at, value.Z);
        block.Put(k + 3, at, value.W);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int AcrossK(int e, int width) => e / 2 % width;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WithinK(int e, int width) => e % 2 * 4 + e / (2 * width) * 8;
}

/// <summary>Rows across k, one number at a time.</summary>
internal readonly struct AcrossK : ILayout, IFours
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Held Fetch<TTile>(in Matrix matrix, int first, int width, int row, int rows, int k, int end)
        where TTile : struct, ITile =>
        Fours<AcrossK, TTile>.Fetch(matrix, first, width, row, rows, k, end);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place<TTile>(in Held held, in Block block)
        where TTile : struct, ITile => Fours<AcrossK, TTile>.Place(held, block);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F4 Four<TTile>(int i, in Matrix matrix, int first, int width, int row, int rows, int k, int end)
        where TTile : struct, ITile => new(
            Number<TTile>(4 * i, matrix, first, width, row, rows, k, end),
            Number<TTile>(4 * i + 1, matrix, first, width, row, rows, k, end),
            Number<TTile>(4 * i + 2, matrix, first, width, row, rows, k, end),
            Number<TTile>(4 * i + 3, matrix, first, width, row, rows, k, end));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Number<TTile>(int i, in Matrix matrix, int first, int width, int row, int rows, int k, int end)
        where TTile : struct, ITile
    {
        int e = Group.IdxX + i * Tile<TTile>.Items, r = row + e % width, p = k + e / width;
        var value = 0f;
        if (r < rows && p < end) value = matrix.Data[first + p * matrix.Pitch + r];
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place<TTile>(int i, F4 values, in Block block)
        where TTile : struct, ITile
    {
        PlaceOne<TTile>(4 * i, values.X, block);
        PlaceOne<TTile>(4 * i + 1, values.Y, block);
        PlaceOne<TTile>(4 * i + 2, values.Z, block);
        PlaceOne<TTile>(4 * i + 3, values.W, block);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PlaceOne<TTile>(int i, float value, in Block block)
        where TTile : struct, ITile
    {
        int e = Group.IdxX + i * Tile<TTile>.Items;
        block.Put(e / block.Width, e % block.Width, value);
    }
}

/// <summary>Rows across k, four numbers at a time.</summary>
internal readonly struct AcrossKByFour : ILayout, IFours
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Held Fetch<TTile>(in Matrix matrix, int first, int width, int row, int rows, int k, int end)
        where TTile : struct, ITile =>
        Fours<AcrossKByFour, TTile>.Fetch(matrix, first, width, row, rows, k, end);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place<TTile>(in Held held, in Block block)
        where TTile : struct, ITile => Fours<AcrossKByFour, TTile>.Place(held, block);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F4 Four<TTile>(int i, in Matrix matrix, int first, int width, int row, int rows, int k, int end)
        where TTile : struct, ITile
    {
        int e = Group.IdxX + i * Tile<TTile>.Items, r = row + e % (width / 4) * 4, p = k + e / (width / 4);
        F4 value = default;
        if (r < rows && p < end) value = matrix.Data.Cast<F4>()[(first + p * matrix.Pitch + r) / 4];
        return value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place<TTile>(int i, F4 value, in Block block)
        where TTile : struct, ITile
    {
        int e = Group.IdxX + i * Tile<TTile>.Items;
        block.Put(e / (block.Width / 4), e % (block.Width / 4) * 4, value);
    }
}
