using Engine.Dsp;

namespace Engine.Tests.Support;

/// <summary>Harmonic-percussive masks in double precision, by the definition of <c>librosa.decompose.hpss</c>.</summary>
public static class ReferenceSeparation
{
    public static (double[] Harmonic, double[] Percussive) Masks(Frames<float> magnitude, HarmonicPercussiveOptions options)
    {
        var tones = ReferenceMedian.AlongTime(magnitude, options.HarmonicSize).Data;
        var strokes = ReferenceMedian.AlongFrequency(magnitude, options.PercussiveSize).Data;
        var silence = options.HarmonicMargin == 1 && options.PercussiveMargin == 1 ? 0.5 : 0;
        var pairs = tones.Zip(strokes).ToArray();
        return (
            [.. pairs.Select(p => SoftMask(p.First, (double)p.Second * options.HarmonicMargin, options.Power, silence))],
            [.. pairs.Select(p => SoftMask(p.Second, (double)p.First * options.PercussiveMargin, options.Power, silence))]);
    }

    private static double SoftMask(double x, double reference, double power, double silence)
    {
        if (double.IsPositiveInfinity(power)) return x > reference ? 1 : 0;
        if (Math.Max(x, reference) < 1.17549435e-38) return silence;
        return 1 / (1 + Math.Pow(reference / x, power));
    }
}
