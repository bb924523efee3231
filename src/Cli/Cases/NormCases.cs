using Engine.Tensors;

namespace Engine.Cli.Cases;

/// <summary>Batch and layer normalisation, and their gradients.</summary>
internal static class NormCases
{
    private static readonly (int N, int Channels, int Length)[] s_channels =
        [(3, 5, 40), (64, 3, 1), (1, 2, 100_003), (2, 130, 257), (300, 7, 9), (5, 1, 2048), (16, 33, 100)];

    private static readonly (int Rows, int N)[] s_rows =
        [(1, 1), (3, 37), (300, 8), (5, 1024), (2, 5003), (1, 100_003), (70, 129)];

    /// <summary>The cases to check.</summary>
    public static IEnumerable<OperationCase> All { get; } =
    [
        .. s_channels.SelectMany(s => new[] { Statistics(s.N, s.Channels, s.Length, 0), Normalize(s.N, s.Channels, s.Length) }),
        Statistics(2, 3, 20_003, 30), Normalize(3, 5, 41) with { Shifted = true },
        Statistics(3, 5, 41, 0) with { Shifted = true },
        .. s_channels.SelectMany(
            s => new[] { BatchGradient(s.N, s.Channels, s.Length, true, false),
                BatchGradient(s.N, s.Channels, s.Length, false, true) }),
        BatchGradient(3, 5, 41, true, true) with { Shifted = true },
        .. new[] { 1, 37, 1024 }.SelectMany(channels => new[] { Follow(channels), Scale(channels) }),
        Follow(38) with { Shifted = true }, Scale(38) with { Shifted = true },
        .. s_rows.SelectMany(s => new[] { Layer(s.Rows, s.N), LayerGradient(s.Rows, s.N, false) }),
        Layer(3, 38) with { Shifted = true }, LayerGradient(3, 38, true) with { Shifted = true }, LayerGradient(40, 300, true),
    ];

    /// <summary>The cases to time.</summary>
    public static IEnumerable<OperationCase> Timed { get; } = [Layer(16384, 1024), Statistics(64, 64, 4096, 0)];

    private static OperationCase Statistics(int n, int channels, int length, double mean) =>
        new("ChannelStatistics", $"[{n}, {channels}, {length}]{(mean == 0 ? "" : $" of mean {mean}")}", p =>
    {
        var x = p.Draw(n * channels * length, mean - 1, mean + 1);
        Tensor2 result = new(p.Result(channels), p.Result(channels));
        var input = p.Input(x, n, channels, length);
        if (!p.Run(() => p.Backend.ChannelStatistics(input, result.First, result.Second))) return;
        var moments = Enumerable.Range(0, channels).Select(c => Moments.Of(Channel(x, n, channels, length, c))).ToArray();
        var root = Math.Sqrt(n * length);
        p.Expect("mean", result.First, [.. moments.Select(m => m.Mean)], c => 4 * Probe.U * root * moments[c].Size);
        p.Expect("variance", result.Second, [.. moments.Select(m => m.Variance)], c => moments[c].VarianceError(root));
    })
        { Bytes = 4.0 * n * channels * length };

    private static OperationCase Follow(int channels) => new("FollowStatistics", $"[{channels}]", p =>
    {
        const float momentum = 0.1f, correction = 1.25f;
        float[] mean = p.Draw(channels), variance = p.Draw(channels, 0.5, 2), runningMean = p.Draw(channels),
        runningVariance = p.Draw(channels, 0.5, 2);
        Tensor2 running = new(p.InOut(runningMean, channels), p.InOut(runningVariance, channels));
        p.Backend.FollowStatistics(p.Input(mean, channels), p.Input(variance, channels), momentum, correction, running.First,
            running.Second);
        Expect("running mean", running.First, mean, 1, runningMean);
        Expect("running variance", running.Second, variance, correction, runningVariance);

        void Expect(string what, Tensor actual, float[] statistic, double factor, float[] before)
        {
            var expected = new double[channels];
            for (var c = 0; c < channels; c++)
                expected[c] = (1 - (double)momentum) * before[c] + momentum * factor * statistic[c];
            p.Expect(what, actual, expected,
                c => 4 * Probe.U * (Math.Abs(before[c]) + momentum * factor * Math.Abs(statistic[c])));
        }
    });

