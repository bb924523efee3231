using System.Runtime.CompilerServices;
using ILGPU;
using static Engine.Tensors.Gpu.Kernels.RecurrentTile;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// The product of an LSTM's or GRU's step, hidden states · weight. Of its 16 × 8 work items (lane, unit) has the rows lane,
/// lane + 8, ... of the group's, and all gates of its unit.
/// </summary>
internal static class StepProduct
{
    /// <summary>Work items of a group.</summary>
    public const int Items = Units * Lanes;

    /// <summary>Items side by side along the rows.</summary>
    public const int Lanes = 8;

    /// <summary>
    /// The gates' sums over <paramref name="terms"/> k's, none or all units, for the work item's rows of the group from
    /// <paramref name="row"/> on; states [rows, units] has rows <paramref name="stride"/> apart, packed is the block's of
    /// <see cref="PackForStep"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static StepSums Of<TCell, TTile>(
        int terms, int row, int rows, int stride, int units, ArrayView<float> states, ArrayView<F4> packed)
        where TCell : struct, IRecurrentCell
        where TTile : struct, IRecurrentTile
    {
        var stateTile = SharedMemory.Allocate<F4>(TTile.Rows * Lanes * Pitch);
        var weightTile = SharedMemory.Allocate<F4>(Depth * Units);
        var stateFloats = stateTile.Cast<float>();
        int item = Group.IdxX, tileRow = item / Depth, tileColumn = item & Depth - 1;
        StepSums sums = default;
        Held nextStates = default, nextWeights = default;
        if (terms > 0)
        {
            nextStates = FetchStates<TTile>(states, row + tileRow, rows, stride, tileColumn, units);
            nextWeights = FetchWeights(packed, item);
        }

        for (var k = 0; k < terms; k += Depth)
        {
            KeepStates<TTile>(stateFloats, tileRow * 4 * Pitch + tileColumn, nextStates);
            weightTile[item] = nextWeights.A;
            weightTile[item + Items] = nextWeights.B;
            weightTile[item + 2 * Items] = nextWeights.C;
            weightTile[item + 3 * Items] = nextWeights.D;
            Group.Barrier();
            var next = k + Depth;
            if (next < terms)
            {
                nextStates = FetchStates<TTile>(states, row + tileRow, rows, stride, next + tileColumn, units);
                nextWeights = FetchWeights(packed, next * Units + item);
            }

            // Three counters: what is computed from j, or from the item, ILGPU computes anew each time.
            for (int j = 0, at = item / Units * Pitch, weight = item & Units - 1; j < Depth / 4; j++, at++, weight += 4 * Units)
            {
                var weights = new Held
                {
                    A = weightTile[weight],
                    B = weightTile[weight + Units],
                    C = weightTile[weight + 2 * Units],
                    D = weightTile[weight + 3 * Units],
                };
                sums = AddProducts<TCell, TTile>(sums, stateTile, at, weights);
            }

            Group.Barrier();
        }

        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static StepSums AddProducts<TCell, TTile>(StepSums sums, ArrayView<F4> states, int at, Held weights)
        where TCell : struct, IRecurrentCell
        where TTile : struct, IRecurrentTile
    {
        const int step = Lanes * Pitch;
        sums.A = AddRow<TCell>(sums.A, states[at], weights);
        sums.B = AddRow<TCell>(sums.B, states[at + step], weights);
        if (TTile.Rows == 2) return sums;
        sums.C = AddRow<TCell>(sums.C, states[at + 2 * step], weights);
        sums.D = AddRow<TCell>(sums.D, states[at + 3 * step], weights);
        sums.E = AddRow<TCell>(sums.E, states[at + 4 * step], weights);
        sums.F = AddRow<TCell>(sums.F, states[at + 5 * step], weights);
        sums.G = AddRow<TCell>(sums.G, states[at + 6 * step], weights);
        sums.H = AddRow<TCell>(sums.H, states[at + 7 * step], weights);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F4 AddRow<TCell>(F4 sums, F4 states, Held weights)
        where TCell : struct, IRecurrentCell
    {
        sums = AddGates<TCell>(sums, states.X, weights.A);
        sums = AddGates<TCell>(sums, states.Y, weights.B);
        sums = AddGates<TCell>(sums, states.Z, weights.C);
        return AddGates<TCell>(sums, states.W, weights.D);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F4 AddGates<TCell>(F4 sums, float state, F4 weights)
        where TCell : struct, IRecurrentCell
    {
        sums.X += state * weights.X;
        sums.Y += state * weights.Y;
        sums.Z += state * weights.Z;
        if (TCell.Gates == 4) sums.W += state * weights.W;
        return sums;
    }

    // A row of the tile is as long as a quarter of the group's items: an item has every fourth row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Held FetchStates<TTile>(ArrayView<float> states, int row, int rows, int stride, int k, int units)
        where TTile : struct, IRecurrentTile
    {
        Held held = default;
        held.A = FetchFour(states, row, rows, stride, k, units);
        if (TTile.Rows == 2) return held;
        held.B = FetchFour(states, row + 16, rows, stride, k, units);
        held.C = FetchFour(states, row + 32, rows, stride, k, units);
        held.D = FetchFour(states, row + 48, rows, stride, k, units);
        return held;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F4 FetchFour(ArrayView<float> states, int row, int rows, int stride, int k, int units) =>
        new(ValueOrZero(states, row, rows, stride, k, units), ValueOrZero(states, row + 4, rows, stride, k, units),
            ValueOrZero(states, row + 8, rows, stride, k, units), ValueOrZero(states, row + 12, rows, stride, k, units));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void KeepStates<TTile>(ArrayView<float> tile, int at, Held held)
        where TTile : struct, IRecurrentTile
    {
        KeepFour(tile, at, held.A);
        if (TTile.Rows == 2) return;
        KeepFour(tile, at + 64 * Pitch, held.B);
        KeepFour(tile, at + 128 * Pitch, held.C);
        KeepFour(tile, at + 192 * Pitch, held.D);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void KeepFour(ArrayView<float> tile, int at, F4 four)
    {
        tile[at] = four.X;
        tile[at + 16 * Pitch] = four.Y;
        tile[at + 32 * Pitch] = four.Z;
        tile[at + 48 * Pitch] = four.W;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Held FetchWeights(ArrayView<F4> packed, int at) =>
        new() { A = packed[at], B = packed[at + Items], C = packed[at + 2 * Items], D = packed[at + 3 * Items] };
}

/// <summary>The sums of a work item's rows, up to eight of up to four gates.</summary>
internal struct StepSums
{
    public F4 A, B, C, D, E, F, G, H;

    /// <summary>
    /// Row by row upwards: registers have no index, so that a loop over the rows takes the first and moves the others up.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly StepSums MovedUp<TTile>()
        where TTile : struct, IRecurrentTile
    {
        StepSums moved = default;
        moved.A = B;
        if (TTile.Rows == 2) return moved;
        (moved.B, moved.C, moved.D, moved.E, moved.F, moved.G) = (C, D, E, F, G, H);
        return moved;
    }
}
