namespace Engine.Dsp;

/// <summary>Which formula turns hertz into mels.</summary>
public enum MelScale
{
    /// <summary>Linear below 1 kHz and logarithmic above, as in Slaney's Auditory Toolbox (1998); librosa's default.</summary>
    Slaney,

    /// <summary>2595·log10(1 + f/700), as in the Hidden Markov Model Toolkit (O'Shaughnessy, 1987).</summary>
    Htk,
}

/// <summary>Conversions between hertz and mels, as <c>librosa.hz_to_mel</c> and <c>librosa.mel_to_hz</c>.</summary>
public static class Mel
{
    // Slaney: 200/3 Hz per mel up to 1 kHz (15 mels), then 27 mels per factor of 6.4.
    private const double HertzPerMel = 200.0 / 3;
    private const double CornerHertz = 1000;
    private const double CornerMel = CornerHertz / HertzPerMel;
    private static readonly double s_logStep = Math.Log(6.4) / 27;

    /// <summary>Converts a frequency in Hz to mels.</summary>
    public static double FromHertz(double hertz, MelScale scale = MelScale.Slaney) => scale switch
    {
        MelScale.Htk => 2595 * Math.Log10(1 + hertz / 700),
        _ => hertz < CornerHertz ? hertz / HertzPerMel : CornerMel + Math.Log(hertz / CornerHertz) / s_logStep,
    };

    /// <summary>Converts mels to a frequency in Hz.</summary>
    public static double ToHertz(double mel, MelScale scale = MelScale.Slaney) => scale switch
    {
        MelScale.Htk => 700 * (Math.Pow(10, mel / 2595) - 1),
        _ => mel < CornerMel ? mel * HertzPerMel : CornerHertz * Math.Exp(s_logStep * (mel - CornerMel)),
    };

    /// <summary>
    /// <paramref name="count"/> frequencies in Hz, evenly spaced in mels, both ends included: <c>librosa.mel_frequencies</c>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is not from 2 to 2²⁴.</exception>
    public static double[] Frequencies(int count, double minHertz, double maxHertz, MelScale scale = MelScale.Slaney)
    {
        if (count is < 2 or > Guard.MostPoints)
            throw new ArgumentOutOfRangeException(nameof(count),
                $"Mel: count is {count}; it must be from 2 to {Guard.MostPoints}.");
        var (low, high) = (FromHertz(minHertz, scale), FromHertz(maxHertz, scale));
        var frequencies = new double[count];
        for (var i = 0; i < count; i++) frequencies[i] = ToHertz(low + (high - low) * i / (count - 1), scale);
        return frequencies;
    }
}
