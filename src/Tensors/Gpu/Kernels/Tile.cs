using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// What the matrix product and the convolutions share: a group computes a tile of M × N sums over k, in blocks of K, each of
/// its work items ItemM × ItemN of them in registers. Both operands of a block lie in shared memory (<see cref="Block"/>). The
/// kernels differ in how they fill the blocks and where they put the sums. <c>docs/kernels/gpu.md</c> has the picture.
/// </summary>
internal static class Tile<TTile>
    where TTile : struct, ITile
{
    // Groups that run at the same time should share operands in the cache, so they go through bands of so many rows of tiles,
    // down before right.
    private const int Band = 8;

    /// <summary>Work items of a group.</summary>
    public static int Items
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TTile.M / TTile.ItemM * (TTile.N / TTile.ItemN);
    }

    // In float4: the rows of the blocks, and the blocks.
    private static int PitchM
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TTile.M / 4 + 1;
    }

    private static int PitchN
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TTile.N / 4 + 1;
    }

    private static int BlockM
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TTile.K * PitchM;
    }

    private static int BlockN
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TTile.K * PitchN;
    }

    // 32 items that run in step make a patch of LanesM × LanesN of the tile's items. Its neighbours along m alternate lane by
    // lane: half of the lanes then read 8 float4 of b (128 bytes, all banks once) and 2 of a. The order is that of Scott Gray's
    // maxas; rows of 32 lanes would read four times as much.
    private static int LanesM
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TTile.M / TTile.ItemM < 4 ? TTile.M / TTile.ItemM : 4;
    }

    private static int LanesN
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 32 / LanesM;
    }

    private static int PatchesN
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TTile.N / TTile.ItemN / LanesN;
    }

    /// <summary>Shared memory for two blocks of the left operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ArrayView<F4> AllocateLeft() => SharedMemory.Allocate<F4>(2 * BlockM);

    /// <summary>Shared memory for two blocks of the right operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ArrayView<F4> AllocateRight() => SharedMemory.Allocate<F4>(2 * BlockN);

    /// <summary>The first row of a group's tile in a result [m, n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FirstRow(int group, int m, int n)
    {
        int band = Band * TilesN(n);
        return (group / band * Band + group % band % BandRows(group, m, n)) * TTile.M;
    }

    /// <summary>The first column of a group's tile in a result [m, n].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FirstColumn(int group, int m, int n) => group % (Band * TilesN(n)) / BandRows(group, m, n) * TTile.N;

    /// <summary>
    /// The item's sums over begin … end - 1. While one pair of blocks is multiplied, the next is on its way into registers, and
    /// from there to the other pair. The first turn only fetches.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Sums Sum<TSource>(in TSource source, ArrayView<F4> left, ArrayView<F4> right, int begin, int end)
        where TSource : struct, IBlockSource
    {
        Sums sums = default;
        HeldPair held = default;
        int row = ItemRow(), column = ItemColumn(), side = 0;
        for (var k = begin - TTile.K; k < end; k += TTile.K)
        {
            var next = k + TTile.K;
            if (next < end) held = source.Fetch(next, end);
            if (k >= begin) sums = Multiply(sums, left, right, side * BlockM + row, side * BlockN + column);
            side ^= 1;
            if (next < end) source.Place(held, new(left, side * BlockM, TTile.M), new(right, side * BlockN, TTile.N));
            Group.Barrier();
        }

        return sums;
    }

    /// <summary>Stores the item's sums of the tile that begins at (row, column).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TTarget>(in TTarget target, Sums sums, int row, int column)
        where TTarget : struct, IChunkTarget
    {
        row += 4 * ItemRow();
        column += 4 * ItemColumn();
        target.Store(sums.TopLeft, row, column);
        if (TTile.ItemN > 4) target.Store(sums.TopRight, row, column + TTile.N / 2);
        if (TTile.ItemM > 4) target.Store(sums.BottomLeft, row + TTile.M / 2, column);
        if (TTile.ItemM > 4 && TTile.ItemN > 4) target.Store(sums.BottomRight, row + TTile.M / 2, column + TTile.N / 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TilesM(int m) => (m - 1) / TTile.M + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TilesN(int n) => (n - 1) / TTile.N + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BandRows(int group, int m, int n)
    {
        int left = TilesM(m) - group / (Band * TilesN(n)) * Band;
        return left < Band ? left : Band;
    }

    // Where the item's first chunk lies in the tile, in chunks.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ItemRow()
    {
        int lane = Group.IdxX % 32;
        int laneM = LanesM == 4 ? (lane & 1) | (lane >> 4 << 1) : LanesM == 2 ? lane & 1 : 0;
        return Group.IdxX / 32 / PatchesN * LanesM + laneM;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ItemColumn()
    {
        int lane = Group.IdxX % 32;
        int laneN = LanesM == 4 ? lane >> 1 & 7 : LanesM == 2 ? lane >> 1 : lane;
        return Group.IdxX / 32 % PatchesN * LanesN + laneN;
    }

    // sums + the block of a, transposed, times the block of b; a and b are where the item's first chunk begins in each. Eight
    // steps of k are written out, because ILGPU unrolls no loop, and have constant addresses; more would only fill the
    // instruction cache. The addresses are long: constants can be added to them without a thought to overflow.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Sums Multiply(Sums sums, ArrayView<F4> left, ArrayView<F4> right, long a, long b)
    {
        for (var eight = 0; eight < TTile.K / 8; eight++)
        {
            sums = Step(sums, left, right, a, b);
            sums = Step(sums, left, right, a + PitchM, b + PitchN);
            sums = Step(sums, left, right, a + 2 * PitchM, b + 2 * PitchN);
            sums = Step(sums, left, right, a + 3 * PitchM, b + 3 * PitchN);
            sums = Step(sums, left, right, a + 4 * PitchM, b + 4 * PitchN);
            sums = Step(sums, left, right, a + 5 * PitchM, b + 5 * PitchN);
            sums = Step(sums, left, right, a + 6 * PitchM, b + 6 * PitchN);
            sums = Step(sums, left, right, a + 7 * PitchM, b + 7 * PitchN);
            a += 8 * PitchM;
            b += 8 * PitchN;
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Sums Step(Sums sums, ArrayView<F4> left, ArrayView<F4> right, long a, long b)
    {
        F4 top = left[a], first = right[b], bottom = default, second = default;
        if (TTile.ItemM > 4) bottom = left[a + TTile.M / 8];
        if (TTile.ItemN > 4) second = right[b + TTile.N / 8];
        sums.TopLeft = sums.TopLeft.PlusOuter(top, first);
        if (TTile.ItemN > 4) sums.TopRight = sums.TopRight.PlusOuter(top, second);
        if (TTile.ItemM > 4) sums.BottomLeft = sums.BottomLeft.PlusOuter(bottom, first);
        if (TTile.ItemM > 4 && TTile.ItemN > 4) sums.BottomRight = sums.BottomRight.PlusOuter(bottom, second);
        return sums;
    }
}