    private static OperationCase Scale(int channels) => new("ChannelScale", $"[{channels}]", p =>
    {
        const float epsilon = 1e-3f;
        float[] variance = p.Draw(channels, 0, 2), weight = p.Draw(channels);
        Tensor2 result = new(p.Result(channels), p.Result(channels));
        p.Backend.ChannelScale(p.Input(variance, channels), epsilon, p.Input(weight, channels), result.First, result.Second);
        var inverse = Array.ConvertAll(variance, v => 1 / Math.Sqrt((double)v + epsilon));
        p.Expect("inverse", result.First, inverse, c => 4 * Probe.U * inverse[c]);
        p.Expect("scale", result.Second, [.. inverse.Select((v, c) => v * weight[c])],
            c => 5 * Probe.U * inverse[c] * Math.Abs(weight[c]));
    });

    private static OperationCase Normalize(int n, int channels, int length) =>
        new("NormalizeChannels", $"[{n}, {channels}, {length}], in place too", p =>
    {
        float[] x = p.Draw(n * channels * length), mean = p.Draw(channels), scale = p.Draw(channels, 0.5, 3),
        shift = p.Draw(channels);
        var expected = new double[x.Length];
        for (var i = 0; i < x.Length; i++) expected[i] = ((double)x[i] - mean[C(i)]) * scale[C(i)] + shift[C(i)];
        foreach (var inPlace in Probe.Placements)
        {
            var result = inPlace ? p.InOut(x, n, channels, length) : p.Result(n, channels, length);
            p.Backend.NormalizeChannels(inPlace ? result : p.Input(x, n, channels, length), p.Input(mean, channels),
                p.Input(scale, channels), p.Input(shift, channels), result);
            p.Expect("result", result, expected,
                i => 3 * Probe.U * ((Math.Abs(x[i]) + Math.Abs(mean[C(i)])) * scale[C(i)] + Math.Abs(shift[C(i)])));
        }

        int C(int i) => i / length % channels;
    });

    private static OperationCase BatchGradient(int n, int channels, int length, bool batchStatistics, bool inPlace) =>
        new("BatchNormGradient",
            $"[{n}, {channels}, {length}]{(batchStatistics ? " training" : "")}{(inPlace ? " in place" : "")}", p =>
        {
            float[] x = p.Draw(n * channels * length), g = p.Draw(x.Length), weight = p.Draw(channels, 0.5, 2);
            var moments = Enumerable.Range(0, channels).Select(c => Moments.Of(Channel(x, n, channels, length, c))).ToArray();
            float[] mean = Array.ConvertAll(moments, m => (float)m.Mean),
            inverse = Array.ConvertAll(moments, m => (float)(1 / Math.Sqrt(m.Variance + 1e-5)));
            var gradInput = inPlace ? p.InOut(g, n, channels, length) : p.Result(n, channels, length);
            Tensor2 sums = new(p.Result(channels), p.Result(channels));
            p.Backend.BatchNormGradient(
                p.Input(x, n, channels, length), p.Input(mean, channels), p.Input(inverse, channels), p.Input(weight, channels),
                batchStatistics,
                inPlace ? gradInput : p.Input(g, n, channels, length), gradInput, sums.First, sums.Second);
            var reference = new NormReference(channels);
            for (var i = 0; i < x.Length; i++)
                reference.Add(i / length % channels,
                    ((double)x[i] - mean[i / length % channels]) * inverse[i / length % channels], g[i]);
            var count = n * length;
            p.ExpectSums("gradWeight", sums.First, (reference.Products, reference.ProductSizes), count + 4);
            p.ExpectSums("gradBias", sums.Second, (reference.Sums, reference.SumSizes), count);
            var (expected, budget) = (new double[x.Length], new double[x.Length]);
            for (var i = 0; i < x.Length; i++)
            {
                var c = i / length % channels;
                var (factor, position) = ((double)weight[c] * inverse[c], ((double)x[i] - mean[c]) * inverse[c]);
                expected[i] = factor * (batchStatistics
                    ? g[i] - (reference.Sums[c] + position * reference.Products[c]) / count : g[i]);
                budget[i] = factor * Probe.U * (8 * Math.Abs(g[i])
                    + (batchStatistics ? (4 * Math.Sqrt(count) + 8) * (reference.SumSizes[c]
                        + Math.Abs(position) * reference.ProductSizes[c]) / count : 0));
            }

            p.Expect("gradInput", gradInput, expected, i => budget[i]);
        });

