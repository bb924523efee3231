using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// A block of an operand that runs along k, one number at a time: eight neighbours of k are read together, by as many rows at
/// once as the items suffice for. <see cref="Held"/> has four such rows in each float4, those of the first eight of k first.
/// </summary>
internal static class Eights<TTile>
    where TTile : struct, ITile
{
    /// <summary>Rows that are read at once.</summary>
    public static int RowsAtOnce
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Tile<TTile>.Items / 8;
    }

    /// <summary>The first of the item's rows; the others follow <see cref="RowsAtOnce"/> apart.</summary>
    public static int Row
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Group.IdxX / 8;
    }

    /// <summary>Which of eight neighbours along k are the item's.</summary>
    public static int K
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Group.IdxX % 8;
    }

    /// <summary>How many rows an item reads of so many, 1 … 8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int RowsOf(int width) => (width + RowsAtOnce - 1) / RowsAtOnce;

    /// <summary>Puts what was read into the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Place(in Held held, in Block block)
    {
        if (RowsOf(block.Width) > 4)
        {
            Place(held.A, block, 0, 0);
            Place(held.B, block, 0, 4 * RowsAtOnce);
            if (TTile.K > 8)
            {
                Place(held.C, block, 8, 0);
                Place(held.D, block, 8, 4 * RowsAtOnce);
            }

            return;
        }

        Place(held.A, block, 0, 0);
        if (TTile.K > 8) Place(held.B, block, 8, 0);
        if (TTile.K > 16)
        {
            Place(held.C, block, 16, 0);
            Place(held.D, block, 24, 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Place(F4 values, in Block block, int k, int row)
    {
        k += K;
        row += Row;
        if (block.Width >= RowsAtOnce || row < block.Width) block.Put(k, row, values.X);
        if (RowsOf(block.Width) > 1) block.Put(k, row + RowsAtOnce, values.Y);
        if (RowsOf(block.Width) > 2)
        {
            block.Put(k, row + 2 * RowsAtOnce, values.Z);
            block.Put(k, row + 3 * RowsAtOnce, values.W);
        }
    }
}
