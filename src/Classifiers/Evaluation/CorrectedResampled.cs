namespace Engine.Classifiers.Evaluation;

/// <summary>
/// Interval and test for figures of repeated holdouts, which share training and test rows: Nadeau and Bengio, "Inference for the
/// generalization error", Machine Learning 52 (2003). The variance of the mean over K rounds is not s²/K but
/// (1/K + n_test/n_train)·s², with K - 1 degrees of freedom.
/// </summary>
public static class CorrectedResampled
{
    private const double Error = 0.05;

    /// <summary>The 95 % interval of the mean accuracy, [low, high], kept within [0, 1].</summary>
    /// <param name="accuracies">One per round, at least two.</param>
    /// <param name="testToTrain">Tested rows over rows learned from.</param>
    /// <exception cref="EngineException">Fewer than two rounds, or a ratio that is not above 0.</exception>
    public static double[] Interval(IReadOnlyList<double> accuracies, double testToTrain)
    {
        var (mean, error) = MeanAndError(accuracies, testToTrain);
        var margin = StudentT.TwoSidedQuantile(Error, accuracies.Count - 1) * error;
        return [Math.Max(0, mean - margin), Math.Min(1, mean + margin)];
    }

    /// <summary>
    /// The probability of a mean difference at least this large if both classifiers were equally good; 1 if no round tells them
    /// apart.
    /// </summary>
    /// <param name="differences">One per round, at least two.</param>
    /// <param name="testToTrain">Tested rows over rows learned from.</param>
    /// <exception cref="EngineException">Fewer than two rounds, or a ratio that is not above 0.</exception>
    public static double PValue(IReadOnlyList<double> differences, double testToTrain)
    {
        var (mean, error) = MeanAndError(differences, testToTrain);
        return mean == 0 ? 1 : StudentT.TwoSided(Math.Abs(mean) / error, differences.Count - 1);
    }

    private static (double Mean, double Error) MeanAndError(IReadOnlyList<double> values, double testToTrain)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count < 2) throw new EngineException($"CorrectedResampled: {values.Count} rounds; a spread needs at least 2.");
        if (!(testToTrain > 0 && double.IsFinite(testToTrain)))
            throw new EngineException($"CorrectedResampled: {testToTrain} tested rows for each row learned from; the ratio " +
                "must be above 0.");
        var mean = values.Average();
        var variance = values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1);
        return (mean, Math.Sqrt((1.0 / values.Count + testToTrain) * variance));
    }
}
