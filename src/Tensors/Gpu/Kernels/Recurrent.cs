using System.Runtime.CompilerServices;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>An LSTM's or a GRU's cell.</summary>
internal interface IRecurrentCell
{
    /// <summary>Gates of a unit.</summary>
    static abstract int Gates { get; }
}

/// <summary>Gates i, f, g, o.</summary>
internal readonly struct LstmCell : IRecurrentCell
{
    /// <inheritdoc/>
    public static int Gates => 4;
}

/// <summary>Gates r, z, n.</summary>
internal readonly struct GruCell : IRecurrentCell
{
    /// <inheritdoc/>
    public static int Gates => 3;
}

/// <summary>
/// How many rows of the batch a work item takes. Few rows make many groups, which a small batch needs; many rows make fewer
/// reads for each multiplication. Each sum runs over k in order, alone in its work item: its rounding does not depend on it.
/// </summary>
internal interface IRecurrentTile
{
    /// <summary>Rows of an item forwards, 2 or 8.</summary>
    static abstract int Rows { get; }

    /// <summary>Rows of an item backwards, 4 or 8.</summary>
    static abstract int GradientRows { get; }
}

/// <summary>For small batches.</summary>
internal readonly struct LowTile : IRecurrentTile
{
    /// <inheritdoc/>
    public static int Rows => 2;

    /// <inheritdoc/>
    public static int GradientRows => 4;
}

/// <summary>For batches with enough rows to keep the device busy all the same.</summary>
internal readonly struct TallTile : IRecurrentTile
{
    /// <inheritdoc/>
    public static int Rows => 8;

    /// <inheritdoc/>
    public static int GradientRows => 8;
}

/// <summary>
/// What the tiles of LSTM and GRU steps have in common. A group takes some rows of the batch and <see cref="Units"/> units with
/// all their gates, so that it can apply the gates to its sums at once and a step is one launch. The products of forwards
/// (<see cref="StepProduct"/>) and backwards (<see cref="GradientProduct"/>) have <see cref="Depth"/> k's in shared memory, and
/// the next ones on their way in registers meanwhile.
/// </summary>
internal static class RecurrentTile
{
    /// <summary>Units of a group.</summary>
    public const int Units = 16;

    /// <summary>The k's of a sum in shared memory at a time.</summary>
    public const int Depth = 32;

    /// <summary>
    /// In <see cref="F4"/>, from row to row of a tile in shared memory: rows begin 4 banks apart, so that two are read at once.
    /// </summary>
    public const int Pitch = Depth / 4 + 1;

    /// <summary>
    /// A number of rows [rows, units], <paramref name="stride"/> apart, or 0 outside. It reads one that is there in any case,
    /// which takes no branch.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ValueOrZero(ArrayView<float> values, int row, int rows, int stride, int k, int units)
    {
        var value = values[Math.Min(row, rows - 1) * stride + Math.Min(k, units - 1)];
        return row < rows & k < units ? value : 0;
    }
}

/// <summary>
/// packed [blocks, depth, 16, 4] = the weight [gates · units, units] with a unit's gates side by side and k outside, zeros
/// where unit, gate or k ends; depth is a multiple of <see cref="RecurrentTile.Depth"/>.
/// </summary>
internal struct PackForStep : IKernel
{
    public int Count, Gates, Units, Depth;
    public ArrayView<float> Weight, Packed;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            uint at = (uint)i, rest = at / (4 * RecurrentTile.Units);
            int gate = (int)(at % 4), k = (int)(rest % (uint)Depth);
            var unit = (int)(rest / (uint)Depth * RecurrentTile.Units + at / 4 % RecurrentTile.Units);
            Packed[i] = gate < Gates & k < Units & unit < Units ? Weight[(gate * Units + unit) * Units + k] : 0;
        }
    }
}

/// <summary>
/// packed [blocks, gates, depth, 16] = the weight [gates · units, units] cut into blocks of columns, zeros as in
/// <see cref="PackForStep"/>.
/// </summary>
internal struct PackForGradient : IKernel
{
    public int Count, Gates, Units, Depth;
    public ArrayView<float> Weight, Packed;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            uint rest = (uint)i / RecurrentTile.Units, outer = rest / (uint)Depth;
            int k = (int)(rest % (uint)Depth), gate = (int)(outer % (uint)Gates);
            var unit = (int)(outer / (uint)Gates * RecurrentTile.Units + (uint)i % RecurrentTile.Units);
            Packed[i] = k < Units & unit < Units ? Weight[(gate * Units + k) * Units + unit] : 0;
        }
    }
}

/// <summary>
/// before [rows, steps, units] = the hidden state of output that each step started from; shift is -1, or 1 if time runs
/// backwards.
/// </summary>
internal struct StatesBefore : IKernel
{
    public int Count, Steps, Units, Shift;
    public ArrayView<float> Output, Before;

    public readonly void Run()
    {
        for (var i = Item.First; i < Count; i += Item.Step)
        {
            var time = (int)((uint)i / (uint)Units % (uint)Steps) + Shift;
            Before[i] = time >= 0 & time < Steps ? Output[i + Shift * Units] : 0;
        }
    }
}
