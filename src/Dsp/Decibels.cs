namespace Engine.Dsp;

/// <summary>
/// Conversions to decibels: <c>librosa.power_to_db</c> and <c>librosa.amplitude_to_db</c>. Input and output may be the same
/// span. A NaN stays NaN and does not touch the other values.
/// </summary>
public static class Decibels
{
    /// <summary><c>10·log10(max(amin, power) / max(amin, reference))</c>, raised to the maximum minus <paramref name="topDb"/>.</summary>
    /// <param name="power">Power values of any shape.</param>
    /// <param name="decibels">As many values, in dB.</param>
    /// <param name="reference">The power of 0 dB; <see cref="Peak"/> of the input puts its maximum at 0 dB.</param>
    /// <param name="amin">The smallest power told apart from zero.</param>
    /// <param name="topDb">The range kept below the maximum of this span, in dB; null keeps everything.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">amin is not positive, or topDb negative.</exception>
    public static void FromPower(ReadOnlySpan<float> power, Span<float> decibels, float reference = 1, float amin = 1e-10f, float? topDb = 80)
    {
        Check(power.Length, decibels.Length, amin, topDb);
        var offset = 10 * Math.Log10(Math.Max(amin, Math.Abs(reference)));
        for (var i = 0; i < power.Length; i++) decibels[i] = (float)(10 * Math.Log10(Math.Max(amin, power[i])) - offset);
        Clip(decibels, topDb);
    }

    /// <summary><c>20·log10(max(amin, |amplitude|) / max(amin, reference))</c>, raised to the maximum minus <paramref name="topDb"/>.</summary>
    /// <param name="amplitude">Amplitudes of any shape.</param>
    /// <param name="decibels">As many values, in dB.</param>
    /// <param name="reference">The amplitude of 0 dB; <see cref="Peak"/> of the input puts its maximum at 0 dB.</param>
    /// <param name="amin">The smallest amplitude told apart from zero.</param>
    /// <param name="topDb">The range kept below the maximum of this span, in dB; null keeps everything.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">amin is not positive, or topDb negative.</exception>
    public static void FromAmplitude(ReadOnlySpan<float> amplitude, Span<float> decibels, float reference = 1, float amin = 1e-5f, float? topDb = 80)
    {
        Check(amplitude.Length, decibels.Length, amin, topDb);
        var offset = 20 * Math.Log10(Math.Max(amin, Math.Abs(reference)));
        for (var i = 0; i < amplitude.Length; i++)
            decibels[i] = (float)(20 * Math.Log10(Math.Max(amin, Math.Abs(amplitude[i]))) - offset);
        Clip(decibels, topDb);
    }

    /// <summary>The largest magnitude: the reference for <c>ref=np.max</c> on spectra. NaN is passed over; 0 if nothing is left.</summary>
    public static float Peak(ReadOnlySpan<float> values)
    {
        var peak = 0f;
        foreach (var value in values)
            if (Math.Abs(value) > peak) peak = Math.Abs(value);
        return peak;
    }

    private static void Clip(Span<float> decibels, float? topDb)
    {
        if (topDb is not { } range) return;
        var max = float.NegativeInfinity;
        foreach (var value in decibels)
            if (value > max) max = value;
        var floor = max - range;
        foreach (ref var value in decibels)
            if (value < floor) value = floor;
    }

    private static void Check(int input, int output, float amin, float? topDb)
    {
        if (input != output) throw new ArgumentException($"Decibels: the input has {input} values but the output {output}; they must agree.");
        if (!(amin > 0)) throw new ArgumentOutOfRangeException(nameof(amin), $"Decibels: amin is {amin}; it must be positive.");
        if (topDb is { } range && !(range >= 0)) throw new ArgumentOutOfRangeException(nameof(topDb), $"Decibels: topDb is {range}; it must be at least 0.");
    }
}