    private static OperationCase Layer(int rows, int n) => new("LayerNorm", $"[{rows}, {n}]", p =>
    {
        const float epsilon = 1e-5f;
        float[] x = p.Draw(rows * n), weight = p.Draw(n), bias = p.Draw(n);
        Tensor2 result = new(p.Result(rows, n), p.Result(rows, 2));
        Tensor input = p.Input(x, rows, n), scale = p.Input(weight, n), shift = p.Input(bias, n);
        if (!p.Run(() => p.Backend.LayerNorm(input, scale, shift, epsilon, result.First, result.Second))) return;
        var moments = Enumerable.Range(0, rows).Select(r => Moments.Of(x.AsSpan(r * n, n).ToArray())).ToArray();
        var root = Math.Sqrt(n);
        var expected = LayerNorm(Probe.Wide(x), Probe.Wide(weight), Probe.Wide(bias), n);
        var (budget, statistics, limits) = (new double[x.Length], new double[2 * rows], new double[2 * rows]);
        for (var r = 0; r < rows; r++)
        {
            var m = moments[r];
            var inverse = 1 / Math.Sqrt(m.Variance + epsilon);
            (statistics[2 * r], statistics[2 * r + 1]) = (m.Mean, inverse);
            (limits[2 * r], limits[2 * r + 1]) =
                (4 * Probe.U * root * m.Size, (m.VarianceError(root) / (m.Variance + epsilon) + 8 * Probe.U) * inverse);
            for (var i = r * n; i < (r + 1) * n; i++)
            {
                var position = (x[i] - m.Mean) * inverse;
                budget[i] = Math.Abs(weight[i % n]) * (inverse * limits[2 * r] + inverse * 4 * Probe.U * Math.Abs(x[i])
                    + Math.Abs(position) * limits[2 * r + 1] / inverse) + 4 * Probe.U * Math.Abs(bias[i % n]);
            }
        }

        p.Expect("result", result.First, expected, i => budget[i]);
        p.Expect("statistics", result.Second, statistics, i => limits[i]);
    })
    { Bytes = 8.0 * rows * n };

