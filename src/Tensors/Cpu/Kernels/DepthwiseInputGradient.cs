using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The input gradient of a depthwise convolution: input positions whose padded row and column are congruent modulo the strides
/// are a phase and gather from the output's gradient with the same taps, mirrored. All phases read one window. Each is computed
/// by itself, and those of a row are then interleaved. gradInput is overwritten; tasks are blocks of planes.
/// </summary>
internal static unsafe class DepthwiseInputGradient
{
    /// <summary>gradInput from gradOutput.</summary>
    public static void Run(Conv2dGeometry g, float* gradOutput, float* weight, float* gradInput)
    {
        if (DepthwiseSquare.OfGradient(g) is { } square)
        {
            Run(g, square, gradOutput, weight, gradInput);
            return;
        }

        var phases = Phases(g);
        if (Array.TrueForAll(phases, p => p.Taps.Taps.Length == 0))
        {
            new Span<float>(gradInput, g.Batch * g.Channels * g.Height * g.Width).Clear();
            return;
        }

        var window = Window(g, phases);
        var blocks = window.Blocks;
        var (plane, gradients) = (g.Height * g.Width, g.GroupFilters * g.OutputHeight * g.OutputWidth);
        var kernel = g.GroupFilters * g.KernelHeight * g.KernelWidth;
        var isWhole = g.Options is { StrideHeight: 1, StrideWidth: 1 };
        RowParallel.For(g.Batch * g.Channels * blocks, Depthwise.Grain(window.Cost), (from, to) =>
        {
            var scratch = Depthwise.Reserve(window.ScratchSize + (isWhole ? 0 : Side(g, window)));
            for (var i = from; i < to; i++)
            {
                var (index, block) = (i / blocks, i % blocks);
                float* weights = weight + (long)(index % g.Channels) * kernel, target = gradInput + (long)index * plane;
                window.Pack(gradOutput + (long)index * gradients, block, scratch, isPadded: blocks == 1 && i > from);
                if (!isWhole)
                {
                    RunPhases(g, window, phases, block, scratch, weights, target);
                    continue;
                }

                var (row, _, column, _) = window.Block(block);
                window.Run(0, block, scratch, weights, 0, false, target + (long)row * g.Width + column, g.Width);
            }
        });
    }

    // Stride 1: a convolution of the output's gradient with the mirrored kernel.
    private static void Run(in Conv2dGeometry g, DepthwiseSquare square, float* gradOutput, float* weight, float* gradInput)
    {
        var (blocks, plane, positions) = (square.Blocks, g.Height * g.Width, g.OutputHeight * g.OutputWidth);
        var (channels, kernel) = (g.Channels, g.KernelHeight * g.KernelWidth);
        RowParallel.For(g.Batch * channels * blocks, Depthwise.Grain(square.Cost), (from, to) =>
        {
            var mirrored = Depthwise.Reserve(square.Zeros + kernel);
            var zeros = mirrored + kernel;
            new Span<float>(zeros, square.Zeros).Clear();
            for (var i = from; i < to; i++)
            {
                var (index, block) = (i / blocks, i % blocks);
                new Span<float>(weight + (long)(index % channels) * kernel, kernel).CopyTo(new Span<float>(mirrored, kernel));
                new Span<float>(mirrored, kernel).Reverse();
                var target = gradInput + (long)index * plane;
                square.Run(block, gradOutput + (long)index * positions, mirrored, 0, false, target, zeros);
            }
        });
    }

    // Computes the phases of a row side by side in the scratch memory behind the window, and interleaves them.
    private static void RunPhases(
        in Conv2dGeometry g, DepthwiseWindow window, Phase[] phases, int block, float* scratch, float* weight, float* plane)
    {
        var (firstRow, rows, firstColumn, columns) = window.Block(block);
        var values = scratch + window.ScratchSize;
        var across = Conv2d.Phases(g.Options.StrideWidth, g.Options.PadLeft, g.Width);
        var size = rows * columns;
        for (var first = 0; first < phases.Length; first += across)
        {
            for (var i = 0; i < across; i++)
            {
                var to = values + (long)i * size;
                if (phases[first + i].Taps.Taps.Length == 0) new Span<float>(to, size).Clear();
                else window.Run(first + i, block, scratch, weight, 0, false, to, columns);
            }

            var here = phases[first];
            for (var row = 0; row < Math.Min(rows, here.Rows - firstRow); row++)
            {
                var target = plane + ((long)here.Row + (long)(firstRow + row) * g.Options.StrideHeight) * g.Width;
                Interleave(g, phases.AsSpan(first, across), values + row * columns, size, firstColumn, columns, target);
            }
        }
    }

