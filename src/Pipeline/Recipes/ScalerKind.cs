using Engine.Classifiers.Scaling;

namespace Engine.Pipeline.Recipes;

/// <summary>How feature columns are brought to a common scale.</summary>
public enum ScalerKind
{
    /// <summary>Left as they are.</summary>
    None,

    /// <summary>Mean 0, deviation 1.</summary>
    Standard,

    /// <summary>Median 0, interquartile range 1.</summary>
    Robust,

    /// <summary>From 0 to 1.</summary>
    MinMax,

    /// <summary>
    /// Yeo and Johnson's power of each column that makes it look most like a normal distribution; then mean 0, deviation 1.
    /// </summary>
    Power,

    /// <summary>The sign times ln(1 + |x| / u), u being the median of a column's magnitudes; then mean 0, deviation 1.</summary>
    Log,
}

internal static class ScalerKinds
{
    /// <summary>Makes the scaler, not fitted; null for none.</summary>
    public static IScaler? Create(this ScalerKind kind) => kind switch
    {
        ScalerKind.None => null,
        ScalerKind.Standard => new StandardScaler(),
        ScalerKind.Robust => new RobustScaler(),
        ScalerKind.MinMax => new MinMaxScaler(),
        ScalerKind.Power => new PowerScaler(),
        ScalerKind.Log => new LogScaler(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), $"Scaler: unknown kind {kind}."),
    };
}