    /// <summary>Layer normalisation of rows of n in double; epsilon 1e-5.</summary>
    public static double[] LayerNorm(double[] x, double[] w, double[] b, int n)
    {
        var y = new double[x.Length];
        for (var row = 0; row < x.Length / n; row++)
        {
            var values = x.AsSpan(row * n, n).ToArray();
            var mean = values.Average();
            var deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) + 1e-5f);
            for (var i = 0; i < n; i++) y[row * n + i] = (values[i] - mean) / deviation * w[i] + b[i];
        }

        return y;
    }

    /// <summary>Batch normalisation of x [n, channels, length] in double, by its own or given statistics; epsilon 1e-5.</summary>
    public static double[] BatchNorm(
        double[] x, double[] w, double[] b, int n, int channels, int length, (double Mean, double Variance)? running)
    {
        var y = new double[x.Length];
        for (var c = 0; c < channels; c++)
        {
            var places = Enumerable.Range(0, n).SelectMany(i => Enumerable.Range((i * channels + c) * length, length)).ToArray();
            var mean = running?.Mean ?? places.Average(p => x[p]);
            var variance = running?.Variance ?? places.Average(p => (x[p] - mean) * (x[p] - mean));
            foreach (var p in places) y[p] = (x[p] - mean) / Math.Sqrt(variance + 1e-5f) * w[c] + b[c];
        }

        return y;
    }

    private static OperationCase LayerGradient(int rows, int n, bool inPlace) =>
        new("LayerNormGradient", $"[{rows}, {n}]{(inPlace ? " in place" : "")}", p =>
    {
        float[] x = p.Draw(rows * n), g = p.Draw(rows * n), weight = p.Draw(n), statistics = new float[2 * rows];
        for (var r = 0; r < rows; r++)
        {
            var m = Moments.Of(x.AsSpan(r * n, n).ToArray());
            (statistics[2 * r], statistics[2 * r + 1]) = ((float)m.Mean, (float)(1 / Math.Sqrt(m.Variance + 1e-5)));
        }

        var gradInput = inPlace ? p.InOut(g, rows, n) : p.Result(rows, n);
        Tensor2 sums = new(p.Result(n), p.Result(n));
        p.Backend.LayerNormGradient(
            p.Input(x, rows, n), p.Input(statistics, rows, 2), p.Input(weight, n), inPlace ? gradInput : p.Input(g, rows, n),
            gradInput, sums.First, sums.Second);
        NormReference columns = new(n), lines = new(rows);
        for (var i = 0; i < x.Length; i++)
        {
            columns.Add(i % n, Position(i), g[i]);
            lines.Add(i / n, Position(i), (double)g[i] * weight[i % n]);
        }

        p.ExpectSums("gradWeight", sums.First, (columns.Products, columns.ProductSizes), rows + 4);
        p.ExpectSums("gradBias", sums.Second, (columns.Sums, columns.SumSizes), rows);
        var (expected, budget) = (new double[x.Length], new double[x.Length]);
        for (var i = 0; i < x.Length; i++)
        {
            var (r, inverse, own) = (i / n, (double)statistics[2 * (i / n) + 1], (double)g[i] * weight[i % n]);
            expected[i] = inverse * (own - (lines.Sums[r] + Position(i) * lines.Products[r]) / n);
            budget[i] = inverse * Probe.U * (8 * Math.Abs(own)
                + (4 * Math.Sqrt(n) + 8) * (lines.SumSizes[r] + Math.Abs(Position(i)) * lines.ProductSizes[r]) / n);
        }

        p.Expect("gradInput", gradInput, expected, i => budget[i]);

        double Position(int i) => ((double)x[i] - statistics[2 * (i / n)]) * statistics[2 * (i / n) + 1];
    });

    private static float[] Channel(float[] x, int n, int channels, int length, int c) =>
        [.. Enumerable.Range(0, n).SelectMany(i => x.AsSpan((i * channels + c) * length, length).ToArray())];

    private readonly record struct Tensor2(Tensors.Tensor First, Tensors.Tensor Second);

    // Mean, mean magnitude and variance of the population.
    private readonly record struct Moments(double Mean, double Size, double Variance)
    {
        public static Moments Of(float[] values)
        {
            var mean = values.Average(v => (double)v);
            return new(mean, values.Average(v => Math.Abs((double)v)), values.Average(v => (v - mean) * (v - mean)));
        }

        // The error of the sum of squares, of the distances that are squared, and of the mean itself.
        public double VarianceError(double root)
        {
            var mean = 4 * Probe.U * root * Size;
            return Probe.U * ((4 * root + 8) * Variance + 4 * Math.Abs(Mean) * Math.Sqrt(Variance)) + mean * mean;
        }
    }

    // For each channel or row, Σg and Σg·x̂, and the same for magnitudes.
    private sealed class NormReference(int count)
    {
        public double[] Sums { get; } = new double[count];

        public double[] SumSizes { get; } = new double[count];

        public double[] Products { get; } = new double[count];

        public double[] ProductSizes { get; } = new double[count];

        public void Add(int at, double position, double g)
        {
            Sums[at] += g;
            SumSizes[at] += Math.Abs(g);
            Products[at] += g * position;
            ProductSizes[at] += Math.Abs(g * position);
        }
    }
}
