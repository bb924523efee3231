using Engine.Dsp;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Takes the logarithm of spectra (<c>librosa.power_to_db</c>, <c>amplitude_to_db</c>, or to another base) and standardises it.
/// </summary>
internal sealed class Levels(LogScale log, bool amplitude, DecibelReference reference, double? topDecibels)
{
    // librosa's amin: the smallest power or amplitude distinguished from zero; both are -100 dB.
    private const float MinPower = 1e-10f, MinAmplitude = 1e-5f;
    private const float LowestDecibels = -100;

    /// <summary>With an offset: what values are multiplied by before it is added.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>What is added under a logarithm that is not in decibels, instead of a floor; null: a floor.</summary>
    public double? Offset { get; init; }

    /// <summary>What the result is standardised by; null: it is not.</summary>
    public (double Mean, double Deviation)? Standard { get; init; }

    /// <summary>Replaces the values of <paramref name="frames"/> by their logarithms.</summary>
    public Frames<float> Of(Frames<float> frames)
    {
        var values = frames.Data.AsSpan();
        switch (log)
        {
            case LogScale.Db:
                ToDecibels(values);
                break;
            case LogScale.Ln or LogScale.Log10:
                var logBase = log == LogScale.Ln ? Math.E : 10;
                if (Offset is { } offset) Compression.Log(values, (float)Factor, (float)offset, logBase);
                else ToLogarithm(values, logBase);
                break;
        }

        if (Standard is var (mean, deviation)) Compression.Standardize(values, (float)mean, (float)deviation);
        return frames;
    }

    // With the maximum as reference, librosa would put silence at 0 dB, as if it were maximally loud. A NaN is not silent.
    private void ToDecibels(Span<float> values)
    {
        if (reference == DecibelReference.One) Convert(values, 1, (float?)topDecibels);
        else if (values.ContainsAnyExceptInRange(0, amplitude ? MinAmplitude : MinPower))
            Convert(values, Decibels.Peak(values), (float?)topDecibels);
        else values.Fill(-(float?)topDecibels ?? LowestDecibels);
    }

    private void ToLogarithm(Span<float> values, double logBase)
    {
        Convert(values, 1, null);
        // A factor of 10 is 10 dB of power or 20 dB of amplitude.
        var scale = (float)(Math.Log(10) / Math.Log(logBase) / (amplitude ? 20 : 10));
        foreach (ref var value in values) value *= scale;
    }

    private void Convert(Span<float> values, float zero, float? range)
    {
        if (amplitude) Decibels.FromAmplitude(values, values, zero, MinAmplitude, range);
        else Decibels.FromPower(values, values, zero, MinPower, range);
    }
}
