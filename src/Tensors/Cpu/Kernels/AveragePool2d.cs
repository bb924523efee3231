using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Average pooling of planes [H, W]; padding counts as zeros. A window's rows are added first and its columns second, both in
/// vectors. Work is split by rows of output, in the gradient by planes. Results are overwritten.
/// </summary>
internal static unsafe class AveragePool2d
{
    private const int Width = 16;

    [ThreadStatic]
    private static AlignedBuffer? s_lines;

    /// <summary>The mean of each window.</summary>
    public static void Forward(Pool2dGeometry g, float* input, float* output)
    {
        var pairs = PoolRows.IsPairs(g) && g.OutputWidth >= Width;
        var columns = new PoolColumns(g);
        PoolRows.ForRows(g, (from, to) =>
        {
            var line = (s_lines ??= new AlignedBuffer()).Reserve(3L * columns.Length + columns.Outputs);
            columns.Fill(line, 0);
            for (var row = from; row < to; row++)
            {
                var source = input + (long)(row / g.OutputHeight) * g.Height * g.Width;
                var target = output + (long)row * g.OutputWidth;
                if (pairs) Pairs(source + row % g.OutputHeight * 2L * g.Width, g.Width, g.OutputWidth, target);
                else Row(g, columns, source, row % g.OutputHeight, line, target);
            }
        });
    }

    /// <summary>Adds each gradient, divided by the window's size, to the whole window.</summary>
    public static void Gradient(Pool2dGeometry g, float* gradOutput, float* gradInput)
    {
        var pairs = PoolRows.IsPairs(g) && g.OutputWidth >= Width;
        var columns = new PoolColumns(g);
        PoolRows.ForPlanes(g, plane =>
        {
            var shares = (s_lines ??= new AlignedBuffer()).Reserve(columns.Outputs + 3L * columns.Length + g.Width);
            var line = shares + columns.Outputs + 3L * columns.Length;
            new Span<float>(line, g.Width).Clear();
            new Span<float>(shares, columns.Outputs).Clear();
            var target = gradInput + (long)plane * g.Height * g.Width;
            new Span<float>(target, g.Height * g.Width).Clear();
            for (var row = 0; row < g.OutputHeight; row++)
            {
                var source = gradOutput + ((long)plane * g.OutputHeight + row) * g.OutputWidth;
                if (pairs) PairGradients(source, g.OutputWidth, line);
                else RowGradients(g, columns, source, shares, line);
                var (top, bottom) = PoolRows.Window(row, g.StrideHeight, g.PadHeight, g.KernelHeight, g.Height);
                for (var y = top; y < bottom; y++) AddRow(line, target + (long)y * g.Width, g.Width);
            }
        });
    }

    private static void Row(in Pool2dGeometry g, PoolColumns columns, float* source, int row, float* line, float* output)
    {
        var (top, bottom) = PoolRows.Window(row, g.StrideHeight, g.PadHeight, g.KernelHeight, g.Height);
        columns.Copy(source + (long)top * g.Width, line);
        for (var y = top + 1; y < bottom; y++) AddRow(source + (long)y * g.Width, columns.Inside(line), columns.Copied);
        var split = columns.Split(line, line + columns.Length, line + 2L * columns.Length);
        var means = line + 3L * columns.Length;
        var scale = 1f / (g.KernelHeight * g.KernelWidth);
        ReadOnlySpan<int> offsets = columns.Offsets;
        for (var i = 0; i < columns.Outputs; i += Width)
        {
            var sum = Vector512<float>.Zero;
            for (var j = 0; j < offsets.Length; j++) sum += Vector512.Load(split + offsets[j] + i);
            (sum * scale).Store(means + i);
        }

        new Span<float>(means, g.OutputWidth).CopyTo(new Span<float>(output, g.OutputWidth));
    }

    // Sixteen windows of 2×2 at a time; the last ones end with the row.
    private static void Pairs(float* source, int width, int outputs, float* output)
    {
        for (var i = 0; i < outputs; i += Width)
        {
            var column = Math.Min(i, outputs - Width);
            float* upper = source + 2 * column, lower = upper + width;
            var (low, high) = (Vector512.Load(upper) + Vector512.Load(lower),
                Vector512.Load(upper + Width) + Vector512.Load(lower + Width));
            ((PoolRows.Even(low, high) + PoolRows.Odd(low, high)) * 0.25f).Store(output + column);
        }
    }

    // The sum of the windows' shares in each column of a row, the last column of the windows first: in the order of the windows.
    private static void RowGradients(in Pool2dGeometry g, PoolColumns columns, float* gradient, float* shares, float* line)
    {
        var scale = 1f / (g.KernelHeight * g.KernelWidth);
        new Span<float>(gradient, g.OutputWidth).CopyTo(new Span<float>(shares, g.OutputWidth));
        for (var i = 0; i < columns.Outputs; i += Width) (Vector512.Load(shares + i) * scale).Store(shares + i);
        var sums = shares + columns.Outputs;
        new Span<float>(sums, columns.Length).Clear();
        ReadOnlySpan<int> offsets = columns.Offsets;
        for (var j = offsets.Length - 1; j >= 0; j--) AddRow(shares, sums + offsets[j], columns.Outputs);
        columns.Write(columns.Join(sums, sums + columns.Length, sums + 2L * columns.Length), line);
    }

    private static void PairGradients(float* gradient, int outputs, float* line)
    {
        for (var i = 0; i < outputs; i += Width)
        {
            var column = Math.Min(i, outputs - Width);
            var share = Vector512.Load(gradient + column) * 0.25f;
            PoolRows.StorePairs(share, share, line + 2 * column);
        }
    }

    private static void AddRow(float* source, float* target, int count)
    {
        var i = 0;
        for (; i <= count - Width; i += Width) (Vector512.Load(target + i) + Vector512.Load(source + i)).Store(target + i);
        for (; i < count; i++) target[i] += source[i];
    }
}
