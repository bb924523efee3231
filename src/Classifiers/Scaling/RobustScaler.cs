namespace Engine.Classifiers.Scaling;

/// <summary>
/// Scales every column to median 0 and interquartile range 1 (scikit-learn's <c>RobustScaler</c>), so that a few extreme tracks
/// do not set the scale. Quartiles interpolate linearly between order statistics; a range of 0 counts as 1.
/// </summary>
public sealed class RobustScaler : LinearScaler
{
    private protected override (double Center, double Scale) Learn(Span<double> column)
    {
        column.Sort();
        return (Quantile(column, 0.5), RangeOrOne(Quantile(column, 0.75) - Quantile(column, 0.25)));
    }

    /// <summary>The quantile of sorted values, linear between order statistics (type 7 of Hyndman and Fan 1996).</summary>
    internal static double Quantile(ReadOnlySpan<double> sorted, double q)
    {
        var position = q * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
