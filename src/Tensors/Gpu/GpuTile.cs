using Engine.Tensors.Gpu.Kernels;

namespace Engine.Tensors.Gpu;

/// <summary>
/// The sizes of an <see cref="ITile"/>: a group computes <see cref="M"/> × <see cref="N"/> sums, <see cref="K"/> products of each
/// at a time, each of its items <see cref="ItemM"/> × <see cref="ItemN"/> of them. <see cref="Resident"/> is how many groups a
/// multiprocessor needs to hide the time that memory takes.
/// </summary>
internal sealed record GpuTile(int M, int N, int K, int ItemM, int ItemN, int Resident)
{
    /// <summary>For results with enough of them: 64 sums in an item's registers make 16 multiply-adds of every load.</summary>
    public static readonly GpuTile Large = Of<LargeTile>(1);

    /// <summary>For results too small to give every multiprocessor a large tile.</summary>
    public static readonly GpuTile Medium = Of<MediumTile>(3);

    /// <summary>
    /// For small results, and those with a short side. Its blocks are deeper: a small tile waits more for each.
    /// </summary>
    public static readonly GpuTile Small = Of<SmallTile>(8);

    /// <summary>For 8 rows or fewer and many columns, as the filters and positions of a convolution are.</summary>
    public static readonly GpuTile Wide8 = Of<Wide8Tile>(4);

    /// <summary>For 16 rows and many columns.</summary>
    public static readonly GpuTile Wide16 = Of<Wide16Tile>(4);

    /// <summary>For 32 rows and many columns.</summary>
    public static readonly GpuTile Wide32 = Of<Wide32Tile>(4);

    /// <summary>For 16 rows and some columns, as the filters and taps of a convolution are.</summary>
    public static readonly GpuTile Flat16 = Of<Flat16Tile>(8);

    // The rule must not look at the device, so that a shape has the same bits on all. These are the multiprocessors of an
    // H100, the multiply-adds of one in a cycle, and the cycles that a block takes to arrive.
    private const int Multiprocessors = 132;
    private const double Rate = 128;
    private const double Latency = 700;

    // In multiply-adds: fetching a number into shared memory (the load, its address, the store); writing and reading a partial
    // sum.
    private const int CostOfFetch = 8;
    private const int CostOfPartial = 80;

    // A split shorter than this is mostly prologue.
    private const int ShortestSplit = 128;

    /// <summary>The tile that this thread's products use whatever the sizes, where their kernels have it; for tests.</summary>
    [field: ThreadStatic]
    public static GpuTile? Forced { get; set; }

    /// <summary>Items of a group.</summary>
    public int Items => M / ItemM * (N / ItemN);

    /// <summary>Tiles along the rows of a result.</summary>
    public int RowsOf(int m) => (m - 1) / M + 1;

    /// <summary>Tiles along its columns.</summary>
    public int ColumnsOf(int n) => (n - 1) / N + 1;

    /// <summary>
    /// The best of some tiles for <paramref name="batches"/> results [m, n] of sums over <paramref name="k"/>, and how many
    /// products of a sum one group takes: a multiple of the block, and all of them unless few tiles have long sums.
    /// </summary>
    public static (GpuTile Tile, int Depth) Choose(
        ReadOnlySpan<GpuTile> tiles, int m, int n, int k, int batches, bool maySplit = true)
    {
        var (best, depth, least) = (tiles[0], 0, double.PositiveInfinity);
        foreach (var tile in tiles)
        {
            if (Forced is { } forced && tile != forced && tiles.Contains(forced)) continue;
            var groups = (double)tile.RowsOf(m) * tile.ColumnsOf(n) * batches;
            var splits = maySplit ? (int)Math.Clamp(Multiprocessors * tile.Resident / groups, 1,
                Math.Max(1, k / ShortestSplit)) : 1;
            var cost = k / splits * tile.Cycles(Math.Ceiling(groups * splits / Multiprocessors));
            if (splits > 1) cost += CostOfPartial * (double)m * n * batches * splits / (Multiprocessors * Rate);
            if (cost >= least) continue;
            (best, least) = (tile, cost);
            depth = Math.Max(1, ((k - 1) / splits / tile.K + 1) * tile.K);
        }

        return (best, depth);
    }

    private static GpuTile Of<TTile>(int resident)
        where TTile : struct, ITile => new(TTile.M, TTile.N, TTile.K, TTile.ItemM, TTile.ItemN, resident);

    // Of a multiprocessor, for one step of k of so many groups at once. One group alone waits for its blocks, and if it has
    // fewer than four times 32 items some of the multiprocessor is idle.
    private double Cycles(double groups)
    {
        var perLoad = 4.0 * ItemM * ItemN / (ItemM + ItemN);
        var work = (M * N * 16 / perLoad + CostOfFetch * (M + N)) / Rate;
        return Math.Max(groups * work, Math.Max(work * 4 / Math.Min(4, Items / 32), Latency / K));
    }
}
