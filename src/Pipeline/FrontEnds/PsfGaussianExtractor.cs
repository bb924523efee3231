using Engine.Classifiers;
using Engine.Classifiers.Knn;
using Engine.Dsp;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Mean and covariance (n - 1, as <c>numpy.cov</c>) of a clip's python_speech_features MFCC frames.</summary>
internal sealed class PsfGaussianExtractor : FeatureExtractor
{
    private readonly PythonSpeechFeatures _mfcc;
    private readonly int _coefficients;

    public PsfGaussianExtractor(PsfGaussianFeatures spec, int sampleRate)
    {
        _mfcc = new(new PythonSpeechFeaturesOptions
        {
            SampleRate = sampleRate,
            WindowSeconds = spec.WindowSeconds,
            StepSeconds = spec.StepSeconds,
            Coefficients = spec.Coefficients,
            Filters = spec.Filters,
            FftSize = spec.FftSize,
            PreEmphasis = spec.PreEmphasis,
            Lifter = spec.Lifter,
            AppendEnergy = spec.AppendEnergy,
        });
        _coefficients = spec.Coefficients;
        Columns = [.. Enumerable.Range(1, _coefficients).Select(i => $"mfcc{i}_mean"),
            .. Enumerable.Range(1, _coefficients)
                .SelectMany(i => Enumerable.Range(i, _coefficients - i + 1).Select(j => $"mfcc{i}_mfcc{j}_cov"))];
        // A covariance of d coefficients needs d + 1 frames for full rank.
        MinimumSamples = (int)Math.Ceiling((spec.WindowSeconds + _coefficients * spec.StepSeconds) * sampleRate);
    }

    public override IReadOnlyList<string> Columns { get; }

    public override int MinimumSamples { get; }

    public override double[] Extract(SampleSource samples, string name)
    {
        var frames = FrameReader.PythonSpeechMfcc(samples, _mfcc).Remembered();
        var (mean, covariance) = FrameCovariance.Of(frames);
        for (var i = 0; i < covariance.Length; i++) covariance[i] /= frames.Count - 1;
        var row = GaussianDivergence.ToRow(mean, covariance);
        return GaussianDivergence.IsValid(row) ? row : throw new EngineException(
            $"{name}: the covariance of its {frames.Count} MFCC frames is not positive definite, as for " +
                "silence or a constant tone; it has no divergence from other clips.");
    }
}
