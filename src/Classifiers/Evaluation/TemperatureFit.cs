namespace Engine.Classifiers.Evaluation;

/// <summary>Fits <see cref="TemperatureScaling"/> by maximum likelihood: a temperature, then its slope if wanted.</summary>
internal static class TemperatureFit
{
    private const double LeastSharp = 1 / TemperatureScaling.Hottest, Sharpest = 1 / TemperatureScaling.Coldest;
    private const double MostLevel = 600;
    private const int MostSteps = 100;

    // The standard deviation of the slope's normal prior. Slopes of GTZAN's recipes are 0.4 to 5; without a prior, twenty rows
    // could have any.
    private const double SlopeDeviation = 3;

    // Offsets tried: powers of two times 1 / labels.
    private static readonly int[] s_offsets = [10, 8, 6, 4, 2, 0, -2, -4, -6, -8, -10, -14, -20, -30, -40, -60, -100];

    /// <summary>The scaling with the least loss; see <see cref="TemperatureScaling.FitAdaptive"/>.</summary>
    public static TemperatureScaling Best(FeatureMatrix scores, ReadOnlySpan<int> labels, bool withSlope)
    {
        var rows = new ScoredRow[scores.Rows];
        for (var r = 0; r < rows.Length; r++) rows[r] = ScoredRow.Of(scores.Row(r), labels[r]);
        var best = (Loss: double.PositiveInfinity, Scaling: default(TemperatureScaling));
        foreach (var power in s_offsets)
        {
            var offset = Math.ScaleB(1.0 / scores.Columns, power);
            var logs = Array.ConvertAll(rows, r => r.Logs(offset));
            var sharpness = Sharpness(rows, logs);
            var level = Math.Log(sharpness);
            var fitted = (Loss: Loss(rows, logs, level, slope: 0), Scaling: new TemperatureScaling(1 / sharpness, offset));
            if (withSlope) fitted = Refine(rows, logs, level, fitted.Loss, offset);
            if (fitted.Loss < best.Loss) best = fitted;
        }

        return best.Scaling;
    }

    // The loss is convex in 1/T: Newton's method, kept within a bracket around the root of its slope.
    private static double Sharpness(ScoredRow[] rows, double[][] logs)
    {
        var spread = Spread(rows.Length);
        var (low, high, sharpness) = (LeastSharp, Sharpest, 1.0);
        for (var step = 0; step < MostSteps; step++)
        {
            double slope = 0, curvature = 0;
            for (var r = 0; r < rows.Length; r++) rows[r].Derivatives(logs[r], sharpness, spread, ref slope, ref curvature);
            if (slope > 0) high = sharpness;
            else low = sharpness;
            var next = sharpness - slope / curvature;
            if (!(next > low && next < high)) next = Math.Sqrt(low * high);
            var done = Math.Abs(next - sharpness) <= 1e-9 * sharpness;
            sharpness = next;
            if (done) break;
        }

        return sharpness;
    }

    // Levenberg and Marquardt's method for log(1/T) = level + slope * height, from a slope of 0. The loss is not convex in them,
    // so curvature is that of each row in its own 1/T, and only steps that lower the loss are taken.
    private static (double Loss, TemperatureScaling Scaling) Refine(
        ScoredRow[] rows, double[][] logs, double level, double loss, double offset)
    {
        var (slope, damping) = (0.0, 1e-3);
        for (var step = 0; step < MostSteps && damping < 1e9; step++)
        {
            var (byLevel, bySlope, first, mixed, second) = Derivatives(rows, logs, level, slope);
            (first, second) = (first * (1 + damping), second * (1 + damping));
            var determinant = first * second - mixed * mixed;
            if (!(determinant > 0)) break;
            var levelStep = (mixed * bySlope - second * byLevel) / determinant;
            var slopeStep = (mixed * byLevel - first * bySlope) / determinant;
            var next = Loss(rows, logs, level + levelStep, slope + slopeStep);
            if (!(next < loss))
            {
                damping *= 10;
                continue;
            }

            (loss, level, slope, damping) = (next, level + levelStep, slope + slopeStep, damping / 10);
            if (Math.Abs(levelStep) + Math.Abs(slopeStep) <= 1e-9) break;
        }

        return (loss, new(Math.Exp(-level), offset) { Slope = slope });
    }

