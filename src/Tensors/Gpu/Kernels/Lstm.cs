using System.Runtime.CompilerServices;
using Engine.Tensors.Operators;
using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// An LSTM's step at <see cref="Time"/> from the hidden and cell states at <see cref="Before"/> (-1: zeros): i, f, o = σ(sums),
/// g = tanh(sums), c = f·c + i·g, h = o·tanh(c). History is gates [rows, steps, 4 · units], of which the step finds the sums of
/// the input product and leaves the activations i, f, g, o; behind them the cell states [rows, steps, units]. Output
/// [rows, steps, units] receives h; Last [rows, units] the cell state, unless absent. Grid: rows of the batch, units.
/// </summary>
internal struct LstmStep<TTile> : IKernel
    where TTile : struct, IRecurrentTile
{
    public static int Items => StepProduct.Items;

    public int Rows, Steps, Units, Depth, Time, Before;
    public ArrayView<F4> Packed;
    public ArrayView<float> History, Output, Last;

    public readonly void Run()
    {
        var row = Grid.IdxX * (StepProduct.Lanes * TTile.Rows);
        var sums = StepProduct.Of<LstmCell, TTile>(
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
        int at = row * Steps + Time, gates = 4 * at * Units + unit, cells = 4 * Rows * Steps * Units + unit;
        var input = ScalarMath.Sigmoid(History[gates] + sums.X);
        var forget = ScalarMath.Sigmoid(History[gates + Units] + sums.Y);
        var candidate = ScalarMath.Tanh(History[gates + 2 * Units] + sums.Z);
        var output = ScalarMath.Sigmoid(History[gates + 3 * Units] + sums.W);
        var cell = input * candidate;
        if (Before >= 0) cell = forget * History[cells + (row * Steps + Before) * Units] + cell;
        History[gates] = input;
        History[gates + Units] = forget;
        History[gates + 2 * Units] = candidate;
        History[gates + 3 * Units] = output;
        History[cells + at * Units] = cell;
        Output[at * Units + unit] = output * ScalarMath.Tanh(cell);
        if (Last.Length != 0) Last[row * Units + unit] = cell;
    }
}

/// <summary>
/// The gradients of the sums of an LSTM's step at <see cref="Time"/>, in place of its activations in the history of
/// <see cref="LstmStep{TTile}"/>. h′ = g + gates′(later) · weight, where <see cref="Later"/> is -1 for the last step;
/// CellGradient [rows, units] goes from one step to the one before. Grid: rows of the batch, units.
/// </summary>
internal struct LstmStepGradient<TTile> : IKernel
    where TTile : struct, IRecurrentTile
{
    public static int Items => GradientProduct.Items<LstmCell>();

    public int Rows, Steps, Units, Depth, Time, Before, Later;
    public ArrayView<F4> Packed;
    public ArrayView<float> History, Gradient, CellGradient;

    public readonly void Run()
    {
        int row = Grid.IdxX * GradientProduct.Rows<TTile>(), block = Grid.IdxY * RecurrentTile.Units;
        var sums = GradientProduct.Of<LstmCell, TTile>(
            Later >= 0 ? Units : 0, row, Rows, 4 * Steps * Units, Units, Depth, History.SubView(4 * Math.Max(Later, 0) * Units),
            Packed.SubView(Grid.IdxY * Depth * RecurrentTile.Units));
        for (var i = Group.IdxX; i < GradientProduct.Rows<TTile>() * RecurrentTile.Units; i += Items)
        {
            int r = row + i / RecurrentTile.Units, unit = block + (i & RecurrentTile.Units - 1);
            if (r < Rows & unit < Units) Differentiate(r, unit, GradientProduct.Sum<LstmCell, TTile>(sums, i));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Differentiate(int row, int unit, float fromLater)
    {
        int at = row * Steps + Time, gates = 4 * at * Units + unit, cells = 4 * Rows * Steps * Units + unit;
        float input = History[gates], forget = History[gates + Units];
        float candidate = History[gates + 2 * Units], output = History[gates + 3 * Units];
        float tanhCell = ScalarMath.Tanh(History[cells + at * Units]), previous = 0;
        if (Before >= 0) previous = History[cells + (row * Steps + Before) * Units];
        var hidden = fromLater + Gradient[at * Units + unit];
        var cell = hidden * output * (1 - tanhCell * tanhCell) + CellGradient[row * Units + unit];
        History[gates] = cell * candidate * input * (1 - input);
        History[gates + Units] = cell * previous * forget * (1 - forget);
        History[gates + 2 * Units] = cell * input * (1 - candidate * candidate);
        History[gates + 3 * Units] = hidden * tanhCell * output * (1 - output);
        CellGradient[row * Units + unit] = cell * forget;
    }
}
