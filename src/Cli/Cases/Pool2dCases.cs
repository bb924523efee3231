using Engine.Tensors;

namespace Engine.Cli.Cases;

/// <summary>
/// Maxima and means of windows, and their gradients: windows that are disjoint, overlapping, padded, along a line, or too large
/// for a byte.
/// </summary>
internal static class Pool2dCases
{
    private static readonly (int[] Input, Pool2dOptions Options)[] s_cases =
    [
        ([2, 3, 9, 11], Pool2dOptions.Square(2)), ([3, 5, 40, 66], Pool2dOptions.Square(2)),
        ([2, 3, 14, 17], Pool2dOptions.Square(3, stride: 2, padding: 1)),
        ([2, 2, 9, 10], Pool2dOptions.Square(3, stride: 1)),
        ([2, 2, 11, 30], new(2, 5) { StrideHeight = 3, StrideWidth = 2, PadHeight = 1, PadWidth = 2 }),
        ([2, 4, 1, 1003], Pool2dOptions.Line(4)), ([1, 3, 1, 500], Pool2dOptions.Line(8, stride: 3, padding: 4)),
        ([1, 2, 20, 21], new(20, 21)),
        ([64, 40, 2, 2], Pool2dOptions.Square(2)),
    ];

    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. s_cases.SelectMany(c => Of(c.Input, c.Options)), .. Of([2, 3, 10, 21], Pool2dOptions.Square(2))
            .Select(c => c with { Shifted = true }),
        // Equal values, as after a ReLU: the first wins.
        Maximum("MaxPool2dGradient", "[2, 3, 9, 11] ties", [2, 3, 9, 11], Pool2dOptions.Square(3, stride: 2),
            v => v < 0.5f ? 0 : 1),
        Maximum("MaxPool2d", "[2, 3, 9, 11] with NaN", [2, 3, 9, 11], Pool2dOptions.Square(3, stride: 2),
            v => v > 0.9f ? float.NaN : v),
    ];

    private static OperationCase[] Of(int[] sizes, Pool2dOptions options)
    {
        var g = new Pool2dGeometry(new Shape(sizes), options, "selftest");
        var text = $"[{string.Join(", ", sizes)}] by {g.KernelHeight}×{g.KernelWidth}, stride {g.StrideHeight}, "
            + $"{g.StrideWidth}, padding {g.PadHeight}, {g.PadWidth}";
        return
        [
            Maximum("MaxPool2d", text, sizes, options, v => v), Maximum("MaxPool2dGradient", text, sizes, options, v => v),
            new("AveragePool2d", text, p => Average(p, g, sizes)),
            new("AveragePool2dGradient", text, p => AverageGradient(p, g, sizes)),
        ];
    }

    /// <summary>The case to time.</summary>
    public static IEnumerable<OperationCase> Timed { get; } =
        [Maximum("MaxPool2d", "2×2 of [16, 16, 256, 256]", [16, 16, 256, 256], Pool2dOptions.Square(2), v => v)];

    private static OperationCase Maximum(
        string operation, string text, int[] sizes, Pool2dOptions options, Func<float, float> map) => new(operation, text, p =>
    {
        var g = new Pool2dGeometry(new Shape(sizes), options, "selftest");
        float[] x = Array.ConvertAll(p.Draw(g.Planes * g.Height * g.Width), v => map(v)), gradient = p.Draw(g.OutputShape.Count);
        Tensor input = p.Input(x, sizes), result = p.Result(g.OutputShape.Sizes),
        places = p.IndexResult(p.Backend.MaxPool2dPlaces(g).Sizes);
        if (!p.Run(() => p.Backend.MaxPool2d(g, input, result, places))) return;
        var winners = Winners(Probe.Wide(x), g);
        var values = Array.ConvertAll(winners, i => x[i]);
        p.ExpectExactly("maxima", result, values);
        if (operation == "MaxPool2d")
        {
            var alone = p.Result(g.OutputShape.Sizes);
            p.Backend.MaxPool2d(g, input, alone, null);
            p.ExpectExactly("maxima without places", alone, values);
            return;
        }

        var (sums, magnitudes) = (new double[x.Length], new double[x.Length]);
        for (var i = 0; i < winners.Length; i++)
        {
            sums[winners[i]] += gradient[i];
            magnitudes[winners[i]] += Math.Abs(gradient[i]);
        }

        var gradInput = p.Result(sizes);
        p.Backend.MaxPool2dGradient(g, places, p.Input(gradient, g.OutputShape.Sizes), gradInput);
        p.ExpectSums("gradInput", gradInput, (sums, magnitudes), g.KernelHeight * g.KernelWidth);
    })
        {
            Bytes = 4.0 * new Shape(sizes).Count
        + 5.0 * new Pool2dGeometry(new Shape(sizes), options, "selftest").OutputShape.Count
        };

    /// <summary>The maximum of each window, or its mean with padding as zeros, in double.</summary>
    public static double[] Reference(double[] x, Pool2dGeometry g, bool maximum)
    {
        if (maximum) return Array.ConvertAll(Winners(x, g), i => x[i]);
        var means = new double[g.OutputShape.Count];
        ForEachPlace(g, (input, output) => means[output] += x[input] / (g.KernelHeight * g.KernelWidth));
        return means;
    }

    // The first place of each window's maximum; NaN counts as the maximum.
    private static int[] Winners(double[] x, Pool2dGeometry g)
    {
        var winners = new int[g.OutputShape.Count];
        Array.Fill(winners, -1);
        ForEachPlace(g, (input, output) =>
        {
            ref var best = ref winners[output];
            if (best < 0 || x[input] > x[best] || (double.IsNaN(x[input]) && !double.IsNaN(x[best]))) best = input;
        });
        return winners;
    }

    private static void Average(Probe p, Pool2dGeometry g, int[] sizes)
    {
        var x = p.Draw(g.Planes * g.Height * g.Width);
        var result = p.Result(g.OutputShape.Sizes);
        p.Backend.AveragePool2d(g, p.Input(x, sizes), result);
        var sums = (Reference(Probe.Wide(x), g, false), Reference(Probe.Magnitudes(x), g, false));
        p.ExpectSums("means", result, sums, g.KernelHeight * g.KernelWidth);
    }

    private static void AverageGradient(Probe p, Pool2dGeometry g, int[] sizes)
    {
        var gradient = p.Draw(g.OutputShape.Count);
        var (values, magnitudes) = (new double[g.Planes * g.Height * g.Width], new double[g.Planes * g.Height * g.Width]);
        var window = g.KernelHeight * g.KernelWidth;
        ForEachPlace(g, (input, output) =>
        {
            values[input] += (double)gradient[output] / window;
            magnitudes[input] += Math.Abs((double)gradient[output]) / window;
        });
        var result = p.Result(sizes);
        p.Backend.AveragePool2dGradient(g, p.Input(gradient, g.OutputShape.Sizes), result);
        p.ExpectSums("gradInput", result, (values, magnitudes), window);
    }

    // Visits every place of every window that is not padding, windows and places in order.
    private static void ForEachPlace(Pool2dGeometry g, Action<int, int> place)
    {
        for (var output = 0; output < g.OutputShape.Count; output++)
        {
            var (column, row, plane) =
                (output % g.OutputWidth, output / g.OutputWidth % g.OutputHeight, output / g.OutputWidth / g.OutputHeight);
            for (var at = 0; at < g.KernelHeight * g.KernelWidth; at++)
            {
                var (i, j) = (row * g.StrideHeight + at / g.KernelWidth - g.PadHeight,
                    column * g.StrideWidth + at % g.KernelWidth - g.PadWidth);
                if (i >= 0 && i < g.Height && j >= 0 && j < g.Width) place((plane * g.Height + i) * g.Width + j, output);
            }
        }
    }
}
