using System.Runtime.Intrinsics;
using Tiny = Engine.Dsp.Tiny;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>The addresses of an LSTM's gradients, given and computed; 0 for none.</summary>
internal readonly record struct LstmGradients(nint Output, nint Cell, nint Input, nint WeightInput, nint WeightHidden, nint Bias);

/// <summary>
/// Backpropagation through time for <see cref="Lstm{TRow}"/>. A step needs gates′ · weight for the hidden state before it; a task
/// multiplies for some rows and units and immediately turns the result into the gates' gradients of the step before, in place of
/// the activations and packed for the next product. A gradient that shrinks at each step becomes 0 below 2⁻¹⁰⁰: see
/// <see cref="Tiny"/>. Afterwards, one large product each gives the gradients of input and weights over all steps.
/// </summary>
internal sealed unsafe class LstmGradient<TRow>(SequenceSizes sizes)
    where TRow : struct, ITileRow<TRow, float>
{
    private const long SerialWork = 200_000;

    private readonly RowTiles<TRow> _rows = new(sizes.Batch);
    private readonly int _padded = LstmLayout.Padded(sizes.Units);

    private int GateColumns => 4 * _padded;

    /// <summary>Fills the gradients; the history's activations become the gates' gradients.</summary>
    public void Run(float* input, float* weightInput, float* weightHidden, float* output, float* history, LstmGradients gradients)
    {
        var (batch, steps) = (sizes.Batch, sizes.Steps);
        var rows = batch * steps;
        if (rows > 0) Steps(weightHidden, history, gradients);
        Weights(input, output, history, rows, gradients);
        if (gradients.Input == 0 || rows == 0) return;
        using var memory = new Scratch((long)GateColumns * sizes.Features);
        var ordered = memory.Floats;
        LstmLayout.Reorder(weightInput, sizes.Units, sizes.Features, ordered);
        Gemm.Run(
            rows, sizes.Features, GateColumns, new(history, GateColumns, 1), new(ordered, 1, sizes.Features),
            (float*)gradients.Input, sizes.Features, false);
        Tiny.Flush((float*)gradients.Input, (long)rows * sizes.Features);
    }

    private void Steps(float* weightHidden, float* history, LstmGradients gradients)
    {
        var (batch, steps, units) = (sizes.Batch, sizes.Steps, sizes.Units);
        var panelUnits = (_padded + TRow.Columns - 1) / TRow.Columns * TRow.Columns;
        using Scratch weights = new((long)panelUnits * GateColumns), states = new(2L * _rows.PaddedRows * GateColumns),
            cells = new((long)batch * _padded);
        float* panels = weights.Floats, packed = states.Floats, cellGradient = cells.Floats;
        PackHidden(weightHidden, panelUnits, panels);
        new Span<float>(cellGradient, batch * _padded).Clear();
        for (var n = 0; gradients.Cell != 0 && n < batch; n++)
            new Span<float>((float*)gradients.Cell + n * units, units).CopyTo(new Span<float>(cellGradient + n * _padded, units));
        var blocks = (_padded + TRow.Columns - 1) / TRow.Columns;
        var tasks = blocks * _rows.Groups.Length;
        var serial = 2L * batch * GateColumns * units < SerialWork;
        for (var step = steps - 1; step >= 0; step--)
        {
            var current = step;
            if (serial) for (var task = 0; task < tasks; task++) Task(task);
            else WorkerPool.Run(tasks, Task);

            void Task(int task)
            {
                var (first, group) = (task % blocks * TRow.Columns, _rows.Groups[task / blocks]);
                var from = packed + (long)(current % 2) * _rows.PaddedRows * GateColumns;
                var to = packed + (long)((current + 1) % 2) * _rows.PaddedRows * GateColumns;
                var hidden = stackalloc float[GemmTile<float, TRow>.MaxRows * TRow.Columns];
                foreach (var tile in group)
                {
                    if (current == steps - 1) new Span<float>(hidden, tile.Height * TRow.Columns).Clear();
                    else GemmTile<float, TRow>.Run(tile.Height, from + (long)tile.Padded * GateColumns,
                        new PackedColumns<float>(panels + (long)first * GateColumns, TRow.Columns), GateColumns, hidden,
                        TRow.Columns, false);
                    var end = Math.Min(TRow.Columns, _padded - first);
                    for (var unit = 0; unit < end; unit += LstmLayout.Block)
                        Gates(tile, first + unit, current, hidden + unit, history, cellGradient, (float*)gradients.Output);
                    var columns = end / LstmLayout.Block * LstmLayout.Columns;
                    var start = first / LstmLayout.Block * LstmLayout.Columns;
                    new MatrixOperand<float>(history + (long)sizes.Time(current) * GateColumns, steps * GateColumns, 1)
                        .Pack(tile.Row, tile.Count, tile.Height, start, columns,
                            to + (long)tile.Padded * GateColumns + (long)start * tile.Height);
                }
            }
        }
    }

    // Packs panels [units / Columns, 4Hp, Columns] of the reordered weight [4Hp, units].
    private void PackHidden(float* weightHidden, int count, float* panels)
    {
        var units = sizes.Units;
        using var memory = new Scratch((long)GateColumns * units);
        var ordered = memory.Floats;
        LstmLayout.Reorder(weightHidden, units, units, ordered);
        var operand = new MatrixOperand<float>(ordered, 1, units);
        for (var unit = 0; unit < count; unit += TRow.Columns)
            operand.Pack(unit, Math.Clamp(units - unit, 0, TRow.Columns), TRow.Columns, 0, GateColumns,
                panels + (long)unit * GateColumns);
    }

    // Turns activations into gradients of the sums in place, for 16 units.
    private void Gates(
        (int Row, int Count, int Height, int Padded) tile, int unit, int step, float* hidden, float* history, float* cellGradient,
        float* gradOutput)
    {
        var (steps, time) = (sizes.Steps, sizes.Time(step));
        var cells = history + (long)sizes.Batch * steps * GateColumns;
        var one = Vector512<float>.One;
        for (var row = 0; row < tile.Count; row++)
        {
            var n = tile.Row + row;
            var at = history + ((long)n * steps + time) * GateColumns + unit / LstmLayout.Block * LstmLayout.Columns;
            Vector512<float> i = Vector512.Load(at), f = Vector512.Load(at + 16), g = Vector512.Load(at + 32),
            o = Vector512.Load(at + 48);
            var tanh = VectorMath.Tanh(Vector512.Load(cells + ((long)n * steps + time) * _padded + unit));
            var previous = step == 0
                ? default : Vector512.Load(cells + ((long)n * steps + sizes.Time(step - 1)) * _padded + unit);
            var h = Tiny.Flush(Vector512.Load(hidden + row * TRow.Columns)
                + Load(gradOutput + ((long)n * steps + time) * sizes.Units + unit, sizes.Units - unit));
            var c = Tiny.Flush(Vector512.FusedMultiplyAdd(h * o, one - tanh * tanh,
                Vector512.Load(cellGradient + (long)n * _padded + unit)));
            Tiny.Flush(c * g * i * (one - i)).Store(at);
            Tiny.Flush(c * previous * f * (one - f)).Store(at + 16);
            Tiny.Flush(c * i * (one - g * g)).Store(at + 32);
            Tiny.Flush(h * tanh * o * (one - o)).Store(at + 48);
            Tiny.Flush(c * f).Store(cellGradient + (long)n * _padded + unit);
        }
    }

    private void Weights(float* input, float* output, float* gates, int rows, LstmGradients gradients)
    {
        var (features, units, steps) = (sizes.Features, sizes.Units, sizes.Steps);
        var width = Math.Max(features, units);
        using Scratch memory = new((long)GateColumns * width), states = new((long)rows * units);
        float* ordered = memory.Floats, before = states.Floats;
        Gemm.Run(GateColumns, features, rows, new(gates, 1, GateColumns), new(input, 1, features), ordered, features, false);
        Tiny.Flush(ordered, (long)GateColumns * features);
        LstmLayout.Restore(ordered, units, features, (float*)gradients.WeightInput);

        // The hidden state that each step started from.
        for (var n = 0; n < sizes.Batch; n++)
        {
            for (var step = 0; step < steps; step++)
            {
                var target = new Span<float>(before + ((long)n * steps + sizes.Time(step)) * units, units);
                if (step == 0) target.Clear();
                else new Span<float>(output + ((long)n * steps + sizes.Time(step - 1)) * units, units).CopyTo(target);
            }
        }

        Gemm.Run(GateColumns, units, rows, new(gates, 1, GateColumns), new(before, 1, units), ordered, units, false);
        Tiny.Flush(ordered, (long)GateColumns * units);
        LstmLayout.Restore(ordered, units, units, (float*)gradients.WeightHidden);
        Reductions.Sum(gates, new Shape(rows, GateColumns), ordered, new Shape(1, GateColumns));
        LstmLayout.Restore(ordered, units, 1, (float*)gradients.Bias);
    }

    private static Vector512<float> Load(float* source, int real)
    {
        if (real >= LstmLayout.Block) return Vector512.Load(source);
        var buffer = stackalloc float[LstmLayout.Block];
        new Span<float>(buffer, LstmLayout.Block).Clear();
        for (var lane = 0; lane < real; lane++) buffer[lane] = source[lane];
        return Vector512.Load(buffer);
    }
}
