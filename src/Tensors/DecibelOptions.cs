namespace Engine.Tensors;

/// <summary>
/// How values become decibels, with the names and defaults of <c>librosa.power_to_db</c> and <c>amplitude_to_db</c>.
/// </summary>
public readonly record struct DecibelOptions
{
    /// <summary>Makes the default options.</summary>
    public DecibelOptions()
    {
    }

    /// <summary>Whether the values are amplitudes, whose factor is 20, and not powers, whose factor is 10.</summary>
    public bool Amplitude { get; init; }

    /// <summary>The value of 0 dB (<c>ref</c>); null: each signal's own maximum, but at least 0.</summary>
    public float? Reference { get; init; } = 1;

    /// <summary>The smallest value told apart from zero (<c>amin</c>); null: 1e-10 of power, 1e-5 of amplitude.</summary>
    public float? Minimum { get; init; }

    /// <summary>The range kept below each signal's maximum, in dB (<c>top_db</c>); null keeps everything.</summary>
    public float? TopDecibels { get; init; } = 80;

    /// <summary>The smallest value after defaults.</summary>
    public float Floor => Minimum ?? (Amplitude ? 1e-5f : 1e-10f);

    /// <summary>Whether the result depends on each signal's maximum.</summary>
    public bool NeedsPeak => Reference is null || TopDecibels is not null;

    /// <summary>What the natural logarithm is multiplied by, 10/ln 10 or 20/ln 10.</summary>
    public double Factor => (Amplitude ? 20 : 10) / Math.Log(10);

    /// <summary>What is subtracted then: the reference in dB of 1; 0 where the reference is the maximum.</summary>
    public double Offset => Reference is { } reference ? Factor * Math.Log(Math.Max(Floor, Math.Abs(reference))) : 0;
}
