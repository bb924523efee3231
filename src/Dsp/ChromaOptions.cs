namespace Engine.Dsp;

/// <summary>How a chroma frame is scaled.</summary>
public enum ChromaNorm
{
    /// <summary>No scaling: the energy per pitch class.</summary>
    None,

    /// <summary>The largest value is 1 (librosa's default).</summary>
    Max,

    /// <summary>The values add up to 1.</summary>
    Sum,

    /// <summary>The squares add up to 1.</summary>
    Euclidean,
}

/// <summary>The parameters of chroma features, with librosa's defaults.</summary>
public sealed record ChromaOptions
{
    /// <summary>Pitch classes per octave (<c>n_chroma</c>).</summary>
    public int Classes { get; init; } = 12;

    /// <summary>
    /// The deviation from A440 in fractions of a class (<c>tuning</c>); null means estimated from the spectrogram.
    /// </summary>
    public double? Tuning { get; init; }

    /// <summary>The centre of the weight over octaves above 27.5 Hz (<c>ctroct</c>).</summary>
    public double CenterOctave { get; init; } = 5;

    /// <summary>
    /// The standard deviation of that weight in octaves (<c>octwidth</c>); null means all octaves have equal weight.
    /// </summary>
    public double? OctaveWidth { get; init; } = 2;

    /// <summary>True: class 0 is C. False: it is A (<c>base_c</c>).</summary>
    public bool StartsAtC { get; init; } = true;

    /// <summary>How each frame is scaled (<c>norm</c>).</summary>
    public ChromaNorm Norm { get; init; } = ChromaNorm.Max;
}
