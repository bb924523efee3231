using System.Globalization;
using Engine.Tensors;

namespace Engine.Classifiers.Svm;

/// <summary>The gamma of a kernel: a number, or a rule that derives one from the training rows.</summary>
public readonly record struct SvmGamma : IRangedValue
{
    private readonly bool _auto;

    private SvmGamma(double? value, bool auto) => (Value, _auto) = (value, auto);

    /// <summary>1 / (columns · variance of all values), or 1 if nothing varies: scikit-learn's "scale".</summary>
    public static SvmGamma Scale { get; }

    /// <summary>1 / columns: scikit-learn's "auto".</summary>
    public static SvmGamma Auto { get; } = new(null, true);

    /// <summary>The number; null for a rule.</summary>
    public double? Value { get; }

    /// <inheritdoc/>
    public IEnumerable<(string Place, double Number)> Numbers => Value is { } value ? [("", value)] : [];

    /// <summary>A number, which must be above 0 when fitting.</summary>
    public static SvmGamma Of(double value) => new(value, false);

    /// <summary>The number, or the rule's name.</summary>
    public override string ToString() => Value?.ToString("R", CultureInfo.InvariantCulture) ?? (_auto ? "auto" : "scale");

    /// <summary>The number to use for rows <paramref name="x"/>.</summary>
    internal double Resolve(FeatureMatrix x)
    {
        if (Value is { } value) return value;
        if (_auto) return 1.0 / x.Columns;
        var variance = Variance(x);
        return variance > 0 ? 1 / (x.Columns * variance) : 1;
    }

    // Two passes, summed row by row so that long sums stay accurate.
    private static double Variance(FeatureMatrix x)
    {
        double sum = 0, squares = 0;
        for (var r = 0; r < x.Rows; r++)
        {
            double row = 0;
            foreach (var v in x.Row(r)) row += v;
            sum += row;
        }

        var mean = sum / x.Data.Length;
        for (var r = 0; r < x.Rows; r++)
        {
            double row = 0;
            foreach (var v in x.Row(r)) row += (v - mean) * (v - mean);
            squares += row;
        }

        return squares / x.Data.Length;
    }
}
