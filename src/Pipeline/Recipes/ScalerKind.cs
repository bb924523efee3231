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
        _ => throw new ArgumentOutOfRangeException(nameof(kind), $"Scaler: unknown kind {kind}."),
    };
}
