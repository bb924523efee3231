namespace Engine.Classifiers.Scaling;

/// <summary>
/// Scales every column to mean 0 and population standard deviation 1 (scikit-learn's <c>StandardScaler</c>). A column whose
/// variance is within the rounding error of its mean counts as constant and is only centred.
/// </summary>
public sealed class StandardScaler : LinearScaler
{
    /// <summary>A scaler that is not fitted.</summary>
    public StandardScaler()
    {
    }

    internal StandardScaler(string name)
        : base(name)
    {
    }

    /// <summary>Whether the variance is within the rounding error of the mean.</summary>
    internal static bool IsConstant(ReadOnlySpan<double> column) => Measure(column).IsConstant;

    private protected override (double Center, double Scale) Learn(Span<double> column)
    {
        var (mean, variance, isConstant) = Measure(column);
        return (mean, isConstant ? 1 : Math.Sqrt(variance));
    }

    private static (double Mean, double Variance, bool IsConstant) Measure(ReadOnlySpan<double> column)
    {
        double sum = 0;
        foreach (var v in column) sum += v;
        var mean = sum / column.Length;

        // Two passes; the summed residual corrects for the rounding of the mean (Chan, Golub and LeVeque 1983).
        double squares = 0, residual = 0;
        foreach (var v in column)
        {
            squares += (v - mean) * (v - mean);
            residual += v - mean;
        }

        var variance = (squares - residual * residual / column.Length) / column.Length;
        var relative = column.Length * MachineEpsilon;
        var noise = relative * variance + relative * mean * (relative * mean);
        return (mean, variance, variance <= noise && double.IsFinite(variance));
    }
}