    private static double Spread(int rows) => 1.0 / (rows + 2);

    private static double SharpnessOf(ScoredRow row, double level, double slope) =>
        Math.Clamp(Math.Exp(level + slope * row.Height), LeastSharp, Sharpest);

    private static double Loss(ScoredRow[] rows, double[][] logs, double level, double slope)
    {
        // Beyond, the temperature would be 0 or infinite.
        if (!(Math.Abs(level) < MostLevel)) return double.PositiveInfinity;
        var loss = slope * slope / (2 * SlopeDeviation * SlopeDeviation);
        var spread = Spread(rows.Length);
        for (var r = 0; r < rows.Length; r++) loss += rows[r].Loss(logs[r], SharpnessOf(rows[r], level, slope), spread);
        return loss;
    }

    private static (double ByLevel, double BySlope, double First, double Mixed, double Second) Derivatives(
        ScoredRow[] rows, double[][] logs, double level, double slope)
    {
        const double Prior = 1 / (SlopeDeviation * SlopeDeviation);
        var (byLevel, bySlope, first, mixed, second) = (0.0, slope * Prior, 0.0, 0.0, Prior);
        var spread = Spread(rows.Length);
        for (var r = 0; r < rows.Length; r++)
        {
            var (sharpness, height) = (SharpnessOf(rows[r], level, slope), rows[r].Height);
            double gradient = 0, curvature = 0;
            rows[r].Derivatives(logs[r], sharpness, spread, ref gradient, ref curvature);
            (gradient, curvature) = (gradient * sharpness, curvature * sharpness * sharpness);
            byLevel += gradient;
            bySlope += gradient * height;
            first += curvature;
            mixed += curvature * height;
            second += curvature * height * height;
        }

        return (byLevel, bySlope, first, mixed, second);
    }

    /// <summary>
    /// A row's distinct scores, ascending, how often each occurs, and the index of the right label's score. Of thousands of
    /// labels, most score 0.
    /// </summary>
    private readonly record struct ScoredRow(double[] Scores, int[] Counts, int Right, int Labels)
    {
        public double Height { get; } = TemperatureScaling.Height(Scores[^1], Labels);

        public static ScoredRow Of(ReadOnlySpan<double> row, int label)
        {
            double[] sorted = [.. row];
            Array.Sort(sorted);
            var (scores, counts) = (new List<double>(), new List<int>());
            foreach (var s in sorted)
            {
                if (scores.Count == 0 || scores[^1] != s)
                {
                    scores.Add(s);
                    counts.Add(0);
                }

                counts[^1]++;
            }

            return new([.. scores], [.. counts], scores.BinarySearch(row[label]), row.Length);
        }

        public double[] Logs(double offset) => Array.ConvertAll(Scores, s => Math.Log(s + offset));

        public double Loss(double[] logs, double sharpness, double spread)
        {
            var (total, _, _) = Moments(logs, sharpness);
            return sharpness * logs[^1] + Math.Log(total) - sharpness * Target(logs, spread);
        }

        public void Derivatives(double[] logs, double sharpness, double spread, ref double slope, ref double curvature)
        {
            var (total, first, second) = Moments(logs, sharpness);
            var mean = first / total;
            slope += logs[^1] + mean - Target(logs, spread);
            curvature += second / total - mean * mean;
        }

        // Sums over the labels of the weight, and of the weight times the first and second power of its logarithm relative to the
        // largest.
        private (double Total, double First, double Second) Moments(double[] logs, double sharpness)
        {
            double total = 0, first = 0, second = 0;
            for (var k = 0; k < logs.Length; k++)
            {
                var below = logs[k] - logs[^1];
                var weight = Counts[k] * Math.Exp(sharpness * below);
                total += weight;
                first += weight * below;
                second += weight * below * below;
            }

            return (total, first, second);
        }

        private double Target(double[] logs, double spread)
        {
            double mean = 0;
            for (var k = 0; k < logs.Length; k++) mean += Counts[k] * logs[k];
            return (1 - spread) * logs[Right] + spread * mean / Labels;
        }
    }
}
