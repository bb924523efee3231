namespace Engine.Classifiers;

/// <summary>How much accuracy is lost when a column's values are shuffled.</summary>
/// <param name="Mean">The mean loss by column.</param>
/// <param name="Deviation">Its standard deviation over trees or repeats, by column.</param>
public sealed record ColumnImportance(double[] Mean, double[] Deviation)
{
    /// <summary>Mean over deviation; 0 where the deviation is 0.</summary>
    public double[] ZScores => [.. Mean.Select((m, c) => Deviation[c] > 0 ? m / Deviation[c] : 0)];

    /// <summary>Mean and population deviation from sums and sums of squares over <paramref name="count"/> draws.</summary>
    internal static ColumnImportance Of(double[] sums, double[] squares, int count)
    {
        double[] mean = [.. sums.Select(s => s / count)];
        return new(mean, [.. squares.Select((s, c) => Math.Sqrt(Math.Max(0, s / count - mean[c] * mean[c])))]);
    }
}
