using Engine.Tensors;

namespace Engine.Cli.Cases;

/// <summary>Spectrograms of every kind of transform size, padding and values, and decibels.</summary>
internal static class SpectralCases
{
    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. new[] { 1, 2, 15, 16, 22, 60, 97, 256, 441, 512, 1000, 1009, 2048, 2205, 4099, 16384 }.Select(size =>
            Spectrogram(2, size + size / 2 + 3, size - size / 5,
                new() { FftSize = size, Hop = size / 3 + 1, Values = SpectrogramValues.Complex })),
        .. Enum.GetValues<SpectrogramValues>().SelectMany(values => new[]
        {
            Spectrogram(3, 1203, 320, new() { FftSize = 512, Hop = 100, Values = values }),
            Spectrogram(3, 1203, 512,
                new() { FftSize = 512, Hop = 100, Values = values, Reflect = true }) with { Shifted = true },
            Spectrogram(2, 703, 100, new() { FftSize = 100, Hop = 70, Values = values, Center = false }),
        }),
        Spectrogram(40, 3000, 256, new() { FftSize = 256, Hop = 128 }),
        .. new[] { (1, 1), (3, 70), (2, 8193), (3, 100_003) }.SelectMany(s => new[]
        {
            Decibels(s.Item1, s.Item2, new(), false),
            Decibels(s.Item1, s.Item2, new() { Reference = null, Amplitude = true }, true),
            Decibels(s.Item1, s.Item2, new() { Reference = 0.25f, TopDecibels = null }, false),
            Decibels(s.Item1, s.Item2, new() { TopDecibels = 25 }, true),
        }),
        Decibels(3, 77, new(), true) with { Shifted = true },
    ];

    /// <summary>The case to time.</summary>
    public static IEnumerable<OperationCase> Timed { get; } = [Spectrogram(16, 661_794, 2048, new())];

    private static OperationCase Spectrogram(int signals, int samples, int windowLength, SpectrogramOptions o) => new(
        "Spectrogram",
        $"{o.Values} of {o.FftSize}{(o.Center ? "" : " not centred")}{(o.Reflect ? " reflected" : "")}, window "
            + $"{windowLength}, hop {o.Hop}, of [{signals}, {samples}]",
        p =>
        {
            float[] x = p.Draw(signals * samples), window = p.Draw(windowLength);
            var g = new SpectrogramGeometry(new Shape(signals, samples), new Shape(windowLength), o, "selftest");
            Tensor input = p.Input(x, signals, samples), taper = p.Input(window, windowLength), result = p.Result(g.Output.Sizes);
            if (!p.Run(() => p.Backend.Spectrogram(g, input, taper, result))) return;
            var (expected, budget) = Reference(g, x, window);
            p.Expect("result", result, expected, i => budget[i]);
        })
    {
        Bytes = 4.0 * (signals * samples
            + new SpectrogramGeometry(new(signals, samples), new(windowLength), o, "selftest").Output.Count),
    };

    // The plain sums; the error allowed each is u·log₂n of the frame's norm, and three times that for a convolution.
    private static (double[] Values, double[] Budget) Reference(in SpectrogramGeometry g, float[] x, float[] window)
    {
        var (n, width) = (g.Options.FftSize, g.Options.Values == SpectrogramValues.Complex ? 2 : 1);
        var (values, budget) = (new double[g.Output.Count], new double[g.Output.Count]);
        var (cos, sin) = (new double[n], new double[n]);
        for (var i = 0; i < n; i++) (sin[i], cos[i]) = Math.SinCos(2 * Math.PI * i / n);
        var frame = new double[n];
        for (var row = 0; row < g.Signals * g.Frames; row++)
        {
            Array.Clear(frame);
            double length = 0;
            for (var i = 0; i < g.WindowLength; i++)
            {
                var at = row % g.Frames * g.Options.Hop + g.WindowStart + i - g.Lead;
                if (g.Reflects) at = at < 0 ? -at : at >= g.Samples ? 2 * (g.Samples - 1) - at : at;
                var value = at < 0 || at >= g.Samples ? 0 : (double)x[row / g.Frames * g.Samples + at] * window[i];
                frame[g.WindowStart + i] = value;
                length += value * value;
            }

            var error = 4 * Probe.U * (Math.Log2(n) + 1) * (IsSmooth(n) ? 1 : 3) * Math.Sqrt(length);
            for (var bin = 0; bin < g.Bins; bin++)
            {
                double re = 0, im = 0;
                for (int i = 0, turn = 0; i < n; i++, turn = turn + bin >= n ? turn + bin - n : turn + bin)
                {
                    re += frame[i] * cos[turn];
                    im -= frame[i] * sin[turn];
                }

                var (size, to) = (Math.Sqrt(re * re + im * im), (row * g.Bins + bin) * width);
                (values[to], budget[to]) = g.Options.Values switch
                {
                    SpectrogramValues.Power => (size * size, 2 * size * error + error * error),
                    SpectrogramValues.Magnitude => (size, error),
                    _ => (re, error),
                };
                if (width == 2) (values[to + 1], budget[to + 1]) = (im, error);
            }
        }

        return (values, budget);
    }

    private static bool IsSmooth(int n)
    {
        foreach (var factor in new[] { 2, 3, 5, 7 })
        {
            while (n % factor == 0) n /= factor;
        }

        return n == 1;
    }

    private static OperationCase Decibels(int rows, int n, DecibelOptions o, bool counted) => new(
        "Decibels",
        $"[{rows}, {n}]{(o.Amplitude ? " of amplitudes" : "")}{(counted ? " counted" : "")}, reference "
            + $"{(o.Reference is { } r ? $"{r}" : "maximum")}, range {(o.TopDecibels is { } t ? $"{t}" : "all")}, with NaN",
        p =>
        {
            var x = Array.ConvertAll(p.Draw(rows * n, -8, 3), v => MathF.Pow(10, v));
            if (n > 1) x[x.Length / 3] = float.NaN;
            int[] counts = [.. Enumerable.Range(0, rows).Select(i => counted ? n / (i + 2) + 1 : n)];
            var expected = new double[x.Length];
            for (var row = 0; row < rows; row++)
            {
                var values = x.AsSpan(row * n, n);
                var peak = double.NegativeInfinity;
                foreach (var value in values[..counts[row]]) peak = float.IsNaN(value) ? peak : Math.Max(peak, value);
                var reference = Of(Math.Abs(o.Reference ?? Math.Max(0, peak)));
                var lowest = o.TopDecibels is { } range ? Of(peak) - reference - range : double.NegativeInfinity;
                for (var i = 0; i < n; i++)
                    expected[row * n + i] = float.IsNaN(values[i]) ? double.NaN : Math.Max(Of(values[i]) - reference, lowest);
            }

            var result = p.Result(rows, n);
            p.Backend.Decibels(o, p.Input(x, rows, n), counted ? p.Indices(counts, rows) : null, result);
            // A few units in the last place of the operands of the subtraction, which are below 256 dB.
            p.Expect("decibels", result, expected, _ => 8 * 256 * Probe.U);

            double Of(double value) => o.Factor * Math.Log(Math.Max(o.Floor, value));
        });
}