    private static void Interleave(
        in Conv2dGeometry g, ReadOnlySpan<Phase> phases, float* values, int size, int firstColumn, int columns, float* row)
    {
        var stride = g.Options.StrideWidth;
        var done = 0;
        if (stride == 2 && phases.Length == 2)
        {
            var isSwapped = phases[0].Column == 1;
            float* even = isSwapped ? values + size : values, odd = isSwapped ? values : values + size;
            var to = row + 2 * firstColumn;
            var pairs = Math.Min(columns, g.Width / 2 - firstColumn);
            for (; done < pairs && pairs >= 16; done += 16)
            {
                var i = Math.Min(done, pairs - 16);
                PoolRows.StorePairs(Vector512.Load(even + i), Vector512.Load(odd + i), to + 2 * i);
            }

            done = Math.Min(done, pairs);
        }

        for (var i = 0; i < phases.Length; i++)
        {
            float* from = values + (long)i * size, to = row + phases[i].Column + (long)firstColumn * stride;
            for (var column = done; column < Math.Min(columns, phases[i].Columns - firstColumn); column++)
                to[(long)column * stride] = from[column];
        }
    }

    private static long Side(in Conv2dGeometry g, DepthwiseWindow window) =>
        (long)window.Lines.Rows * window.Lines.Pitch * Conv2d.Phases(g.Options.StrideWidth, g.Options.PadLeft, g.Width);

    private static Phase[] Phases(Conv2dGeometry g)
    {
        var o = g.Options;
        var phases = new List<Phase>();
        for (var row = 0; row < Conv2d.Phases(o.StrideHeight, o.PadTop, g.Height); row++)
        {
            for (var column = 0; column < Conv2d.Phases(o.StrideWidth, o.PadLeft, g.Width); column++)
            {
                var taps = Conv2d.Taps(g, row, column, out var kernel);
                for (var i = 0; i < taps.Length; i++) kernel[i] += taps[i].Channel * g.KernelHeight * g.KernelWidth;
                var (firstRow, rows) = Conv2d.Positions(o.PadTop, row, o.StrideHeight, g.Height);
                var (firstColumn, columns) = Conv2d.Positions(o.PadLeft, column, o.StrideWidth, g.Width);

                // Position (i, j) of the phase reads row firstRow + i - tap.Row of the gradient.
                var places = Array.ConvertAll(taps, t => new ConvTap(t.Channel, firstRow - t.Row, firstColumn - t.Column));
                phases.Add(new Phase(new DepthwiseTaps(places, kernel), firstRow * o.StrideHeight + row - o.PadTop, rows,
                    firstColumn * o.StrideWidth + column - o.PadLeft, columns));
            }
        }

        return [.. phases];
    }

    // One window for all phases: taps count from the first row and column that any of them reads.
    private static DepthwiseWindow Window(in Conv2dGeometry g, Phase[] phases)
    {
        var top = phases.Min(p => p.Taps.Taps.Length == 0 ? int.MaxValue : p.Taps.Taps.Min(t => t.Row));
        var left = phases.Min(p => p.Taps.Taps.Length == 0 ? int.MaxValue : p.Taps.Taps.Min(t => t.Column));
        return new DepthwiseWindow((g.GroupFilters, g.OutputHeight, g.OutputWidth), (1, 1), (-top, -left),
            Array.ConvertAll(phases, p => p.Taps with
            {
                Taps = Array.ConvertAll(p.Taps.Taps, t => t with { Row = t.Row - top, Column = t.Column - left })
            }),
            (phases.Max(p => p.Rows), phases.Max(p => p.Columns)));
    }

    // The phase's taps, its first input row and how many there are, and its columns likewise.
    private sealed record Phase(DepthwiseTaps Taps, int Row, int Rows, int Column, int Columns);
}
