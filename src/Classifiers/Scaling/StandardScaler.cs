namespace Engine.Classifiers.Scaling;

/// <summary>
/// Scales every column to mean 0 and population standard deviation 1 (scikit-learn's <c>StandardScaler</c>). A column whose
/// variance is within the rounding error of its mean counts as constant and is only centred.
/// </summary>
public sealed class StandardScaler : LinearScaler
{
    private protected override (double Center, double Scale) Learn(Span<double> column)
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
        return (mean, variance <= noise && double.IsFinite(variance) ? 1 : Math.Sqrt(variance));
    }
}
