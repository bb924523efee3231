namespace Engine.Classifiers.Evaluation;

/// <summary>
/// Turns a classifier's scores s ≥ 0 into probabilities pᵢ ∝ (sᵢ + offset)^(1/T): temperature scaling (Guo, Pleiss, Sun and
/// Weinberger, "On calibration of modern neural networks", ICML 2017) of log(s + offset). A small offset suits scores that
/// already are probabilities; a large one makes the map exponential in s, which suits vote shares. T may depend on the row, as in
/// adaptive temperature scaling (Balanya, Maroñas and Ramos 2024): 1/T = exp(slope · (1 + log top)) / temperature, where top is
/// the row's largest score. A classifier may promise too much where it is unsure and too little where it is sure, which no single
/// temperature corrects. The order of a row's labels never changes, and equal scores stay equal.
/// </summary>
/// <param name="Temperature">T of a row whose largest score is 1/e, above 0: the higher, the closer its probabilities.</param>
/// <param name="Offset">Added to each score, above 0.</param>
public readonly record struct TemperatureScaling(double Temperature, double Offset)
{
    internal const double Coldest = 1e-6, Hottest = 1e3;

    /// <summary>How 1/T grows with the logarithm of a row's largest score; 0: all rows have the same temperature.</summary>
    public double Slope { get; init; }

    /// <summary>
    /// The scaling that makes the right labels most likely. Each row counts slightly for every label, by Laplace's rule of
    /// succession: n rows that are all right yield (n + 1) / (n + 2) rather than certainty. The slope is 0.
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
        return TemperatureFit.Best(scores, labels, withSlope: false);
    }

    /// <summary>The same with a slope. It needs evidence: few rows leave it near 0.</summary>
    /// <inheritdoc cref="Fit"/>
    public static TemperatureScaling FitAdaptive(FeatureMatrix scores, ReadOnlySpan<int> labels)
    {
        ArgumentNullException.ThrowIfNull(scores);
        TrainingRows.Require(nameof(TemperatureScaling), scores, labels, scores.Columns);
        return TemperatureFit.Best(scores, labels, withSlope: true);
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
        var temperature = Math.Clamp(Temperature * Math.Exp(-Slope * Height(largest, scores.Length)),
            Math.Min(Temperature, Coldest), Math.Max(Temperature, Hottest));
        double total = 0;
        for (var i = 0; i < scores.Length; i++)
            total += probabilities[i] = Math.Exp((Math.Log(scores[i] + Offset) - top) / temperature);
        foreach (ref var p in probabilities) p /= total;
        KeepOrder(scores, probabilities);
    }

    /// <summary>What <see cref="Slope"/> multiplies, of a row's largest score.</summary>
    internal static double Height(double largest, int labels) => 1 + Math.Log(Math.Max(largest, 1.0 / labels));

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
}
