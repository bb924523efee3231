using Engine.Classifiers;
using Engine.Classifiers.Numerics;
using Engine.Dsp;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Means of the MFCC, and the logarithm of the population covariance of MFCC and deltas.</summary>
internal sealed class CovarianceExtractor : FeatureExtractor
{
    private readonly Mfcc _mfcc;
    private readonly Delta _delta;
    private readonly double _ridge;

    public CovarianceExtractor(CovarianceFeatures spec, int sampleRate)
    {
        (_mfcc, _delta, _ridge) = (new(spec.Cepstra(sampleRate)), new(spec.Width), spec.Ridge);
        var n = spec.Coefficients;
        string[] values =
        [
            .. Enumerable.Range(1, n).Select(i => $"mfcc{i}"), .. Enumerable.Range(1, n).Select(i => $"delta{i}"),
        ];
        Columns =
        [
            .. values.Take(n).Select(v => $"covariance_{v}_mean"),
            .. values.SelectMany((v, i) => values.Skip(i).Select(w => $"covariance_{v}_{w}")),
        ];
        MinimumSamples = (int)Math.Clamp((spec.Width - 1L) * spec.HopLength, spec.FftSize, int.MaxValue);
    }

    public override IReadOnlyList<string> Columns { get; }

    public override int MinimumSamples { get; }

    public override double[] Extract(SampleSource samples, string name)
    {
        var frames = FrameReader.WithDelta(FrameReader.Mfcc(samples, _mfcc), _delta).Remembered();
        var (mean, sums) = FrameCovariance.Of(frames);
        var covariance = new FeatureMatrix(mean.Length, mean.Length, sums);
        for (var i = 0; i < mean.Length; i++)
        {
            for (var j = i; j < mean.Length; j++)
                covariance.Row(j)[i] = covariance.Row(i)[j] /= frames.Count;
        }

        return [.. mean.Take(mean.Length / 2), .. MatrixLogarithm.UpperTriangle(covariance, _ridge)];
    }
}
