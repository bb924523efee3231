using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>What <see cref="ConvWeightGradient{TTile, TChecked}"/> computes.</summary>
internal struct WeightGradient
{
    /// <summary>
    /// Rows, taps (plane, u, v) with the one that reads ones, positions (image, y, x), groups; how many positions a group of
    /// items takes, and whether there is the tap that reads ones.
    /// </summary>
    public int M, N, K, Groups, Depth, Ones;

    /// <summary>Taps of a plane and of a row of them; positions of an image and of a row.</summary>
    public Divisor Taps, TapsX, Positions, PositionsX;

    public ConvAxis Y, X;
    public ConvSource Source;

    /// <summary>[image, group, row, y, x], and elements between images.</summary>
    public ArrayView<float> Grad;
    public int GradImage;

    /// <summary>[splits, group, row, tap].</summary>
    public ArrayView<float> Partial;
}

/// <summary>
/// partial[split, row, tap] = Σ over the split's positions of grad[image, row, y, x] · source[image, plane, y·step + first +
/// u·tap, x·step + first + v·tap], where a tap is (plane, u, v), for each group of rows. On request there is one more tap that
/// reads ones everywhere: the gradient of the bias costs a column instead of another pass over grad.
/// <typeparamref name="TChecked"/> is <see cref="No"/> if no tap leaves the source. Grid: tiles, splits of k, groups.
/// </summary>
internal struct ConvWeightGradient<TTile, TChecked> : IKernel
    where TTile : struct, IWeightGradientTile
    where TChecked : struct, IFlag
{
    public WeightGradient Gradient;

    /// <inheritdoc/>
    public static int Items => Tile<TTile>.Items;

    public readonly void Run()
    {
        var (left, right) = (Tile<TTile>.AllocateLeft(), Tile<TTile>.AllocateRight());
        var row = Tile<TTile>.FirstRow(Grid.IdxX, Gradient.M, Gradient.N);
        var column = Tile<TTile>.FirstColumn(Grid.IdxX, Gradient.M, Gradient.N);
        var begin = Grid.IdxY * Gradient.Depth;
        var end = Gradient.K - begin < Gradient.Depth ? Gradient.K : begin + Gradient.Depth;
        var source = new PositionBlocks<TTile, TChecked>(Gradient, row, column);
        for (var group = Grid.IdxZ; group < Gradient.Groups; group += Grid.DimZ)
        {
            source.Turn(group);
            var sums = Tile<TTile>.Sum(source, left, right, begin, end);
            var target = new PartialTarget
            {
                Gradient = Gradient,
                First = (Grid.IdxY * Gradient.Groups + group) * Gradient.M * Gradient.N,
            };
            Tile<TTile>.Store(target, sums, row, column);
        }
    }
}

