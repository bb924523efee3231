namespace Engine.Dsp;

/// <summary>The parameters of a harmonic-percussive separation, with librosa's defaults.</summary>
public sealed record HarmonicPercussiveOptions
{
    /// <summary>Frames in the median along time, which finds steady tones; odd.</summary>
    public int HarmonicSize { get; init; } = 31;

    /// <summary>Bins in the median along frequency, which finds strokes; odd.</summary>
    public int PercussiveSize { get; init; } = 31;

    /// <summary>The exponent of the soft masks, above 0; +∞ gives hard masks of zeros and ones.</summary>
    public float Power { get; init; } = 2;

    /// <summary>
    /// The factor by which the harmonic estimate must exceed the percussive one to share a bin evenly; at least 1.
    /// </summary>
    public float HarmonicMargin { get; init; } = 1;

    /// <summary>The same for the percussive estimate. With margins above 1 the parts leave a residual.</summary>
    public float PercussiveMargin { get; init; } = 1;

    internal void Validate()
    {
        if (!(Power > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(Power), $"HarmonicPercussive: power is {Power}; it must be above 0.");
        }

        if (!(HarmonicMargin >= 1) || !(PercussiveMargin >= 1) || !float.IsFinite(HarmonicMargin)
            || !float.IsFinite(PercussiveMargin))
        {
            throw new ArgumentOutOfRangeException(nameof(HarmonicMargin),
                $"HarmonicPercussive: the margins are {HarmonicMargin} and {PercussiveMargin}; both must be finite and at "
                    + "least 1.");
        }
    }
}
