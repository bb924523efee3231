namespace Engine.Cli.Cases;

/// <summary>Softmax, its logarithm, their gradients, and the cross entropy.</summary>
internal static class SoftmaxCases
{
    private static readonly (int Rows, int N)[] s_sizes =
        [(1, 1), (5, 10), (1003, 10), (300, 33), (70, 257), (3, 1000), (2, 10_007), (2, 100_003)];

    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. s_sizes.SelectMany(s =>
            new[] { false, true }.SelectMany(log => new[] { Softmax(s.Rows, s.N, log), Gradient(s.Rows, s.N, log, log) })),
        Softmax(37, 11, false) with { Shifted = true }, Gradient(37, 11, false, true) with { Shifted = true },
        new("Softmax", "large scores, -∞ and NaN", Extremes),
        .. s_sizes.SelectMany(s => new[] { 0f, 0.1f }.Select(smoothing => CrossEntropy(s.Rows, s.N, smoothing))),
        CrossEntropy(37, 11, 0.1f) with { Shifted = true },
    ];

    /// <summary>The case to time.</summary>
    public static IEnumerable<OperationCase> Timed { get; } = [Softmax(16384, 1024, false)];

    private static OperationCase Softmax(int rows, int n, bool logarithm) =>
        new("Softmax", $"{(logarithm ? "log " : "")}[{rows}, {n}]", p =>
    {
        var x = p.Draw(rows * n, -8, 8);
        Tensors.Tensor input = p.Input(x, rows, n), result = p.Result(rows, n);
        if (!p.Run(() => p.Backend.Softmax(input, logarithm, result))) return;
        var expected = Reference(Probe.Wide(x), n, 1, logarithm);
        var sums = Enumerable.Range(0, rows).Select(r => LogSum(x, r, n)).ToArray();
        p.Expect("result", result, expected, i =>
        {
            var (most, log) = sums[i / n];
            // The absolute error of the logarithm is the relative error of its exponential.
            var error = Probe.U * (8 + 4 * Math.Sqrt(n) + 2 * Math.Abs(x[i] - most) + 2 * Math.Abs(log - most));
            return logarithm ? error + 2 * Probe.U * Math.Abs(expected[i]) : error * expected[i];
        });
    })
        { Bytes = 8.0 * rows * n };

    /// <summary>The softmax, or its logarithm, over n values <paramref name="inner"/> apart, in double.</summary>
    public static double[] Reference(double[] x, int n, int inner, bool logarithm)
    {
        var y = new double[x.Length];
        for (var i = 0; i < x.Length / n; i++)
        {
            var start = i / inner * n * inner + i % inner;
            var sum = Enumerable.Range(0, n).Sum(j => Math.Exp(x[start + j * inner]));
            for (var j = 0; j < n; j++)
            {
                var at = start + j * inner;
                y[at] = logarithm ? x[at] - Math.Log(sum) : Math.Exp(x[at]) / sum;
            }
        }

        return y;
    }

    private static OperationCase Gradient(int rows, int n, bool logarithm, bool inPlace) =>
        new("SoftmaxGradient", $"{(logarithm ? "log " : "")}[{rows}, {n}]{(inPlace ? " in place" : "")}", p =>
    {
        float[] x = p.Draw(rows * n, -8, 8), g = p.Draw(rows * n), output = new float[x.Length];
        var (expected, budget) = (new double[x.Length], new double[x.Length]);
        for (var r = 0; r < rows; r++)
        {
            var (_, log) = LogSum(x, r, n);
            double sum = 0, size = 0;
            for (var i = r * n; i < (r + 1) * n; i++)
            {
                output[i] = (float)(logarithm ? x[i] - log : Math.Exp(x[i] - log));
                var term = logarithm ? g[i] : (double)g[i] * output[i];
                sum += term;
                size += Math.Abs(term);
            }

            for (var i = r * n; i < (r + 1) * n; i++)
            {
                var (own, share) = logarithm ? ((double)g[i], Math.Exp(output[i])) : ((double)g[i] * output[i], output[i]);
                expected[i] = own - share * sum;
                budget[i] = Probe.U * (4 * Math.Abs(own) + share * (4 * Math.Sqrt(n) + 8) * size);
            }
        }

        var result = inPlace ? p.InOut(g, rows, n) : p.Result(rows, n);
        p.Backend.SoftmaxGradient(p.Input(output, rows, n), logarithm, inPlace ? result : p.Input(g, rows, n), result);
        p.Expect("gradInput", result, expected, i => budget[i]);
    });

    private static void Extremes(Probe p)
    {
        float[] x = [1000, 1001, -1000, float.NegativeInfinity, 5, 5, 1, float.NaN, 2, -2000, -2000, -2000];
        var result = p.Result(4, 3);
        p.Backend.Softmax(p.Input(x, 4, 3), false, result);
        var e = Math.Exp(-1);
        double nan = double.NaN, third = 1 / 3.0;
        p.Expect("result", result, [e / (1 + e), 1 / (1 + e), 0, 0, 0.5, 0.5, nan, nan, nan, third, third, third],
            _ => 8 * Probe.U);
    }

    private static OperationCase CrossEntropy(int rows, int n, float smoothing) =>
        new("CrossEntropy", $"[{rows}, {n}] smoothing {smoothing}", p =>
    {
        var (x, labels) = (p.Draw(rows * n, -8, 8), p.DrawIndices(rows, n));
        var (losses, limits, gradient, budget) = (new double[rows], new double[rows], new double[x.Length], new double[x.Length]);
        for (var r = 0; r < rows; r++)
        {
            var (most, log) = LogSum(x, r, n);
            var rounding = Probe.U * (8 + 4 * Math.Sqrt(n) + 2 * Math.Abs(log - most));
            for (var i = r * n; i < (r + 1) * n; i++)
            {
                var target = (double)smoothing / n + (i - r * n == labels[r] ? 1 - smoothing : 0);
                var (value, share) = (x[i] - log, Math.Exp(x[i] - log));
                losses[r] -= target * value;
                limits[r] += target * (rounding + 4 * Probe.U * (Math.Abs(x[i]) + Math.Abs(log)));
                gradient[i] = share - target;
                budget[i] = share * (rounding + 2 * Probe.U * Math.Abs(x[i] - most)) + 4 * Probe.U * target;
            }

            limits[r] += smoothing > 0 ? 4 * Probe.U * Math.Sqrt(n) * Math.Abs(most - log) : 0;
        }

        Tensors.Tensor input = p.Input(x, rows, n), indices = p.Indices(labels, rows), result = p.Result(rows),
        gradInput = p.Result(rows, n), alone = p.Result(rows);
        p.Backend.CrossEntropy(input, indices, smoothing, result, gradInput);
        p.Expect("losses", result, losses, r => limits[r]);
        p.Expect("gradient", gradInput, gradient, i => budget[i]);
        p.Backend.CrossEntropy(input, indices, smoothing, alone, null);
        p.Expect("losses without gradient", alone, losses, r => limits[r]);
    });

    // The largest value of a row, and ln Σeˣ.
    private static (double Most, double Log) LogSum(float[] x, int row, int n)
    {
        var most = double.NegativeInfinity;
        for (var i = row * n; i < (row + 1) * n; i++) most = Math.Max(most, x[i]);
        double sum = 0;
        for (var i = row * n; i < (row + 1) * n; i++) sum += Math.Exp(x[i] - most);
        return (most, most + Math.Log(sum));
    }
}