/// <summary>
/// The blocks of <see cref="ConvWeightGradient{TTile, TChecked}"/>: both operands run along k (<see cref="Eights{TTile}"/>).
/// </summary>
internal struct PositionBlocks<TTile, TChecked> : IBlockSource
    where TTile : struct, ITile
    where TChecked : struct, IFlag
{
    private readonly WeightGradient _gradient;
    private readonly int _row, _column;
    private int _firstGrad, _firstSource;

    // The item's columns of the block of patches, once for all positions.
    private FourSpots _taps, _moreTaps;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PositionBlocks(in WeightGradient gradient, int row, int column)
    {
        (_gradient, _row, _column) = (gradient, row + Eights<TTile>.Row, column + Eights<TTile>.Row);
        _taps = FourTaps(gradient, _column);
        if (Eights<TTile>.RowsOf(TTile.N) > 4) _moreTaps = FourTaps(gradient, _column + 4 * Eights<TTile>.RowsAtOnce);
    }

    /// <summary>Goes to a group of rows and planes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Turn(int group)
    {
        _firstGrad = group * _gradient.M * _gradient.Positions.Value;
        _firstSource = group * _gradient.Source.Group;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly HeldPair Fetch(int k, int end)
    {
        HeldPair held = default;
        k += Eights<TTile>.K;
        if (Eights<TTile>.RowsOf(TTile.N) > 4)
        {
            var position = new Decoded(k, _gradient.Positions, _gradient.PositionsX);
            var corner = Corner(position);
            held.Left.A = FourGradients(k < end, position);
            held.Right.A = FourPatches(k < end, corner, _taps, _column);
            held.Right.B = FourPatches(k < end, corner, _moreTaps, _column + 4 * Eights<TTile>.RowsAtOnce);
            position = new Decoded(k + 8, _gradient.Positions, _gradient.PositionsX);
            corner = Corner(position);
            held.Left.B = FourGradients(k + 8 < end, position);
            held.Right.C = FourPatches(k + 8 < end, corner, _taps, _column);
            held.Right.D = FourPatches(k + 8 < end, corner, _moreTaps, _column + 4 * Eights<TTile>.RowsAtOnce);
            return held;
        }

        Fetch(k, end, out held.Left.A, out held.Right.A);
        if (TTile.K > 8) Fetch(k + 8, end, out held.Left.B, out held.Right.B);
        if (TTile.K > 16)
        {
            Fetch(k + 16, end, out held.Left.C, out held.Right.C);
            Fetch(k + 24, end, out held.Left.D, out held.Right.D);
        }

        return held;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Place(HeldPair held, Block left, Block right)
    {
        Eights<TTile>.Place(held.Left, left);
        Eights<TTile>.Place(held.Right, right);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FourSpots FourTaps(in WeightGradient g, int column) => new()
    {
        A = Tap(g, column),
        B = Tap(g, column + Eights<TTile>.RowsAtOnce),
        C = Tap(g, column + 2 * Eights<TTile>.RowsAtOnce),
        D = Tap(g, column + 3 * Eights<TTile>.RowsAtOnce),
    };

    // Columns beyond the last are computed from the first and dropped.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Spot Tap(in WeightGradient g, int column)
    {
        var tap = new Decoded(column < g.N - g.Ones ? column : 0, g.Taps, g.TapsX);
        int y = tap.Y * g.Y.TapStep, x = tap.X * g.X.TapStep;
        return new() { Y = y, X = x, At = (tap.Outer * g.Source.Height + y) * g.Source.Width + x };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly Spot Corner(in Decoded position)
    {
        int y = position.Y * _gradient.Y.Step + _gradient.Y.First, x = position.X * _gradient.X.Step + _gradient.X.First;
        return new() { Y = y, X = x, At = position.Outer * _gradient.Source.Image + y * _gradient.Source.Width + x };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Fetch(int k, int end, out F4 left, out F4 right)
    {
        var position = new Decoded(k, _gradient.Positions, _gradient.PositionsX);
        left = FourGradients(k < end, position);
        right = FourPatches(k < end, Corner(position), _taps, _column);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly F4 FourGradients(bool inside, in Decoded position)
    {
        var at = _firstGrad + position.Outer * _gradient.GradImage + position.Y * _gradient.PositionsX.Value + position.X;
        F4 gradients = default;
        gradients.X = Gradient(inside, _row, at);
        if (Eights<TTile>.RowsOf(TTile.M) > 1) gradients.Y = Gradient(inside, _row + Eights<TTile>.RowsAtOnce, at);
        if (Eights<TTile>.RowsOf(TTile.M) > 2)
        {
            gradients.Z = Gradient(inside, _row + 2 * Eights<TTile>.RowsAtOnce, at);
            gradients.W = Gradient(inside, _row + 3 * Eights<TTile>.RowsAtOnce, at);
        }

        return gradients;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Gradient(bool inside, int row, int at)
    {
        var value = 0f;
        if (inside && row < _gradient.M) value = _gradient.Grad[at + row * _gradient.Positions.Value];
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly F4 FourPatches(bool inside, in Spot corner, in FourSpots taps, int column) => new(
        Patch(inside, corner, taps.A, column), Patch(inside, corner, taps.B, column + Eights<TTile>.RowsAtOnce),
        Patch(inside, corner, taps.C, column + 2 * Eights<TTile>.RowsAtOnce),
        Patch(inside, corner, taps.D, column + 3 * Eights<TTile>.RowsAtOnce));

    // The tap after the last reads ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Patch(bool inside, in Spot corner, in Spot tap, int column)
    {
        var taps = _gradient.N - _gradient.Ones;
        return _gradient.Source.Gather<TChecked>(
            _firstSource, inside && column < taps, corner, tap, inside && column == taps ? 1 : 0);
    }
}

/// <summary>The sums of one split and group.</summary>
internal struct PartialTarget : IChunkTarget
{
    public WeightGradient Gradient;
    public int First;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(Chunk chunk, int row, int column)
    {
        StoreRow(chunk.Row0, row, column);
        StoreRow(chunk.Row1, row + 1, column);
        StoreRow(chunk.Row2, row + 2, column);
        StoreRow(chunk.Row3, row + 3, column);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void StoreRow(F4 sums, int row, int column)
    {
        if (row >= Gradient.M) return;
        var at = First + row * Gradient.N + column;
        if (column < Gradient.N) Gradient.Partial[at] = sums.X;
        if (column + 1 < Gradient.N) Gradient.Partial[at + 1] = sums.Y;
        if (column + 2 < Gradient.N) Gradient.Partial[at + 2] = sums.Z;
        if (column + 3 < Gradient.N) Gradient.Partial[at + 3] = sums.W;
    }
}
