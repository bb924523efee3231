namespace Engine.Classifiers.Evaluation;

/// <summary>Figures of a tested classifier, equal to those of scikit-learn's <c>metrics</c> where both define them.</summary>
public static class Metrics
{
    /// <summary>
    /// The most labels whose confusion matrix is kept whole; beyond that, <see cref="MetricsReport.ConfusedPairs"/> holds the
    /// pairs that occur.
    /// </summary>
    public const int MostMatrixLabels = 200;


    private static readonly int[] s_top = [1, 2, 3];

    /// <summary>Compares class probabilities <c>[rows, classes]</c> with the true labels.</summary>
    /// <param name="probabilities">
    /// Each row's scores, at least 0; the most probable label is the prediction, the lowest one on ties.
    /// </param>
    /// <param name="labels">The true label of each row, in [0, classes).</param>
    /// <param name="names">The labels' names, one for each column.</param>
    /// <exception cref="EngineException">
    /// No rows, mismatched sizes, a label out of range, or a probability that is negative or not finite.
    /// </exception>
    public static MetricsReport Compute(FeatureMatrix probabilities, ReadOnlySpan<int> labels, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentNullException.ThrowIfNull(names);
        Check(probabilities, labels, names);
        var predicted = probabilities.ArgMax();
        var confusion = new ConfusionCounts(labels, predicted, names.Count);
        var right = confusion.Right.Sum();
        var isWhole = names.Count <= MostMatrixLabels;
        var perLabel = PerLabel(probabilities, labels, confusion);
        var curve = new CalibrationCurve(probabilities, labels, predicted);
        var top = s_top.Where(k => k <= names.Count);
        var topK = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var k in top) topK.Add(k.ToString(), TopKAccuracy(probabilities, labels, k));
        return new MetricsReport
        {
            Accuracy = (double)right / labels.Length,
            AccuracyCi95 = WilsonInterval(right, labels.Length),
            TopKAccuracy = topK,
            PerLabel = names.Zip(perLabel).ToDictionary(p => p.First, p => p.Second),
            MacroAvg = Average(perLabel, m => m.F1 is null ? 0 : 1),
            WeightedAvg = Average(perLabel, m => m.Support),
            MicroAvg = Micro(right, labels.Length),
            RocAucOvrMacro = Mean(perLabel.Select(m => m.RocAuc)),
            AveragePrecisionMacro = Mean(perLabel.Select(m => m.AveragePrecision)),
            LogLoss = LogLoss(probabilities, labels),
            ExpectedCalibrationError = curve.Error,
            Reliability = [.. curve.Bins.Where(b => b.Count > 0)],
            Mcc = MatthewsCorrelation(confusion),
            CohenKappa = CohenKappa(confusion),
            ConfusionMatrix = isWhole ? confusion.ToMatrix() : null,
            ConfusedPairs = isWhole ? null : confusion.Pairs(names),
            Labels = [.. names],
            NTest = labels.Length,
        };
    }

    /// <summary>
    /// One report of several rounds: the figures of all tested rows together, and <see cref="MetricsReport.Folds"/> with mean and
    /// deviation over the rounds. If <paramref name="overlapping"/>, the accuracy has no interval: holdouts test a row several
    /// times, and rows counted twice would make it too narrow.
    /// </summary>
    /// <exception cref="EngineException">No round, or a round that <see cref="Compute"/> refuses.</exception>
    public static MetricsReport Pool(
        IReadOnlyList<(FeatureMatrix Probabilities, int[] Labels)> rounds, IReadOnlyList<string> names, bool overlapping)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        if (rounds.Count == 0) throw new EngineException("Metrics: there are no rounds to report.");
        var reports = rounds.Select(r => Compute(r.Probabilities, r.Labels, names)).ToList();
        if (rounds.Count == 1) return reports[0];
        var data = rounds.SelectMany(r => r.Probabilities.Data).ToArray();
        var labels = rounds.SelectMany(r => r.Labels).ToArray();
        var pooled = Compute(new FeatureMatrix(labels.Length, names.Count, data), labels, names);
        return pooled with { AccuracyCi95 = overlapping ? null : pooled.AccuracyCi95, Folds = Summarize(reports) };
    }

    /// <summary>Mean and sample deviation of the rounds' figures.</summary>
    /// <exception cref="EngineException">No round.</exception>
    public static FoldMetrics Summarize(IReadOnlyList<MetricsReport> rounds)
    {
        ArgumentNullException.ThrowIfNull(rounds);
        if (rounds.Count == 0) throw new EngineException("Metrics: there are no rounds to report.");
        return new FoldMetrics
        {
            Accuracies = [.. rounds.Select(r => r.Accuracy)],
            Accuracy = Spread(rounds.Select(r => (double?)r.Accuracy)),
            Top2Accuracy = Spread(rounds.Select(r => r.TopKAccuracy.TryGetValue("2", out var v) ? v : (double?)null)),
            Top3Accuracy = Spread(rounds.Select(r => r.TopKAccuracy.TryGetValue("3", out var v) ? v : (double?)null)),
            RecallMacro = Spread(rounds.Select(r => r.MacroAvg.Recall)),
            F1Macro = Spread(rounds.Select(r => r.MacroAvg.F1)),
            RocAucOvrMacro = Spread(rounds.Select(r => r.RocAucOvrMacro)),
            AveragePrecisionMacro = Spread(rounds.Select(r => r.AveragePrecisionMacro)),
        };
    }

    /// <summary>
    /// Share of rows whose label is among the <paramref name="k"/> most probable; on ties the lower label comes first, whereas
    /// scikit-learn's <c>top_k_accuracy_score</c> prefers the higher.
    /// </summary>
    /// <exception cref="EngineException">k is below 1, there are more labels than rows, or a label has no column.</exception>
    public static double TopKAccuracy(FeatureMatrix probabilities, ReadOnlySpan<int> labels, int k)
    {
        ArgumentNullException.ThrowIfNull(probabilities);
        if (k < 1) throw new EngineException($"Metrics: top-k accuracy of k = {k}; it must be at least 1.");
        if (labels.Length > probabilities.Rows)
            throw new EngineException(
                $"Metrics: {labels.Length} labels are more than the {probabilities.Rows} rows of probabilities.");
        var hits = 0;
        for (var r = 0; r < labels.Length; r++)
        {
            var row = probabilities.Row(r);
            if ((uint)labels[r] >= (uint)row.Length)
            {
                throw new EngineException($"Metrics: label {labels[r]} of row {r} is not one of the {row.Length} classes.");
            }
            var (own, ahead) = (row[labels[r]], 0);
            for (var c = 0; c < row.Length; c++) ahead += row[c] > own || (row[c] == own && c < labels[r]) ? 1 : 0;
            if (ahead < k) hits++;
        }

        return (double)hits / labels.Length;
    }

    /// <summary>
    /// Wilson's score interval of a proportion at 95 % (Wilson, "Probable inference, the law of succession, and statistical
    /// inference", 1927): [low, high], meaningful even at 0 and 1 and for few rows.
    /// </summary>
    /// <exception cref="EngineException">
    /// <paramref name="trials"/> is below 1, or the successes are not within [0, trials].
    /// </exception>
    public static double[] WilsonInterval(int successes, int trials)
    {
        if (trials < 1 || successes < 0 || successes > trials)
            throw new EngineException($"Metrics: {successes} of {trials} is not a proportion.");
        const double z = 1.959963984540054; // the normal's 0.975 quantile
        var (n, p) = ((double)trials, (double)successes / trials);
        var center = p + z * z / (2 * n);
        var margin = z * Math.Sqrt(p * (1 - p) / n + z * z / (4 * n * n));
        var scale = 1 + z * z / n;
        return [Math.Max(0, (center - margin) / scale), Math.Min(1, (center + margin) / scale)];
    }

    private static void Check(FeatureMatrix probabilities, ReadOnlySpan<int> labels, IReadOnlyList<string> names)
    {
        if (labels.Length == 0) throw new EngineException("Metrics: there are no tested rows.");
        if (probabilities.Rows != labels.Length)
            throw new EngineException($"Metrics: {probabilities.Rows} rows of probabilities but {labels.Length} labels.");
        if (probabilities.Columns != names.Count || names.Count == 0)
            throw new EngineException($"Metrics: {probabilities.Columns} columns of probabilities but {names.Count} label " +
                "names.");
        if (names.Distinct().Count() != names.Count)
            throw new EngineException($"Metrics: the labels {string.Join(", ", names)} contain a duplicate.");
        probabilities.RequireFinite("Metrics");
        for (var r = 0; r < labels.Length; r++)
        {
            if ((uint)labels[r] >= (uint)names.Count)
                throw new EngineException($"Metrics: label {labels[r]} of row {r} is outside [0, {names.Count}).");
            foreach (var p in probabilities.Row(r))
            {
                if (p < 0) throw new EngineException($"Metrics: row {r} has the probability {p}; it must be at least 0.");
            }
        }
    }

    private static LabelMetrics[] PerLabel(FeatureMatrix probabilities, ReadOnlySpan<int> labels, ConfusionCounts confusion)
    {
        var metrics = new LabelMetrics[confusion.Support.Length];
        var scores = new double[labels.Length];
        var positive = new bool[labels.Length];
        for (var c = 0; c < metrics.Length; c++)
        {
            for (var r = 0; r < labels.Length; r++) (scores[r], positive[r]) = (probabilities[r, c], labels[r] == c);
            var (right, support, predicted) = (confusion.Right[c], confusion.Support[c], confusion.Predicted[c]);
            var curves = new RankingCurves(scores, positive);
            metrics[c] = new LabelMetrics(Ratio(right, predicted), Ratio(right, support), Ratio(2 * right, predicted + support),
                support)
            {
                RocAuc = curves.RocAuc(),
                AveragePrecision = curves.AveragePrecision(),
            };
        }

        return metrics;
    }

    private static LabelMetrics Average(LabelMetrics[] perLabel, Func<LabelMetrics, int> weight)
    {
        double total = perLabel.Sum(weight);
        double? Of(Func<LabelMetrics, double?> value) => perLabel.Sum(m => weight(m) * (value(m) ?? 0)) / total;
        return new LabelMetrics(Of(m => m.Precision), Of(m => m.Recall), Of(m => m.F1), perLabel.Sum(m => m.Support));
    }

    private static LabelMetrics Micro(int right, int rows)
    {
        var accuracy = Ratio(right, rows);
        return new LabelMetrics(accuracy, accuracy, accuracy, rows);
    }

    private static double LogLoss(FeatureMatrix probabilities, ReadOnlySpan<int> labels)
    {
        const double epsilon = 1.0 / (1L << 52);
        double sum = 0;
        for (var r = 0; r < labels.Length; r++)
        {
            double total = 0;
            foreach (var p in probabilities.Row(r)) total += Math.Clamp(p, epsilon, 1 - epsilon);
            sum -= Math.Log(Math.Clamp(probabilities[r, labels[r]], epsilon, 1 - epsilon) / total);
        }

        return sum / labels.Length;
    }

    // The multi-class form: Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient", 2004.
    private static double? MatthewsCorrelation(ConfusionCounts confusion)
    {
        var (rows, columns) = (confusion.Support, confusion.Predicted);
        double total = rows.Sum(), right = confusion.Right.Sum();
        var covariance = right * total - rows.Zip(columns).Sum(p => (double)p.First * p.Second);
        var truth = total * total - rows.Sum(n => (double)n * n);
        var prediction = total * total - columns.Sum(n => (double)n * n);
        return truth == 0 || prediction == 0 ? null : covariance / Math.Sqrt(truth * prediction);
    }

    // Cohen, "A coefficient of agreement for nominal scales", 1960.
    private static double? CohenKappa(ConfusionCounts confusion)
    {
        var (rows, columns) = (confusion.Support, confusion.Predicted);
        double total = rows.Sum(), right = confusion.Right.Sum();
        var chance = rows.Zip(columns).Sum(p => (double)p.First * p.Second) / total;
        return chance == total ? null : (right - chance) / (total - chance);
    }

    private static double? Ratio(int part, int whole) => whole == 0 ? null : (double)part / whole;

    private static double? Mean(IEnumerable<double?> values) => Spread(values).Mean;

    /// <summary>Mean and sample deviation of the defined values.</summary>
    public static MeanSd Spread(IEnumerable<double?> values)
    {
        var defined = values.OfType<double>().ToArray();
        if (defined.Length == 0) return new MeanSd(null, null);
        var mean = defined.Average();
        return new MeanSd(mean,
            defined.Length < 2 ? null : Math.Sqrt(defined.Sum(v => (v - mean) * (v - mean)) / (defined.Length - 1)));
    }
}
