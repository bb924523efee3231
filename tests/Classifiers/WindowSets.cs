using Engine.Dsp;
using Engine.Pipeline.FrontEnds;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Front ends that give windows, and double references of their values.</summary>
internal static class WindowSets
{
    public const double Segment = 0.4;

    public const int Samples = 8820;

    /// <summary>One spec of every set, small enough for a definition's double loops.</summary>
    public static readonly (FeatureSpec Spec, int[] Sizes)[] Sets =
    [
        (new Wave(), [1, Samples]),
        (new MelFrames(256, 400, 12), [1, 12, 23]),
        (new StftFrames(200, 500, Center: false), [1, 101, 18]),
        (new MfccFrames(7, 256, 400, 20), [1, 7, 23]),
        (new PsfLogMelFrames(512, 256, 512, 24), [1, 24, 34]),
        (new MelPicture(256, 200, 16, 30, 20), [3, 20, 30]),
    ];

    public static FrontEnd FrontEnd(FeatureSpec spec, double? segment = Segment, double? hop = null) =>
        new(new(PipelineCorpus.Rate, spec, segment, hop));

    public static WindowArray Only(this FeatureRows rows) => Assert.Single(rows.Windows);

    public static WindowArray Extract(
        FeatureSpec spec, ReadOnlySpan<float> samples, double? segment = Segment, double? hop = null) =>
        FrontEnd(spec, segment, hop).Extract(samples, PipelineCorpus.Rate).Only();

    /// <summary>Mel power (or magnitude) by its definition, <c>[bands][frames]</c>.</summary>
    public static double[][] MelPower(float[] samples, StftOptions stft, MelOptions mel, int power = 2)
    {
        var spectra = ReferenceStft.Forward(samples, stft);
        var filters = new MelFilterBank(mel, stft.FftSize).ToDense();
        return [.. Enumerable.Range(0, mel.Bands).Select(b => spectra
            .Select(s => s.Select((z, k) => filters[b][k] * Math.Pow(z.Power, power / 2.0)).Sum()).ToArray())];
    }

    /// <summary>Decibels of power by their definition, librosa's amin and range included.</summary>
    public static double[][] ToDecibels(double[][] power, double reference = 1, double range = 80)
    {
        var decibels = power.Select(row => row.Select(p => 10 * Math.Log10(Math.Max(1e-10, p) / reference)).ToArray()).ToArray();
        var top = decibels.Max(row => row.Max());
        return [.. decibels.Select(row => row.Select(d => Math.Max(d, top - range)).ToArray())];
    }

    public static double[] Flat(double[][] rows) => [.. rows.SelectMany(r => r)];
}
