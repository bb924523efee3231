using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tiny = Engine.Dsp.Tiny;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// One LSTM layer (Hochreiter and Schmidhuber 1997, with forget gates) over whole sequences. The inputs of all steps take one
/// large product. Each step adds hidden · weightᵀ, with weights packed once for all steps; a task takes some rows of the batch
/// and 16 units, multiplies for their four gates, applies the gates while they are in the cache, and writes the new hidden state
/// both as output and packed for the next step. States below 2⁻¹⁰⁰ are 0: see <see cref="Tiny"/>.
/// </summary>
internal sealed unsafe class Lstm<TRow>(SequenceSizes sizes)
    where TRow : struct, ITileRow<TRow, float>
{
    // Below this many operations, a step is not worth waking another thread for.
    private const long SerialWork = 200_000;

    private readonly RowTiles<TRow> _rows = new(sizes.Batch);
    private readonly int _padded = LstmLayout.Padded(sizes.Units);

    /// <summary>Fills output, the last cell states and the history.</summary>
    public void Forward(
        float* input, WeightSource weightInput, WeightSource weightHidden, float* bias, float* output, float* cell,
        float* history)
    {
        var (batch, steps, features, units) = (sizes.Batch, sizes.Steps, sizes.Features, sizes.Units);
        if (batch == 0) return;
        var gateColumns = 4 * _padded;
        var cells = history + (long)batch * steps * gateColumns;
        InputProduct(input, weightInput, bias, history);
        using var states = new Scratch(2L * _rows.PaddedRows * units);
        using var hidden = weightHidden.Prepare(
            new WeightLayout(WeightForm.LstmHidden, 0, 1, units, units, TRow.Columns), (long)gateColumns * units);
        float* panels = hidden.Floats, packed = states.Floats;
        if (!hidden.IsReady)
        {
            PackHidden(weightHidden.Data, panels);
            hidden.Keep();
        }

        var blocks = _padded / LstmLayout.Block;
        var tasks = blocks * _rows.Groups.Length;
        var parts = Math.Min(blocks, WorkerPool.Threads);
        var serial = 2L * batch * gateColumns * units < SerialWork;
        for (var step = 0; step < steps; step++)
        {
            var current = step;
            if (serial) for (var task = 0; task < tasks; task++) Task(task);
            else if (batch == 1) WorkerPool.Run(parts, Part);
            else WorkerPool.Run(tasks, Task);

            // A single sequence reads all weights at each step and uses each once. A part's blocks outgrow the second-level cache
            // by little: read there and back, most of them are still in it.
            void Part(int part)
            {
                var (first, end) = (part * blocks / parts, (part + 1) * blocks / parts);
                if (current % 2 == 0) for (var block = first; block < end; block++) Task(block);
                else for (var block = end - 1; block >= first; block--) Task(block);
            }

            void Task(int task)
            {
                var (block, group) = (task % blocks, _rows.Groups[task / blocks]);
                var from = packed + (long)(current % 2) * _rows.PaddedRows * units;
                var to = packed + (long)((current + 1) % 2) * _rows.PaddedRows * units;
                foreach (var tile in group)
                {
                    if (current > 0) Multiply(tile, block, from, panels, history + (long)sizes.Time(current) * gateColumns);
                    Gates(tile, block, current, history, cells, output);
                    var depth = Math.Min(LstmLayout.Block, units - block * LstmLayout.Block);
                    new MatrixOperand<float>(output + (long)sizes.Time(current) * units, steps * units, 1)
                        .Pack(tile.Row, tile.Count, tile.Height, block * LstmLayout.Block, depth,
                            to + (long)tile.Padded * units + block * LstmLayout.Block * tile.Height);
                }
            }
        }

        for (var n = 0; n < batch; n++)
        {
            if (steps == 0) new Span<float>(cell + n * units, units).Clear();
            else new Span<float>(cells + ((long)n * steps + sizes.Time(steps - 1)) * _padded,
                units).CopyTo(new Span<float>(cell + n * units, units));
        }
    }

    private void InputProduct(float* input, WeightSource weightInput, float* bias, float* gates)
    {
        var (rows, columns) = (4 * _padded, sizes.Features);
        using var memory = new Scratch(rows);
        var orderedBias = memory.Floats;
        LstmLayout.Reorder(bias, sizes.Units, 1, orderedBias);
        using var prepared = weightInput.Prepare(
            new WeightLayout(WeightForm.LstmInput, 0, 1, sizes.Units, columns, 0), (long)rows * columns);
        var ordered = prepared.Floats;
        if (!prepared.IsReady)
        {
            LstmLayout.Reorder(weightInput.Data, sizes.Units, columns, ordered);
            prepared.Keep();
        }

        Gemm.Run(
            sizes.Batch * sizes.Steps, rows, columns, new(input, columns, 1), new(ordered, columns, 1),
            gates, rows, false, new GemmEpilogue<float>(null, orderedBias, false));
    }

    // Packs panels [block, part of its 64 columns, units, Columns].
    private void PackHidden(float* weightHidden, float* panels)
    {
        var (columns, units) = (4 * _padded, sizes.Units);
        using var memory = new Scratch((long)columns * units);
        var ordered = memory.Floats;
        LstmLayout.Reorder(weightHidden, units, units, ordered);
        var operand = new MatrixOperand<float>(ordered, units, 1);
        for (var column = 0; column < columns; column += TRow.Columns)
            operand.Pack(column, TRow.Columns, TRow.Columns, 0, units, panels + (long)column * units);
    }

    private void Multiply(
        (int Row, int Count, int Height, int Padded) tile, int block, float* hidden, float* panels, float* gates)
    {
        var (units, stride) = (sizes.Units, sizes.Steps * 4 * _padded);
        if (tile.Count == 1)
        {
            var first = block * LstmLayout.Columns;
            MultiplyRow(hidden + (long)tile.Padded * units, tile.Height, panels + (long)first * units, units,
                gates + (long)tile.Row * stride + first);
            return;
        }

        var edge = stackalloc float[GemmTile<float, TRow>.MaxRows * TRow.Columns];
        for (var part = 0; part < LstmLayout.Columns; part += TRow.Columns)
        {
            var column = block * LstmLayout.Columns + part;
            var target = gates + (long)tile.Row * stride + column;
            var panel = new PackedColumns<float>(panels + (long)column * units, TRow.Columns);
            if (tile.Count == tile.Height)
            {
                GemmTile<float, TRow>.Run(tile.Height, hidden + (long)tile.Padded * units, panel, units, target, stride, true);
                continue;
            }

            GemmTile<float, TRow>.Run(tile.Height, hidden + (long)tile.Padded * units, panel, units, edge, TRow.Columns, false);
            for (var row = 0; row < tile.Count; row++)
            {
                for (var i = 0; i < TRow.Columns; i++) target[(long)row * stride + i] += edge[row * TRow.Columns + i];
            }
        }
    }

    // One row: a tile of four would multiply three rows of nothing. The sums of two panels hide each other's latency.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyRow(float* hidden, int step, float* panels, int units, float* gates)
    {
        for (var part = 0; part < LstmLayout.Columns; part += 2 * TRow.Columns)
        {
            float* left = panels + (long)part * units, right = left + (long)TRow.Columns * units, state = hidden;
            TRow low = default, high = default;
            for (var unit = 0; unit < units; unit++)
            {
                low.AddScaled(*state, TRow.Load(left));
                high.AddScaled(*state, TRow.Load(right));
                state += step;
                left += TRow.Columns;
                right += TRow.Columns;
            }

            low.Store(gates + part, true);
            high.Store(gates + part + TRow.Columns, true);
        }
    }

    // Turns sums into activations in place, and computes the cell and hidden state of 16 units.
    private void Gates(
        (int Row, int Count, int Height, int Padded) tile, int block, int step, float* gates, float* cells, float* output)
    {
        var (time, steps) = (sizes.Time(step), sizes.Steps);
        var before = step == 0 ? 0 : sizes.Time(step - 1);
        for (var n = tile.Row; n < tile.Row + tile.Count; n++)
        {
            var at = gates + ((long)n * steps + time) * 4 * _padded + block * LstmLayout.Columns;
            var i = VectorMath.Sigmoid(Vector512.Load(at));
            var f = VectorMath.Sigmoid(Vector512.Load(at + 16));
            var g = VectorMath.Tanh(Vector512.Load(at + 32));
            var o = VectorMath.Sigmoid(Vector512.Load(at + 48));
            var previous = step == 0
                ? default : Vector512.Load(cells + ((long)n * steps + before) * _padded + block * LstmLayout.Block);
            var c = Tiny.Flush(Vector512.FusedMultiplyAdd(f, previous, i * g));
            var h = Tiny.Flush(o * VectorMath.Tanh(c));
            i.Store(at);
            f.Store(at + 16);
            g.Store(at + 32);
            o.Store(at + 48);
            c.Store(cells + ((long)n * steps + time) * _padded + block * LstmLayout.Block);
            var target = output + ((long)n * steps + time) * sizes.Units + block * LstmLayout.Block;
            var real = sizes.Units - block * LstmLayout.Block;
            if (real >= LstmLayout.Block) h.Store(target);
            else for (var lane = 0; lane < real; lane++) target[lane] = h.GetElement(lane);
        }
    }
}
