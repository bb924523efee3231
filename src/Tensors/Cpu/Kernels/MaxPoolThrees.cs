using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Maximum pooling of windows three columns wide and two apart, where nobody asks for the places: sixteen windows at a time,
/// rows first, and nothing but the result goes through memory. <see cref="MaxPool2d{TPlace}"/>, which sorts a row's columns into
/// lines, waits for its own stores. Work is split by rows of output. Results are overwritten.
/// </summary>
internal static unsafe class MaxPoolThrees
{
    private const int Lanes = 16;

    /// <summary>Whether a pooling is of this kind, and has enough windows in a row.</summary>
    public static bool Serves(in Pool2dGeometry g) =>
        (g.KernelWidth, g.StrideWidth, g.PadWidth) == (3, 2, 0) && g.OutputWidth >= Lanes;

    /// <summary>The maximum of each window; NaN wins.</summary>
    public static void Forward(Pool2dGeometry g, float* input, float* output) => PoolRows.ForRows(g, (from, to) =>
    {
        for (var row = from; row < to; row++)
        {
            var (top, bottom) = PoolRows.Window(row % g.OutputHeight, g.StrideHeight, g.PadHeight, g.KernelHeight, g.Height);
            var source = input + ((long)(row / g.OutputHeight) * g.Height + top) * g.Width;
            Row(source, g.Width, bottom - top, g.OutputWidth, output + (long)row * g.OutputWidth);
        }
    });

    // The last sixteen windows end with the row. They do not read beyond the last one's third column.
    private static void Row(float* source, int width, int rows, int outputs, float* output)
    {
        for (var i = 0; i < outputs; i += Lanes)
        {
            var column = Math.Min(i, outputs - Lanes);
            var line = source + 2 * column;
            Vector512<float> low = Vector512.Load(line), high = Vector512.Load(line + Lanes);
            Vector512<float> nextLow = Vector512.Load(line + 1), nextHigh = Vector512.Load(line + Lanes + 1);
            for (var y = 1; y < rows; y++)
            {
                line += width;
                low = ConvPool.Larger(low, Vector512.Load(line));
                high = ConvPool.Larger(high, Vector512.Load(line + Lanes));
                nextLow = ConvPool.Larger(nextLow, Vector512.Load(line + 1));
                nextHigh = ConvPool.Larger(nextHigh, Vector512.Load(line + Lanes + 1));
            }

            var best = ConvPool.Larger(PoolRows.Even(low, high), PoolRows.Odd(low, high));
            ConvPool.Larger(best, PoolRows.Odd(nextLow, nextHigh)).Store(output + column);
        }
    }
}
