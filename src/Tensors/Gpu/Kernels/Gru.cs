using System.Runtime.CompilerServices;
using Engine.Tensors.Operators;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// A GRU's step at <see cref="Time"/> from the hidden state at <see cref="Before"/> (-1: zeros): u = U h + bias;
/// r, z = σ(x + u), n = tanh(x + r·u), h = (1 - z)·n + z·h, where x, in Inputs [rows, steps, 3 · units], is the input product's
/// sums. History [rows, steps, 4 · units] receives r, z, n and the hidden part of n before r scales it, Output
/// [rows, steps, units] h. Grid: rows of the batch, units.
/// </summary>
internal struct GruStep<TTile> : IKernel
    where TTile : struct, IRecurrentTile
{
    public static int Items => StepProduct.Items;

    public int Rows, Steps, Units, Depth, Time, Before;
    public ArrayView<F4> Packed;
    public ArrayView<float> Bias, Inputs, History, Output;

    public readonly void Run()
    {
        var row = Grid.IdxX * (StepProduct.Lanes * TTile.Rows);
        var sums = StepProduct.Of<GruCell, TTile>(
            Before >= 0 ? Units : 0, row, Rows, Steps * Units, Units, Output.SubView(Math.Max(Before, 0) * Units),
            Packed.SubView(Grid.IdxY * Depth * RecurrentTile.Units));
        int lane = Group.IdxX / RecurrentTile.Units;
        var unit = Grid.IdxY * RecurrentTile.Units + (Group.IdxX & RecurrentTile.Units - 1);
        for (var i = 0; i < TTile.Rows; i++)
        {
            var r = row + i * StepProduct.Lanes + lane;
            if (r < Rows & unit < Units) Activate(r, unit, sums.A);
            sums = sums.MovedUp<TTile>();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Activate(int row, int unit, F4 sums)
    {
        int at = row * Steps + Time, x = 3 * at * Units + unit, saved = 4 * at * Units + unit;
        var hidden = sums.Z + Bias[2 * Units + unit];
        var reset = ScalarMath.Sigmoid(Inputs[x] + (sums.X + Bias[unit]));
        var update = ScalarMath.Sigmoid(Inputs[x + Units] + (sums.Y + Bias[Units + unit]));
        var candidate = ScalarMath.Tanh(Inputs[x + 2 * Units] + reset * hidden);
        float kept = 0;
        if (Before >= 0) kept = update * Output[(row * Steps + Before) * Units + unit];
        History[saved] = reset;
        History[saved + Units] = update;
        History[saved + 2 * Units] = candidate;
        History[saved + 3 * Units] = hidden;
        Output[at * Units + unit] = (1 - update) * candidate + kept;
    }
}

/// <summary>
/// The gradients of the sums of a GRU's step at <see cref="Time"/>, with respect to the input's part and to the hidden state's,
/// both [rows, steps, 3 · units]: they differ in n alone. h′ = g + carried + fromHidden(later) · weight, where
/// <see cref="Later"/> is -1 for the last step; Carried [rows, units] is what z hands from one step to the one before. Grid: rows
/// of the batch, units.
/// </summary>
internal struct GruStepGradient<TTile> : IKernel
    where TTile : struct, IRecurrentTile
{
    public static int Items => GradientProduct.Items<GruCell>();

    public int Rows, Steps, Units, Depth, Time, Before, Later;
    public ArrayView<F4> Packed;
    public ArrayView<float> History, Output, Gradient, Carried, FromInput, FromHidden;

    public readonly void Run()
    {
        int row = Grid.IdxX * GradientProduct.Rows<TTile>(), block = Grid.IdxY * RecurrentTile.Units;
        var sums = GradientProduct.Of<GruCell, TTile>(
            Later >= 0 ? Units : 0, row, Rows, 3 * Steps * Units, Units, Depth,
            FromHidden.SubView(3 * Math.Max(Later, 0) * Units),
            Packed.SubView(Grid.IdxY * Depth * (3 * RecurrentTile.Units / 4)));
        for (var i = Group.IdxX; i < GradientProduct.Rows<TTile>() * RecurrentTile.Units; i += Items)
        {
            int r = row + i / RecurrentTile.Units, unit = block + (i & RecurrentTile.Units - 1);
            if (r < Rows & unit < Units) Differentiate(r, unit, GradientProduct.Sum<GruCell, TTile>(sums, i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Differentiate(int row, int unit, float fromLater)
    {
        int at = row * Steps + Time, saved = 4 * at * Units + unit, to = 3 * at * Units + unit;
        float reset = History[saved], update = History[saved + Units], candidate = History[saved + 2 * Units], previous = 0;
        if (Before >= 0) previous = Output[(row * Steps + Before) * Units + unit];
        var hidden = fromLater + Carried[row * Units + unit] + Gradient[at * Units + unit];
        var toCandidate = hidden * (1 - update) * (1 - candidate * candidate);
        var toReset = toCandidate * History[saved + 3 * Units] * reset * (1 - reset);
        var toUpdate = hidden * (previous - candidate) * update * (1 - update);
        FromInput[to] = toReset;
        FromInput[to + Units] = toUpdate;
        FromInput[to + 2 * Units] = toCandidate;
        FromHidden[to] = toReset;
        FromHidden[to + Units] = toUpdate;
        FromHidden[to + 2 * Units] = toCandidate * reset;
        Carried[row * Units + unit] = hidden * update;
    }
}
