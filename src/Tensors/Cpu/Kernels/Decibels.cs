namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Decibels of rows [rows, n]: factor·ln(max(minimum, x)) - offset, raised to at least the row's maximum minus the range. Work is
/// split by rows. The maximum is taken before the logarithm, which is monotonic.
/// </summary>
internal static unsafe class Decibels
{
    private const int Grain = 4 * 1024;

    public static void Run(DecibelOptions options, float* x, int rows, int n, int* counts, float* result)
    {
        RowParallel.For(rows, Math.Max(1, Grain / n), (from, to) =>
        {
            for (var row = from; row < to; row++)
            {
                float* source = x + (long)row * n, target = result + (long)row * n;
                var counted = counts is null ? n : Math.Clamp(counts[row], 0, n);
                var peak = options.NeedsPeak ? Peak(source, counted, options.Amplitude) : 0;
                var offset = options.Reference is null
                    ? options.Factor * Math.Log(Math.Max(options.Floor, peak)) : options.Offset;
                var lowest = options.TopDecibels is { } range
                    ? (float)(options.Factor * Math.Log(Math.Max(options.Floor, peak)) - offset) - range : float.NegativeInfinity;
                for (var i = 0; i < n; i++)
                {
                    var value = (float)Level(options, source[i], offset);
                    // A comparison with NaN is false: a NaN value is kept, and a NaN limit limits nothing.
                    target[i] = value < lowest ? lowest : value;
                }
            }
        });
    }

    // The largest value, ignoring NaN.
    private static float Peak(float* x, int n, bool amplitude)
    {
        var peak = float.NegativeInfinity;
        for (var i = 0; i < n; i++)
        {
            var value = amplitude ? Math.Abs(x[i]) : x[i];
            if (value > peak) peak = value;
        }

        return peak;
    }

    private static double Level(in DecibelOptions options, float x, double offset) =>
        options.Factor * Math.Log(Math.Max(options.Floor, options.Amplitude ? Math.Abs(x) : x)) - offset;
}
