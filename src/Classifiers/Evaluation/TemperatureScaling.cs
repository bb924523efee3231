namespace Engine.Classifiers.Evaluation;

/// <summary>
/// Turns a classifier's scores s ≥ 0 into probabilities pᵢ ∝ (sᵢ + offset)^(1/T): temperature scaling (Guo, Pleiss, Sun and
/// Weinberger, "On calibration of modern neural networks", ICML 2017) of log(s + offset). A small offset suits scores that
/// already are probabilities; a large one makes the map exponential in s, which suits vote shares. The order of a row's labels
/// never changes, and equal scores stay equal.
/// </summary>
/// <param name="Temperature">T, above 0: the higher, the closer the probabilities are to each other.</param>
/// <param name="Offset">Added to each score, above 0.</param>
public readonly record struct TemperatureScaling(double Temperature, double Offset)
{
    private const double Coldest = 1e-6, Hottest = 1e3;
    private const int MostSteps = 100;

    // Offsets tried: powers of two times 1 / labels.
    private static readonly int[] s_offsets = [10, 8, 6, 4, 2, 0, -2, -4, -6, -8, -10, -14, -20, -30, -40, -60, -100];

    /// <summary>
    /// The scaling that makes the right labels most likely. Each row counts slightly for every label, by Laplace's rule of
    /// succession: n rows that are all right yield (n + 1) / (n + 2) rather than certainty.
    /// </summary>
    /// <param name="scores">Scores of rows that the classifier was not fitted on.</param>
    /// <param name="labels">The right label of each row.</param>
    /// <exception cref="EngineException">
    /// No rows, a label without a column, a score that is not finite, or a number of labels that differs from the number of rows.
    /// </exception>
    public static TemperatureScaling Fit(FeatureMatrix scores, ReadOnlySpan<int> labels)
    {
        ArgumentNullException.ThrowIfNull(scores);
        TrainingRows.Require(nameof(TemperatureScaling), scores, labels, scores.Columns);
        var rows = new ScoredRow[scores.Rows];
        for (var r = 0; r < rows.Length; r++) rows[r] = ScoredRow.Of(scores.Row(r), labels[r]);
        var best = (Loss: double.PositiveInfinity, Scaling: default(TemperatureScaling));
        foreach (var power in s_offsets)
        {
            var offset = Math.ScaleB(1.0 / scores.Columns, power);
            var (loss, sharpness) = Fit(rows, offset);
            if (loss < best.Loss) best = (loss, new(1 / sharpness, offset));
        }

        return best.Scaling;
    }

    /// <summary>The probabilities of each row of scores.</summary>
    public FeatureMatrix Apply(FeatureMatrix scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        var probabilities = new FeatureMatrix(scores.Rows, scores.Columns);
        for (var r = 0; r < scores.Rows; r++) Apply(scores.Row(r), probabilities.Row(r));
        return probabilities;
    }

    /// <summary>The probabilities of one row of scores.</summary>
    /// <exception cref="ArgumentException">The spans have different lengths.</exception>
    public void Apply(ReadOnlySpan<double> scores, Span<double> probabilities)
    {
        if (scores.Length != probabilities.Length)
            throw new ArgumentException(
                $"TemperatureScaling: there are {scores.Length} scores but room for {probabilities.Length} probabilities.",
                nameof(probabilities));
        var largest = double.NegativeInfinity;
        foreach (var s in scores) largest = Math.Max(largest, s);
        var top = Math.Log(largest + Offset);
        double total = 0;
        for (var i = 0; i < scores.Length; i++)
            total += probabilities[i] = Math.Exp((Math.Log(scores[i] + Offset) - top) / Temperature);
        foreach (ref var p in probabilities) p /= total;
        KeepOrder(scores, probabilities);
    }

    // Rounding and underflow may make the probabilities of unequal scores equal.
    private static void KeepOrder(ReadOnlySpan<double> scores, Span<double> probabilities)
    {
        double[] sorted = [.. scores];
        var places = new int[sorted.Length];
        for (var i = 0; i < places.Length; i++) places[i] = i;
        Array.Sort(sorted, places);
        for (var i = 1; i < places.Length; i++)
        {
            ref var p = ref probabilities[places[i]];
            var below = probabilities[places[i - 1]];
            if (sorted[i] == sorted[i - 1]) p = below;
            else if (p <= below) p = Math.BitIncrement(below);
        }
    }

    // The loss is convex in 1/T: Newton's method, kept within a bracket around the root of its slope.
    private static (double Loss, double Sharpness) Fit(ScoredRow[] rows, double offset)
    {
        var logs = Array.ConvertAll(rows, r => r.Logs(offset));
        var spread = 1.0 / (rows.Length + 2);
        var (low, high, sharpness) = (1 / Hottest, 1 / Coldest, 1.0);
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

        double loss = 0;
        for (var r = 0; r < rows.Length; r++) loss += rows[r].Loss(logs[r], sharpness, spread);
        return (loss, sharpness);
    }

    /// <summary>
    /// A row's distinct scores, ascending, how often each occurs, and the index of the right label's score. Of thousands of
    /// labels, most score 0.
    /// </summary>
    private readonly record struct ScoredRow(double[] Scores, int[] Counts, int Right, int Labels)
    {
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
