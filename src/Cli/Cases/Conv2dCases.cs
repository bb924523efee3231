using Engine.Tensors;
using static Engine.Cli.Cases.Probe;

namespace Engine.Cli.Cases;

/// <summary>
/// Convolutions and both gradients: strides, dilations, uneven padding, groups, series, and shapes that choose each algorithm.
/// </summary>
internal static class Conv2dCases
{
    // A transform's own sums are longer than those it saves, so its error exceeds u·Σ|ab| several times over.
    private const double Most = 64;

    private static readonly (int[] Input, int[] Weight, Conv2dOptions Options)[] s_cases =
    [
        ([1, 1, 1, 1], [1, 1, 1, 1], new()),
        ([2, 3, 9, 11], [5, 3, 3, 3], new()),
        ([3, 5, 9, 11], [7, 5, 3, 3], new() { PadTop = 1, PadBottom = 2, PadLeft = 2, PadRight = 1 }),
        ([2, 4, 13, 17], [6, 4, 3, 5],
            new() { StrideHeight = 2, StrideWidth = 3, PadTop = 1, PadLeft = 2, DilationHeight = 2, DilationWidth = 3 }),
        ([2, 6, 15, 14], [9, 2, 3, 3], Conv2dOptions.Uniform(stride: 2, padding: 1, groups: 3)),
        ([2, 8, 12, 10], [8, 1, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 8)),
        ([2, 3, 21, 40], [3, 1, 5, 5], Conv2dOptions.Uniform(stride: 2, padding: 2, groups: 3)),
        ([2, 3, 7, 37], [6, 1, 3, 3], Conv2dOptions.Uniform(padding: 1, groups: 3)),
        ([1, 2, 9, 70], [2, 1, 5, 5], Conv2dOptions.Uniform(padding: 2, groups: 2)),
        ([1, 2, 12, 71], [2, 1, 5, 5], Conv2dOptions.Uniform(stride: 2, groups: 2)),
        ([3, 16, 10, 11], [33, 16, 1, 1], new()),
        ([2, 19, 1, 33], [7, 19, 1, 1], new()),
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

    /// <summary>The cases to time.</summary>
    public static IEnumerable<OperationCase> Timed { get; } =
    [
        .. Named("cs464-conv2d, second layer", [8, 16, 398, 398], [16, 16, 3, 3], new()),
        .. Named("3×3, 128 channels", [8, 128, 56, 56], [128, 128, 3, 3], Conv2dOptions.Uniform(padding: 1)),
        .. Named("cs464-conv1d-raw, second layer", [4, 8, 1, 68_903], [16, 8, 1, 52], new()),
        .. Named("1×1, 384 to 64 channels of 4×32", [8, 384, 4, 32], [64, 384, 1, 1], new()),
        .. Depthwise("3×3 depthwise, 16 channels of 64×500", 16, 64, 500, 3, 1),
        .. Depthwise("5×5 depthwise, stride 2, 272 channels of 8×63", 272, 8, 63, 5, 2),
    ];

    // What limits them is memory, so they count bytes: each number read and written once.
    private static IEnumerable<OperationCase> Depthwise(string name, int channels, int height, int width, int kernel, int stride)
    {
        int[] x = [8, channels, height, width], w = [channels, 1, kernel, kernel];
        var options = Conv2dOptions.Uniform(stride, kernel / 2, groups: channels);
        var geometry = new Conv2dGeometry(new Shape(x), new Shape(w), options, "bench");
        var bytes = sizeof(float) * ((double)Count(x) + geometry.OutputShape.Count);
        return Named(name, x, w, options).Select(c => c with { Flops = 0, Bytes = bytes });
    }

    private static IEnumerable<OperationCase> Named(string name, int[] x, int[] w, Conv2dOptions options) =>
        Of(x, w, options).Select(c => c with { Sizes = name });

    private static OperationCase[] Of(int[] x, int[] w, Conv2dOptions options)
    {
        var geometry = new Conv2dGeometry(new Shape(x), new Shape(w), options, "selftest");
        var sizes = Describe(geometry);
        var flops = 2.0 * geometry.OutputShape.Count * geometry.GroupChannels * geometry.KernelHeight * geometry.KernelWidth;
        return
        [
            new("Conv2d", sizes, p => Forward(p, geometry, x, w)) { Flops = flops },
            new("Conv2dInputGradient", sizes, p => InputGradient(p, geometry, x, w)) { Flops = flops },
            new("Conv2dWeightGradient", sizes, p => WeightGradient(p, geometry, x, w)) { Flops = flops },
        ];
    }

    private static void Forward(Probe p, Conv2dGeometry g, int[] xSizes, int[] wSizes)
    {
        float[] x = p.Draw(Count(xSizes)), w = p.Draw(Count(wSizes)), bias = p.Draw(g.Filters);
        Tensor input = p.Input(x, xSizes), kernel = p.Input(w, wSizes), result = p.Result(g.OutputShape.Sizes);
        if (!p.Run(() => p.Backend.Conv2d(g, input, kernel, null, false, result))) return;
        var terms = g.GroupChannels * g.KernelHeight * g.KernelWidth;
        var magnitudes = Convolve(Magnitudes(x), Magnitudes(w), null, g);
        var floor = magnitudes.Average();
        p.ExpectSums("output", result, (Convolve(Wide(x), Wide(w), null, g), magnitudes), terms, floor, Most);

        var activated = p.Result(g.OutputShape.Sizes);
        p.Backend.Conv2d(g, input, kernel, p.Input(bias, g.Filters), true, activated);
        var values = Array.ConvertAll(Convolve(Wide(x), Wide(w), Wide(bias), g), v => Math.Max(0, v));
        magnitudes = Convolve(Magnitudes(x), Magnitudes(w), Magnitudes(bias), g);
        p.ExpectSums("output with bias and relu", activated, (values, magnitudes), terms + 1, floor, Most);
    }

    private static void InputGradient(Probe p, Conv2dGeometry g, int[] xSizes, int[] wSizes)
    {
        float[] w = p.Draw(Count(wSizes)), gradient = p.Draw(g.OutputShape.Count);
        Tensor output = p.Input(gradient, g.OutputShape.Sizes), kernel = p.Input(w, wSizes), result = p.Result(xSizes);
        if (!p.Run(() => p.Backend.Conv2dInputGradient(g, output, kernel, result))) return;
        var x = new double[Count(xSizes)];
        var values = Gradients(x, Wide(w), Wide(gradient), g).Input;
        var magnitudes = Gradients(x, Magnitudes(w), Magnitudes(gradient), g).Input;
        p.ExpectSums("gradInput", result, (values, magnitudes), g.GroupFilters * g.KernelHeight * g.KernelWidth,
            magnitudes.Average(), Most);
    }

    private static void WeightGradient(Probe p, Conv2dGeometry g, int[] xSizes, int[] wSizes)
    {
        float[] x = p.Draw(Count(xSizes)), gradient = p.Draw(g.OutputShape.Count);
        Tensor input = p.Input(x, xSizes), output = p.Input(gradient, g.OutputShape.Sizes);
        Tensor gradWeight = p.Result(wSizes), gradBias = p.Result(g.Filters), alone = p.Result(wSizes);
        if (!p.Run(() => p.Backend.Conv2dWeightGradient(g, input, output, alone, null))) return;
        var w = new double[Count(wSizes)];
        var values = Gradients(Wide(x), w, Wide(gradient), g).Weight;
        var magnitudes = Gradients(Magnitudes(x), w, Magnitudes(gradient), g).Weight;
        var positions = g.Batch * g.OutputHeight * g.OutputWidth;
        // A transform rounds all taps of a kernel alike, so there are at least as many terms as taps.
        var terms = Math.Max(positions, g.KernelHeight * g.KernelWidth);
        p.ExpectSums("gradWeight without bias", alone, (values, magnitudes), terms, magnitudes.Average(), Most);
        p.Backend.Conv2dWeightGradient(g, input, output, gradWeight, gradBias);
        p.ExpectSums("gradWeight", gradWeight, (values, magnitudes), terms, magnitudes.Average(), Most);
        var sums = (SumOfEachFilter(Wide(gradient), g), SumOfEachFilter(Magnitudes(gradient), g));
        p.ExpectSums("gradBias", gradBias, sums, positions);
    }

    // A NaN reaches every output whose window contains it. How much further it spreads is up to the algorithm.
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

    /// <summary>Cross-correlation in double.</summary>
    public static double[] Convolve(double[] x, double[] w, double[]? bias, Conv2dGeometry g)
    {
        var y = new double[g.OutputShape.Count];
        for (var i = 0; i < y.Length && bias is not null; i++) y[i] = bias[i / (g.OutputHeight * g.OutputWidth) % g.Filters];
        ForEachProduct(g, (input, weight, output) => y[output] += x[input] * w[weight]);
        return y;
    }

    /// <summary>The gradients of <see cref="Convolve"/>'s input and weight, for a given gradient of its output.</summary>
    public static (double[] Input, double[] Weight) Gradients(double[] x, double[] w, double[] gradient, Conv2dGeometry g)
    {
        var (gradInput, gradWeight) = (new double[x.Length], new double[w.Length]);
        ForEachProduct(g, (input, weight, output) =>
        {
            gradInput[input] += gradient[output] * w[weight];
            gradWeight[weight] += gradient[output] * x[input];
        });
        return (gradInput, gradWeight);
    }

    /// <summary>The gradient of the bias.</summary>
    public static double[] SumOfEachFilter(double[] gradient, Conv2dGeometry g)
    {
        var sums = new double[g.Filters];
        for (var i = 0; i < gradient.Length; i++) sums[i / (g.OutputHeight * g.OutputWidth) % g.Filters] += gradient[i];
        return sums;
    }

    // Visits every product of the convolution: the indices of its input, its weight and the output it contributes to.
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
                            product(((first + tap / g.KernelWidth / g.KernelHeight) * g.Height + row) * g.Width + column,
                                k * g.GroupChannels * g.KernelHeight * g.KernelWidth + tap, output);
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
        var text = $"[{g.Batch}, {g.Channels}, {g.Height}, {g.Width}] with [{g.Filters}, {g.GroupChannels}, "
            + $"{g.KernelHeight}, {g.KernelWidth}]";
        if (o.StrideHeight != 1 || o.StrideWidth != 1) text += $" stride {o.StrideHeight}, {o.StrideWidth}";
        if (o.PadTop + o.PadBottom + o.PadLeft + o.PadRight > 0)
            text += $" padding {o.PadTop}, {o.PadBottom}, {o.PadLeft}, {o.PadRight}";
        if (o.DilationHeight != 1 || o.DilationWidth != 1) text += $" dilation {o.DilationHeight}, {o.DilationWidth}";
        return o.Groups == 1 ? text : $"{text} in {o.Groups} groups";
    }
}
