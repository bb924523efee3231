using Engine.Classifiers.Numerics;

namespace Engine.Classifiers.Scaling;

/// <summary>
/// Takes the symmetric logarithm of every column, <c>sign(x) · ln(1 + |x| / u)</c>, and scales it to mean 0 and deviation 1. The
/// unit u is the median magnitude of the column's training values other than 0, so that small numbers bend as large ones do.
/// </summary>
public sealed class LogScaler : CurvedScaler
{
    /// <summary>The unit u of each column, above 0; empty before fitting. 1 for a column of zeros.</summary>
    public ReadOnlySpan<double> Unit => Parameters;

    private protected override string ParameterName => "unit";

    private protected override double Learn(Span<double> column)
    {
        var count = 0;
        foreach (var v in column)
        {
            if (v != 0) column[count++] = Math.Abs(v);
        }

        if (count == 0) return 1;
        column[..count].Sort();
        return RobustScaler.Quantile(column[..count], 0.5);
    }

    private protected override double Bend(double value, double parameter)
    {
        var ratio = Math.Abs(value) / parameter;
        var log = double.IsFinite(ratio) ? Exponentials.Log1p(ratio) : Math.Log(Math.Abs(value)) - Math.Log(parameter);
        return Math.CopySign(log, value);
    }

    private protected override double Straighten(double value, double parameter) =>
        Math.CopySign(parameter * Exponentials.Expm1(Math.Abs(value)), value);

    private protected override bool IsParameter(double value) => value > 0;
}
