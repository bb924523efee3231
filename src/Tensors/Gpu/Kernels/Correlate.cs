using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>What <see cref="Correlate{TTile, TChecked}"/> computes.</summary>
internal struct Correlation
{
    /// <summary>Rows, positions (image, y, x), products of a sum (plane, tap); groups.</summary>
    public int M, N, K, Groups;

    /// <summary>Taps of a plane and of a row of them; positions of an image and of a row.</summary>
    public Divisor Taps, TapsX, Positions, PositionsX;

    public ConvAxis Y, X;
    public ConvSource Source;
    public CorrelationWeight Weight;
    public CorrelationTarget Target;
}

/// <summary>The weights, where they begin, and elements between groups, rows and planes of them.</summary>
internal struct CorrelationWeight
{
    public ArrayView<float> Data;
    public int First, Group, Row, Plane;
}

/// <summary>
/// The result, where it begins, and elements between images and planes of it; ByFour says that positions lie side by side, and
/// that four from a multiple of four on are of one image and begin at a multiple of 16 bytes. The bias [rows of all groups] may
/// be absent; Cut says whether negatives are cut.
/// </summary>
internal struct CorrelationTarget
{
    public ArrayView<float> Data, Bias;
    public int First, Image, Plane, ByFour, Cut;
}

/// <summary>
/// target[image, row, y, x] = Σ over (plane, u, v) of weight[row, plane, u, v] · source[image, plane, y·step + first + u·tap,
/// x·step + first + v·tap], with zeros beyond the source, for each group of rows and planes; then a bias [rows] is added and
/// negatives are cut to zero (a NaN stays). The target's positions may lie apart, so that an input gradient with a stride can
/// be computed phase by phase. <typeparamref name="TChecked"/> is <see cref="No"/> if no tap leaves the source. Grid: tiles, 1,
/// groups.
/// </summary>
internal struct Correlate<TTile, TChecked> : IKernel
    where TTile : struct, ICorrelationTile
    where TChecked : struct, IFlag
{
    public Correlation Correlation;

    /// <inheritdoc/>
    public static int Items => Tile<TTile>.Items;

    public readonly void Run()
    {
        var (left, right) = (Tile<TTile>.AllocateLeft(), Tile<TTile>.AllocateRight());
        var row = Tile<TTile>.FirstRow(Grid.IdxX, Correlation.M, Correlation.N);
        var column = Tile<TTile>.FirstColumn(Grid.IdxX, Correlation.M, Correlation.N);
        var source = new PatchBlocks<TTile, TChecked>(Correlation, row, column);
        for (var group = Grid.IdxZ; group < Correlation.Groups; group += Grid.DimZ)
        {
            source.Turn(group);
            var sums = Tile<TTile>.Sum(source, left, right, 0, Correlation.K);
            var target = new PositionTarget { Correlation = Correlation, Group = group };
            Tile<TTile>.Store(target, sums, row, column);
        }
    }
}

