using System.Runtime.CompilerServices;
using ILGPU;
using static Engine.Tensors.Gpu.Kernels.RecurrentTile;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// The product of an LSTM's or GRU's step backwards, the later step's gates′ · weight. One item for a sum over gates · units
/// terms would leave too few busy: each gate has its own 16 × 4 items, and the gates' sums are added up in shared memory, in
/// order.
/// </summary>
internal static class GradientProduct
{
    /// <summary>Items side by side along the rows.</summary>
    public const int Lanes = 4;

    private const int GateItems = Units * Lanes;

    /// <summary>Work items of a group.</summary>
    public static int Items<TCell>()
        where TCell : struct, IRecurrentCell => TCell.Gates * GateItems;

    /// <summary>Rows of a group.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Rows<TTile>()
        where TTile : struct, IRecurrentTile => TTile.GradientRows * Lanes;

    /// <summary>
    /// Leaves in the result [gates, <see cref="Rows"/>, 16] the sums over each gate's part, for <see cref="Sum"/>, where gates
    /// [rows, gates · units] has rows <paramref name="stride"/> apart and packed is the block's of
    /// <see cref="PackForGradient"/>; zeros if <paramref name="terms"/>, none or all units, is 0.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ArrayView<float> Of<TCell, TTile>(
        int terms, int row, int rows, int stride, int units, int depth, ArrayView<float> gates, ArrayView<F4> packed)
        where TCell : struct, IRecurrentCell
        where TTile : struct, IRecurrentTile
    {
        var gateTile = SharedMemory.Allocate<F4>(TCell.Gates * Rows<TTile>() * Pitch);
        var weightTile = SharedMemory.Allocate<F4>(TCell.Gates * Depth * Units / 4);
        ArrayView<float> gateFloats = gateTile.Cast<float>(), weightFloats = weightTile.Cast<float>();
        int gate = Group.IdxX / GateItems, item = Group.IdxX & GateItems - 1, unit = item & Units - 1, lane = item / Units;
        int tileRow = item / Depth, tileColumn = item & Depth - 1;
        int ownGates = gate * Rows<TTile>() * Pitch, ownWeights = gate * Depth * Units / 4, ownColumns = gate * units;
        var ownPacked = gate * depth * Units / 4 + item;
        GradientSums sums = default;
        Held nextGates = default;
        F4 nextWeights = default, nextWeights2 = default;
        if (terms > 0)
        {
            nextGates = FetchGates<TTile>(gates, ownColumns, row + tileRow, rows, stride, tileColumn, units);
            nextWeights = packed[ownPacked];
            nextWeights2 = packed[ownPacked + GateItems];
        }

        for (var k = 0; k < terms; k += Depth)
        {
            KeepGates<TTile>(gateFloats, (ownGates + tileRow * Pitch) * 4 + tileColumn, nextGates);
            weightTile[ownWeights + item] = nextWeights;
            weightTile[ownWeights + item + GateItems] = nextWeights2;
            Group.Barrier();
            var next = k + Depth;
            if (next < terms)
            {
                nextGates = FetchGates<TTile>(gates, ownColumns, row + tileRow, rows, stride, next + tileColumn, units);
                nextWeights = packed[ownPacked + next * (Units / 4)];
                nextWeights2 = packed[ownPacked + next * (Units / 4) + GateItems];
            }

            // Three counters: what is computed from j, or from the item, ILGPU computes anew each time.
            for (int j = 0, at = ownGates + lane * Pitch, weight = 4 * ownWeights + unit; j < Depth / 4;
                j++, at++, weight += 4 * Units)
            {
                var weights = new F4(
                    weightFloats[weight], weightFloats[weight + Units], weightFloats[weight + 2 * Units],
                    weightFloats[weight + 3 * Units]);
                sums = AddProducts<TTile>(sums, gateTile, at, weights);
            }

            Group.Barrier();
        }

        KeepSums<TTile>(gateFloats, (gate * Rows<TTile>() + lane) * Units + unit, sums);
        Group.Barrier();
        return gateFloats;
    }

    /// <summary>The hidden state's gradient at place i of the group's rows × 16: the sum over the gates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum<TCell, TTile>(ArrayView<float> sums, int i)
        where TCell : struct, IRecurrentCell
        where TTile : struct, IRecurrentTile
    {
        var gate = Rows<TTile>() * Units;
        var sum = sums[i] + sums[i + gate] + sums[i + 2 * gate];
        return TCell.Gates == 4 ? sum + sums[i + 3 * gate] : sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static GradientSums AddProducts<TTile>(GradientSums sums, ArrayView<F4> gates, int at, F4 weights)
        where TTile : struct, IRecurrentTile
    {
        const int step = Lanes * Pitch;
        sums.A.X = AddRow(sums.A.X, gates[at], weights);
        sums.A.Y = AddRow(sums.A.Y, gates[at + step], weights);
        sums.A.Z = AddRow(sums.A.Z, gates[at + 2 * step], weights);
        sums.A.W = AddRow(sums.A.W, gates[at + 3 * step], weights);
        if (TTile.GradientRows == 4) return sums;
        sums.B.X = AddRow(sums.B.X, gates[at + 4 * step], weights);
        sums.B.Y = AddRow(sums.B.Y, gates[at + 5 * step], weights);
        sums.B.Z = AddRow(sums.B.Z, gates[at + 6 * step], weights);
        sums.B.W = AddRow(sums.B.W, gates[at + 7 * step], weights);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float AddRow(float sum, F4 gates, F4 weights)
    {
        sum += gates.X * weights.X;
        sum += gates.Y * weights.Y;
        sum += gates.Z * weights.Z;
        return sum + gates.W * weights.W;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void KeepSums<TTile>(ArrayView<float> tile, int at, GradientSums sums)
        where TTile : struct, IRecurrentTile
    {
        const int step = Lanes * Units;
        tile[at] = sums.A.X;
        tile[at + step] = sums.A.Y;
        tile[at + 2 * step] = sums.A.Z;
        tile[at + 3 * step] = sums.A.W;
        if (TTile.GradientRows == 4) return;
        tile[at + 4 * step] = sums.B.X;
        tile[at + 5 * step] = sums.B.Y;
        tile[at + 6 * step] = sums.B.Z;
        tile[at + 7 * step] = sums.B.W;
    }

    // A row of the tile is as long as half of a gate's items: an item has every second row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Held FetchGates<TTile>(
        ArrayView<float> gates, int columns, int row, int rows, int stride, int k, int units)
        where TTile : struct, IRecurrentTile
    {
        var own = gates.SubView(columns);
        Held held = default;
        held.A = FetchFour(own, row, rows, stride, k, units);
        held.B = FetchFour(own, row + 8, rows, stride, k, units);
        if (TTile.GradientRows == 4) return held;
        held.C = FetchFour(own, row + 16, rows, stride, k, units);
        held.D = FetchFour(own, row + 24, rows, stride, k, units);
        return held;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static F4 FetchFour(ArrayView<float> gates, int row, int rows, int stride, int k, int units) =>
        new(ValueOrZero(gates, row, rows, stride, k, units), ValueOrZero(gates, row + 2, rows, stride, k, units),
            ValueOrZero(gates, row + 4, rows, stride, k, units), ValueOrZero(gates, row + 6, rows, stride, k, units));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void KeepGates<TTile>(ArrayView<float> tile, int at, Held held)
        where TTile : struct, IRecurrentTile
    {
        KeepFour(tile, at, held.A);
        KeepFour(tile, at + 32 * Pitch, held.B);
        if (TTile.GradientRows == 4) return;
        KeepFour(tile, at + 64 * Pitch, held.C);
        KeepFour(tile, at + 96 * Pitch, held.D);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void KeepFour(ArrayView<float> tile, int at, F4 four)
    {
        tile[at] = four.X;
        tile[at + 8 * Pitch] = four.Y;
        tile[at + 16 * Pitch] = four.Z;
        tile[at + 24 * Pitch] = four.W;
    }
}

/// <summary>The sums of a work item's rows, up to eight.</summary>
internal struct GradientSums
{
    public F4 A, B;
}
