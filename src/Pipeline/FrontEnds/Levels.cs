using Engine.Dsp;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Takes the logarithm of spectra: <c>librosa.power_to_db</c>, <c>amplitude_to_db</c>, or the natural one.</summary>
internal sealed class Levels(LogScale log, bool amplitude, DecibelReference reference, double? topDecibels)
{
    // librosa's amin: the smallest power or amplitude distinguished from zero; both are -100 dB.
    private const float MinPower = 1e-10f, MinAmplitude = 1e-5f;
    private const float LowestDecibels = -100;

    /// <summary>Replaces the values of <paramref name="frames"/> by their logarithms.</summary>
    public Frames<float> Of(Frames<float> frames)
    {
        var values = frames.Data.AsSpan();
        switch (log)
        {
            case LogScale.Db:
                ToDecibels(values);
                break;
            case LogScale.Ln:
                Convert(values, 1, null);
                // A factor of 10 is 10 dB of power or 20 dB of amplitude.
                var scale = (float)(Math.Log(10) / (amplitude ? 20 : 10));
                foreach (ref var value in values) value *= scale;
                break;
        }

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

    private void Convert(Span<float> values, float zero, float? range)
    {
        if (amplitude) Decibels.FromAmplitude(values, values, zero, MinAmplitude, range);
        else Decibels.FromPower(values, values, zero, MinPower, range);
    }
}