/// <summary>
/// The blocks of <see cref="Correlate{TTile, TChecked}"/>. 32 items that run in step take a row of the block of patches,
/// neighbours side by side: they share the tap, and neighbouring positions lie side by side in the picture. In
/// <see cref="Held"/> a row of patches follows the other.
/// </summary>
internal struct PatchBlocks<TTile, TChecked> : IBlockSource
    where TTile : struct, ITile
    where TChecked : struct, IFlag
{
    private readonly Correlation _correlation;
    private readonly int _row;
    private int _firstWeight, _firstSource;

    // Of the item's columns of the block of patches the first element, once for all taps.
    private FourSpots _corners, _moreCorners;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PatchBlocks(in Correlation correlation, int row, int column)
    {
        (_correlation, _row) = (correlation, row);
        column += Group.IdxX % 32;
        _corners.A = Corner(correlation, column);
        if (Columns > 1) _corners.B = Corner(correlation, column + 32);
        if (Columns > 2)
        {
            _corners.C = Corner(correlation, column + 64);
            _corners.D = Corner(correlation, column + 96);
        }

        if (Columns > 4)
        {
            _moreCorners.A = Corner(correlation, column + 128);
            _moreCorners.B = Corner(correlation, column + 160);
            _moreCorners.C = Corner(correlation, column + 192);
            _moreCorners.D = Corner(correlation, column + 224);
        }
    }

    // Rows of the block that the group reads at once; how many of them and of their columns an item has.
    private static int RowsAtOnce
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Tile<TTile>.Items / 32;
    }

    private static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TTile.K / RowsAtOnce;
    }

    private static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TTile.N / 32;
    }

    /// <summary>Goes to a group of rows and planes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Turn(int group)
    {
        _firstWeight = _correlation.Weight.First + group * _correlation.Weight.Group;
        _firstSource = group * _correlation.Source.Group;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly HeldPair Fetch(int k, int end) => new() { Left = Filters(k), Right = Patches(k + Group.IdxX / 32) };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Place(HeldPair held, Block left, Block right)
    {
        Eights<TTile>.Place(held.Left, left);
        if (Columns > 4)
        {
            PlaceRow(held.Right.A, right, 0, 0);
            PlaceRow(held.Right.B, right, 0, 128);
            PlaceRow(held.Right.C, right, 1, 0);
            PlaceRow(held.Right.D, right, 1, 128);
        }
        else if (Columns > 2)
        {
            PlaceRow(held.Right.A, right, 0, 0);
            if (Rows > 1) PlaceRow(held.Right.B, right, 1, 0);
        }
        else if (Columns > 1)
        {
            PlacePairs(held.Right.A, right, 0);
            PlacePairs(held.Right.B, right, 2);
        }
        else
        {
            PlaceColumn(held.Right.A, right, 0);
            PlaceColumn(held.Right.B, right, 4);
            PlaceColumn(held.Right.C, right, 8);
            PlaceColumn(held.Right.D, right, 12);
        }
    }

    // Columns beyond the last are computed from the first and dropped.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Spot Corner(in Correlation c, int column)
    {
        var position = new Decoded(column < c.N ? column : 0, c.Positions, c.PositionsX);
        int y = position.Y * c.Y.Step + c.Y.First, x = position.X * c.X.Step + c.X.First;
        return new() { Y = y, X = x, At = position.Outer * c.Source.Image + y * c.Source.Width + x };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Held Filters(int k)
    {
        Held held = default;
        k += Eights<TTile>.K;
        held.A = FourFilters(k);
        if (TTile.K > 8) held.B = FourFilters(k + 8);
        if (TTile.K > 16)
        {
            held.C = FourFilters(k + 16);
            held.D = FourFilters(k + 24);
        }

        return held;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly F4 FourFilters(int k)
    {
        var tap = new Decoded(k, _correlation.Taps, _correlation.TapsX);
        var at = _firstWeight + tap.Outer * _correlation.Weight.Plane + tap.Y * _correlation.Y.WeightStep
            + tap.X * _correlation.X.WeightStep;
        var row = _row + Eights<TTile>.Row;
        F4 filters = default;
        filters.X = Filter(k, row, at);
        if (Eights<TTile>.RowsOf(TTile.M) > 1) filters.Y = Filter(k, row + Eights<TTile>.RowsAtOnce, at);
        if (Eights<TTile>.RowsOf(TTile.M) > 2)
        {
            filters.Z = Filter(k, row + 2 * Eights<TTile>.RowsAtOnce, at);
            filters.W = Filter(k, row + 3 * Eights<TTile>.RowsAtOnce, at);
        }

        return filters;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Filter(int k, int row, int at)
    {
        var value = 0f;
        if (k < _correlation.K && row < _correlation.M) value = _correlation.Weight.Data[at + row * _correlation.Weight.Row];
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Held Patches(int k)
    {
        Held held = default;
        if (Columns > 4)
        {
            Spot first = Tap(k), second = Tap(k + RowsAtOnce);
            held.A = FourPatches(k, first, _corners);
            held.B = FourPatches(k, first, _moreCorners);
            held.C = FourPatches(k + RowsAtOnce, second, _corners);
            held.D = FourPatches(k + RowsAtOnce, second, _moreCorners);
        }
        else if (Columns > 2)
        {
            held.A = FourPatches(k, Tap(k), _corners);
            if (Rows > 1) held.B = FourPatches(k + RowsAtOnce, Tap(k + RowsAtOnce), _corners);
        }
        else if (Columns > 1)
        {
            held.A = PairsOfPatches(k);
            held.B = PairsOfPatches(k + 2 * RowsAtOnce);
        }
        else
        {
            held.A = PatchesOfFourTaps(k);
            held.B = PatchesOfFourTaps(k + 4 * RowsAtOnce);
            held.C = PatchesOfFourTaps(k + 8 * RowsAtOnce);
            held.D = PatchesOfFourTaps(k + 12 * RowsAtOnce);
        }

        return held;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Spot Tap(int k)
    {
        var tap = new Decoded(k, _correlation.Taps, _correlation.TapsX);
        int y = tap.Y * _correlation.Y.TapStep, x = tap.X * _correlation.X.TapStep;
        return new() { Y = y, X = x, At = (tap.Outer * _correlation.Source.Height + y) * _correlation.Source.Width + x };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Patch(int k, in Spot tap, in Spot corner) =>
        _correlation.Source.Gather<TChecked>(_firstSource, k < _correlation.K, corner, tap, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly F4 FourPatches(int k, in Spot tap, in FourSpots corners) =>
        new(Patch(k, tap, corners.A), Patch(k, tap, corners.B), Patch(k, tap, corners.C), Patch(k, tap, corners.D));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly F4 PairsOfPatches(int k)
    {
        Spot first = Tap(k), second = Tap(k + RowsAtOnce);
        return new(
            Patch(k, first, _corners.A), Patch(k, first, _corners.B),
            Patch(k + RowsAtOnce, second, _corners.A), Patch(k + RowsAtOnce, second, _corners.B));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly F4 PatchesOfFourTaps(int k) => new(
        Patch(k, Tap(k), _corners.A), Patch(k + RowsAtOnce, Tap(k + RowsAtOnce), _corners.A),
        Patch(k + 2 * RowsAtOnce, Tap(k + 2 * RowsAtOnce), _corners.A),
        Patch(k + 3 * RowsAtOnce, Tap(k + 3 * RowsAtOnce), _corners.A));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(in Block block, int row, int column, float value) =>
        block.Put(Group.IdxX / 32 + row * RowsAtOnce, Group.IdxX % 32 + column, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PlaceRow(F4 patches, in Block block, int row, int column)
    {
        Put(block, row, column, patches.X);
        Put(block, row, column + 32, patches.Y);
        Put(block, row, column + 64, patches.Z);
        Put(block, row, column + 96, patches.W);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PlacePairs(F4 patches, in Block block, int row)
    {
        Put(block, row, 0, patches.X);
        Put(block, row, 32, patches.Y);
        Put(block, row + 1, 0, patches.Z);
        Put(block, row + 1, 32, patches.W);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PlaceColumn(F4 patches, in Block block, int row)
    {
        Put(block, row, 0, patches.X);
        Put(block, row + 1, 0, patches.Y);
        Put(block, row + 2, 0, patches.Z);
        Put(block, row + 3, 0, patches.W);
    }
}

/// <summary>The positions of a group's rows.</summary>
internal struct PositionTarget : IChunkTarget
{
    public Correlation Correlation;
    public int Group;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(Chunk chunk, int row, int column)
    {
        if (Correlation.Target.ByFour != 0)
        {
            if (column >= Correlation.N) return;
            var image = Correlation.Positions.Divide(column);
            var at = At(image, column - image * Correlation.Positions.Value);
            StoreFour(chunk.Row0, row, at);
            StoreFour(chunk.Row1, row + 1, at);
            StoreFour(chunk.Row2, row + 2, at);
            StoreFour(chunk.Row3, row + 3, at);
            return;
        }

        StoreColumn(new(chunk.Row0.X, chunk.Row1.X, chunk.Row2.X, chunk.Row3.X), row, column);
        StoreColumn(new(chunk.Row0.Y, chunk.Row1.Y, chunk.Row2.Y, chunk.Row3.Y), row, column + 1);
        StoreColumn(new(chunk.Row0.Z, chunk.Row1.Z, chunk.Row2.Z, chunk.Row3.Z), row, column + 2);
        StoreColumn(new(chunk.Row0.W, chunk.Row1.W, chunk.Row2.W, chunk.Row3.W), row, column + 3);
    }

    // Where an element of the group's first plane of an image lies.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int At(int image, int within) => Correlation.Target.First
        + Group * Correlation.M * Correlation.Target.Plane + image * Correlation.Target.Image + within;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void StoreFour(F4 sums, int row, int at)
    {
        if (row >= Correlation.M) return;
        var shift = Bias(row);
        Correlation.Target.Data.Cast<F4>()[(at + row * Correlation.Target.Plane) / 4] = new(
            Finish(sums.X + shift), Finish(sums.Y + shift), Finish(sums.Z + shift), Finish(sums.W + shift));
    }

    // Four rows of a position.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void StoreColumn(F4 sums, int row, int column)
    {
        if (column >= Correlation.N) return;
        var position = new Decoded(column, Correlation.Positions, Correlation.PositionsX);
        var at = At(position.Outer, position.Y * Correlation.Y.TargetStep + position.X * Correlation.X.TargetStep);
        StoreOne(sums.X, row, at);
        StoreOne(sums.Y, row + 1, at);
        StoreOne(sums.Z, row + 2, at);
        StoreOne(sums.W, row + 3, at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void StoreOne(float sum, int row, int at)
    {
        if (row >= Correlation.M) return;
        Correlation.Target.Data[at + row * Correlation.Target.Plane] = Finish(sum + Bias(row));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Bias(int row)
    {
        var shift = 0f;
        if (Correlation.Target.Bias.Length != 0) shift = Correlation.Target.Bias[Group * Correlation.M + row];
        return shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Finish(float value) => Correlation.Target.Cut != 0 && value < 0 ? 0 : value;
}
