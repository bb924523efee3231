namespace Engine.Classifiers.Scaling;

/// <summary>
/// Raises every column to the power that makes it look most like a normal distribution, then scales it to mean 0 and deviation 1
/// (scikit-learn's <c>PowerTransformer</c>; Yeo and Johnson 2000). Skewed columns, such as variances, lose their long tails.
/// A constant column is only centred.
/// </summary>
public sealed class PowerScaler : CurvedScaler
{
    /// <summary>The power λ of each column; empty before fitting. 1 leaves a column as it is.</summary>
    public ReadOnlySpan<double> Lambda => Parameters;

    private protected override string ParameterName => "lambda";

    private protected override double Learn(Span<double> column) => YeoJohnson.Fit(column);

    private protected override double Bend(double value, double parameter) => YeoJohnson.Transform(value, parameter);

    private protected override double Straighten(double value, double parameter) => YeoJohnson.Inverse(value, parameter);
}
