using Engine.Tensors;

namespace Engine.Cli.Cases;

/// <summary>Convolutions and both gradients: strides, dilations, uneven padding, groups, series, and shapes that choose each algorithm.</summary>
internal static class Conv2dCases
{
    // A transform's own sums are longer than those it saves, so that it errs by more than u·Σ|ab| a few times over.
    private const double Most = 64;

    private static readonly (int[] Input, int[] Weight, Conv2dOptions Options)[] s_cases =
    [
        ([1, 1, 1, 1], [1, 1, 1, 1], new()),
        ([2, 3, 9, 11], [5, 3, 3, 3], new()),
        ([3, 5, 9, 11], [7, 5, 3, 3], new() { PadTop = 1, PadBottom = 2, PadLeft = 2, PadRight = 1 }),
        ([2, 4, 13, 17], [6, 4, 3, 5], new() { StrideHeight = 2, StrideWidth = 3, PadTop = 1, PadLeft = 2, DilationHeight = 2, DilationWidth = 3 }),
        ([2, 6, 15, 14], [9, 2, 3, 3], Conv2dOptions.Uniform(stride: 2, padding: 1, groups: 3)),
        ([2, 8, 12, 10], [8, 1, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 8)),
        ([3, 16, 10, 11], [33, 16, 1, 1], new()),
        ([2, 24, 19, 21], [40, 24, 3, 3], Conv2dOptions.Uniform(padding: 1)),
        ([1, 3, 34, 70], [16, 3, 3, 3], new()),
        ([2, 3, 21, 30], [8, 3, 5, 5], Conv2dOptions.Uniform(padding: 2)),
        ([2, 1, 32, 30], [12, 1, 4, 4], new()),
        ([70, 2, 5, 6], [4, 2, 3, 3], Conv2dOptions.Uniform(padding: 1)),
        ([2, 1, 1, 4001], [8, 1, 1, 27], Conv2dOptions.Line(stride: 2)),
        ([2, 8, 1, 700], [16, 8, 1, 52], new()),
        ([1, 16, 1, 500], [20, 16, 1, 97], Conv2dOptions.Line(stride: 2, padding: 5)),
        ([2, 4, 1, 300], [6, 2, 1, 9], Conv2dOptions.Line(padding: 8, dilation: 2, groups: 2)),
    ];

    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. s_cases.SelectMany(c => Of(c.Input, c.Weight, c.Options)),
        .. Of([2, 5, 12, 19], [9, 5, 3, 3], Conv2dOptions.Uniform(padding: 1)).Select(c => c with { Shifted = true }),
        NaN(),
    ];

    private static OperationCase[] Of(int[] x, int[] w, Conv2dOptions options)
    {
        var geometry = new Conv2dGeometry(new Shape(x), new Shape(w), options, "selftest");
        var sizes = Describe(geometry);
        return
        [
            new("Conv2d", sizes, p => Forward(p, geometry, x, w)),
            new("Conv2dInputGradient", sizes, p => InputGradient(p, geometry, x, w)),
            new("Conv2dWeightGradient", sizes, p => WeightGradient(p, geometry, x, w)),
        ];
    }

    private static void Forward(Probe p, Conv2dGeometry g, int[] xSizes, int[] wSizes)
    {
        float[] x = p.Draw(Count(xSizes)), w = p.Draw(Count(wSizes)), bias = p.Draw(g.Filters);
        var (values, magnitudes) = (new double[g.OutputShape.Count], new double[g.OutputShape.Count]);
        ForEachProduct(g, (input, weight, output) =>
        {
            var term = (double)x[input] * w[weight];
            values[output] += term;
            magnitudes[output] += Math.Abs(term);
        });
        Tensor input = p.Input(x, xSizes), kernel = p.Input(w, wSizes), result = p.Result(g.OutputShape.Sizes);
        var (terms, floor) = (g.GroupChannels * g.KernelHeight * g.KernelWidth, magnitudes.Average());
        p.Backend.Conv2d(g, input, kernel, null, false, result);
        p.ExpectSums("output", result, (values, magnitudes), terms, floor, Most);

        for (var i = 0; i < values.Length; i++)
        {
            var b = bias[i / (g.OutputHeight * g.OutputWidth) % g.Filters];
            (values[i], magnitudes[i]) = (Math.Max(0, values[i] + b), magnitudes[i] + Math.Abs(b));
        }

        var activated = p.Result(g.OutputShape.Sizes);
        p.Backend.Conv2d(g, input, kernel, p.Input(bias, g.Filters), true, activated);
        p.ExpectSums("output with bias and relu", activated, (values, magnitudes), terms + 1, floor, Most);
    }

    private static void InputGradient(Probe p, Conv2dGeometry g, int[] xSizes, int[] wSizes)
    {
        float[] w = p.Draw(Count(wSizes)), gradient = p.Draw(g.OutputShape.Count);
        var (values, magnitudes) = (new double[Count(xSizes)], new double[Count(xSizes)]);
        ForEachProduct(g, (input, weight, output) =>
        {
            var term = (double)gradient[output] * w[weight];
            values[input] += term;
            magnitudes[input] += Math.Abs(term);
        });
        var result = p.Result(xSizes);
        p.Backend.Conv2dInputGradient(g, p.Input(gradient, g.OutputShape.Sizes), p.Input(w, wSizes), result);
        p.ExpectSums("gradInput", result, (values, magnitudes), g.GroupFilters * g.KernelHeight * g.KernelWidth, magnitudes.Average(), Most);
    }

    private static void WeightGradient(Probe p, Conv2dGeometry g, int[] xSizes, int[] wSizes)
    {
        float[] x = p.Draw(Count(xSizes)), gradient = p.Draw(g.OutputShape.Count);
        var (values, magnitudes) = (new double[Count(wSizes)], new double[Count(wSizes)]);
        ForEachProduct(g, (input, weight, output) =>
        {
            var term = (double)gradient[output] * x[input];
            values[weight] += term;
            magnitudes[weight] += Math.Abs(term);
        });
        var (sums, sizes) = (new double[g.Filters], new double[g.Filters]);
        for (var i = 0; i < gradient.Length; i++)
        {
            sums[i / (g.OutputHeight * g.OutputWidth) % g.Filters] += gradient[i];
            sizes[i / (g.OutputHeight * g.OutputWidth) % g.Filters] += Math.Abs(gradient[i]);
        }

        var positions = g.Batch * g.OutputHeight * g.OutputWidth;
        // A transform rounds all taps of a kernel alike, so that many are at least the terms.
        var terms = Math.Max(positions, g.KernelHeight * g.KernelWidth);
        Tensor input = p.Input(x, xSizes), output = p.Input(gradient, g.OutputShape.Sizes);
        Tensor gradWeight = p.Result(wSizes), gradBias = p.Result(g.Filters), alone = p.Result(wSizes);
        p.Backend.Conv2dWeightGradient(g, input, output, gradWeight, gradBias);
        p.ExpectSums("gradWeight", gradWeight, (values, magnitudes), terms, magnitudes.Average(), Most);
        p.ExpectSums("gradBias", gradBias, (sums, sizes), positions);
        p.Backend.Conv2dWeightGradient(g, input, output, alone, null);
        p.ExpectSums("gradWeight without bias", alone, (values, magnitudes), terms, magnitudes.Average(), Most);
    }

    // A NaN reaches every output whose window it lies in. How far beyond it spreads is the algorithm's affair.
    private static OperationCase NaN() => new("Conv2d", "[2, 3, 9, 11] with [5, 3, 3, 3] and a NaN, relu", p =>
    {
        var g = new Conv2dGeometry(new Shape(2, 3, 9, 11), new Shape(5, 3, 3, 3), new(), "selftest");
        float[] x = p.Draw(2 * 3 * 9 * 11), w = p.Draw(5 * 3 * 9);
        x[40] = float.NaN;
        var struck = new bool[g.OutputShape.Count];
        ForEachProduct(g, (input, _, output) => struck[output] |= input == 40);
        var result = p.Result(g.OutputShape.Sizes);
        p.Backend.Conv2d(g, p.Input(x, 2, 3, 9, 11), p.Input(w, 5, 3, 3, 3), null, true, result);
        var actual = result.ToArray();
        for (var i = 0; i < struck.Length; i++)
        {
            if (!struck[i]) actual[i] = 0;
        }

        p.Expect("output", actual, [.. struck.Select(s => s ? double.NaN : 0)], _ => 0);
    });

    // Every product of the convolution: the indices of its input, of its weight and of the output it belongs to.
    private static void ForEachProduct(Conv2dGeometry g, Action<int, int, int> product)
    {
        var o = g.Options;
        var output = 0;
        for (var n = 0; n < g.Batch; n++)
        {
            for (var k = 0; k < g.Filters; k++)
            {
                var first = n * g.Channels + k / g.GroupFilters * g.GroupChannels;
                for (var i = 0; i < g.OutputHeight; i++)
                {
                    for (var j = 0; j < g.OutputWidth; j++, output++)
                    {
                        for (var tap = 0; tap < g.GroupChannels * g.KernelHeight * g.KernelWidth; tap++)
                        {
                            var row = i * o.StrideHeight + tap / g.KernelWidth % g.KernelHeight * o.DilationHeight - o.PadTop;
                            var column = j * o.StrideWidth + tap % g.KernelWidth * o.DilationWidth - o.PadLeft;
                            if (row < 0 || row >= g.Height || column < 0 || column >= g.Width) continue;
                            product(((first + tap / g.KernelWidth / g.KernelHeight) * g.Height + row) * g.Width + column, k * g.GroupChannels * g.KernelHeight * g.KernelWidth + tap, output);
                        }
                    }
                }
            }
        }
    }

    private static int Count(int[] sizes) => new Shape(sizes).Count;

    private static string Describe(in Conv2dGeometry g)
    {
        var o = g.Options;
        var text = $"[{g.Batch}, {g.Channels}, {g.Height}, {g.Width}] with [{g.Filters}, {g.GroupChannels}, {g.KernelHeight}, {g.KernelWidth}]";
        if (o.StrideHeight != 1 || o.StrideWidth != 1) text += $" stride {o.StrideHeight}, {o.StrideWidth}";
        if (o.PadTop + o.PadBottom + o.PadLeft + o.PadRight > 0) text += $" padding {o.PadTop}, {o.PadBottom}, {o.PadLeft}, {o.PadRight}";
        if (o.DilationHeight != 1 || o.DilationWidth != 1) text += $" dilation {o.DilationHeight}, {o.DilationWidth}";
        return o.Groups == 1 ? text : $"{text} in {o.Groups} groups";
    }
}
