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

    /// <summary>True: the values are amplitudes, with factor 20. False: powers, with factor 10.</summary>
    public bool Amplitude { get; init; }

    /// <summary>The value of 0 dB (<c>ref</c>); null: each signal's own maximum, but at least 0.</summary>
    public float? Reference { get; init; } = 1;

    /// <summary>Smaller values are raised to this one (<c>amin</c>); null: 1e-10 for powers, 1e-5 for amplitudes.</summary>
    public float? Minimum { get; init; }

    /// <summary>The range kept below each signal's maximum, in dB (<c>top_db</c>); null keeps everything.</summary>
    public float? TopDecibels { get; init; } = 80;

    /// <summary><see cref="Minimum"/> with its default filled in.</summary>
    public float Floor => Minimum ?? (Amplitude ? 1e-5f : 1e-10f);

    /// <summary>Whether the result depends on each signal's maximum.</summary>
    public bool NeedsPeak => Reference is null || TopDecibels is not null;

    /// <summary>The multiplier of the natural logarithm, 10/ln 10 or 20/ln 10.</summary>
    public double Factor => (Amplitude ? 20 : 10) / Math.Log(10);

    /// <summary>Subtracted afterwards: the reference in dB relative to 1; 0 if the reference is the maximum.</summary>
    public double Offset => Reference is { } reference ? Factor * Math.Log(Math.Max(Floor, Math.Abs(reference))) : 0;
}
