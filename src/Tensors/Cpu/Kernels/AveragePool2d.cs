using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Average pooling of planes [H, W]; padding counts as zeros. A window's rows are added first, in vectors along the contiguous
/// columns, and its columns second. Work is split by rows of output, in the gradient by planes. Results are overwritten.
/// </summary>
internal static unsafe class AveragePool2d
{
    private const int Width = 16;

    [ThreadStatic]
    private static AlignedBuffer? s_row;

    /// <summary>The mean of each window.</summary>
    public static void Forward(Pool2dGeometry g, float* input, float* output)
    {
        var scale = 1f / (g.KernelHeight * g.KernelWidth);
        var pairs = PoolRows.IsPairs(g);
        PoolRows.ForRows(g, (plane, row) =>
        {
            var source = input + (long)plane * g.Height * g.Width;
            var target = output + ((long)plane * g.OutputHeight + row) * g.OutputWidth;
            var column = pairs ? Pairs(source + 2L * row * g.Width, g.Width, g.OutputWidth, target) : 0;
            if (column == g.OutputWidth) return;
            var (top, bottom) = PoolRows.Window(row, g.StrideHeight, g.PadHeight, g.KernelHeight, g.Height);
            var sums = (s_row ??= new AlignedBuffer()).Reserve(g.Width);
            new Span<float>(source + (long)top * g.Width, g.Width).CopyTo(new Span<float>(sums, g.Width));
            for (var y = top + 1; y < bottom; y++) AddRow(source + (long)y * g.Width, sums, g.Width);
            for (; column < g.OutputWidth; column++)
            {
                var (left, right) = PoolRows.Window(column, g.StrideWidth, g.PadWidth, g.KernelWidth, g.Width);
                var sum = 0f;
                for (var i = left; i < right; i++) sum += sums[i];
                target[column] = sum * scale;
            }
        });
    }

    /// <summary>Adds each gradient, divided by the window's size, to the whole window.</summary>
    public static void Gradient(Pool2dGeometry g, float* gradOutput, float* gradInput)
    {
        var scale = 1f / (g.KernelHeight * g.KernelWidth);
        var pairs = PoolRows.IsPairs(g);
        PoolRows.ForPlanes(g, plane =>
        {
            var line = (s_row ??= new AlignedBuffer()).Reserve(g.Width);
            var target = gradInput + (long)plane * g.Height * g.Width;
            new Span<float>(target, g.Height * g.Width).Clear();
            for (var row = 0; row < g.OutputHeight; row++)
            {
                var source = gradOutput + ((long)plane * g.OutputHeight + row) * g.OutputWidth;
                new Span<float>(line, g.Width).Clear();
                var column = pairs ? PairGradients(source, g.OutputWidth, line) : 0;
                for (; column < g.OutputWidth; column++)
                {
                    var (left, right) = PoolRows.Window(column, g.StrideWidth, g.PadWidth, g.KernelWidth, g.Width);
                    for (var i = left; i < right; i++) line[i] += source[column] * scale;
                }

                var (top, bottom) = PoolRows.Window(row, g.StrideHeight, g.PadHeight, g.KernelHeight, g.Height);
                for (var y = top; y < bottom; y++) AddRow(line, target + (long)y * g.Width, g.Width);
            }
        });
    }

    private static int Pairs(float* source, int width, int outputs, float* output)
    {
        var column = 0;
        for (; column <= outputs - Width; column += Width)
        {
            float* upper = source + 2 * column, lower = upper + width;
            var (low, high) = (Vector512.Load(upper) + Vector512.Load(lower),
                Vector512.Load(upper + Width) + Vector512.Load(lower + Width));
            ((PoolRows.Even(low, high) + PoolRows.Odd(low, high)) * 0.25f).Store(output + column);
        }

        return column;
    }

    private static int PairGradients(float* gradient, int outputs, float* line)
    {
        var column = 0;
        for (; column <= outputs - Width; column += Width)
        {
            var share = Vector512.Load(gradient + column) * 0.25f;
            PoolRows.StorePairs(share, share, line + 2 * column);
        }

        return column;
    }

    private static void AddRow(float* source, float* target, int count)
    {
        var i = 0;
        for (; i <= count - Width; i += Width) (Vector512.Load(target + i) + Vector512.Load(source + i)).Store(target + i);
        for (; i < count; i++) target[i] += source[i];
    }
}
