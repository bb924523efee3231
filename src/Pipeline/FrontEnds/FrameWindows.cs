using Engine.Dsp;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>The frames <c>[frames, bins]</c> of a mono signal.</summary>
internal delegate Frames<float> FrameTransform(ReadOnlySpan<float> signal);

/// <summary>
/// The frames of a transform as <c>[1, bins, frames]</c>, the orientation used by librosa, or as <c>[1, frames, bins]</c>.
/// </summary>
internal sealed class FrameWindows : WindowExtractor
{
    private readonly int _bins;
    private readonly Func<int, int> _frameCount;
    private readonly FrameTransform _transform;

    private FrameWindows(int bins, Func<int, int> frameCount, FrameTransform transform) =>
        (_bins, _frameCount, _transform) = (bins, frameCount, transform);

    // Of the filter before the transform; 0: there is none.
    private float PreEmphasis { get; init; }

    private bool FramesFirst { get; init; }

    public override IReadOnlyList<int> Sizes(int samples)
    {
        var frames = _frameCount(PreEmphasis > 0 ? samples - 1 : samples);
        return FramesFirst ? [1, frames, _bins] : [1, _bins, frames];
    }

    public override void Extract(SampleSource samples, Span<float> window)
    {
        var signal = Samples.ToArray(samples).AsSpan();
        if (PreEmphasis > 0) signal = Dsp.PreEmphasis.Apply(signal, PreEmphasis);
        var frames = _transform(signal);
        if (FramesFirst) frames.Data.CopyTo(window);
        else Matrices.Transpose(frames.Data, window, frames.Count, frames.Bins);
    }

    public static FrameWindows Mel(MelFrames spec, int sampleRate)
    {
        var mel = new MelSpectrogram(spec.Stft(), spec.Filters(sampleRate));
        var levels = spec.Levels();
        return new(spec.Bands, mel.Stft.FrameCount, signal =>
            levels.Of(spec.Power == 1 ? mel.Filters.Apply(mel.Stft.Magnitude(signal)) : mel.Compute(signal)))
        {
            PreEmphasis = (float)spec.PreEmphasis,
            FramesFirst = spec.FramesFirst,
        };
    }

    public static FrameWindows Stft(StftFrames spec)
    {
        var stft = new Stft(Options(spec.FftSize, spec.HopLength, spec.Center));
        var levels = new Levels(spec.Log, amplitude: true, spec.Reference, spec.TopDecibels);
        return new(stft.Bins, stft.FrameCount, signal => levels.Of(stft.Magnitude(signal)));
    }

    public static FrameWindows Mfcc(MfccFrames spec, int sampleRate)
    {
        var mfcc = new Mfcc(new MfccOptions
        {
            Coefficients = spec.Coefficients,
            Stft = Options(spec.FftSize, spec.HopLength, spec.Center),
            Mel = new MelOptions { SampleRate = sampleRate, Bands = spec.Bands },
        });
        return new(spec.Coefficients, mfcc.MelSpectrogram.Stft.FrameCount, signal => spec.CmvnWindow == 0
            ? mfcc.Compute(signal)
            : CepstralNormalization.Speechpy(mfcc.Compute(signal), spec.CmvnWindow, spec.Variance));
    }

    public static FrameWindows PsfLogMel(PsfLogMelFrames spec, int sampleRate)
    {
        var bank = new PythonSpeechFeatures(new PythonSpeechFeaturesOptions
        {
            SampleRate = sampleRate,
            WindowSeconds = (double)spec.FrameLength / sampleRate,
            StepSeconds = (double)spec.FrameStep / sampleRate,
            FftSize = spec.FftSize,
            Filters = spec.Filters,
            Coefficients = 1,
            LowFrequency = spec.LowFrequency,
            HighFrequency = spec.HighFrequency,
            PreEmphasis = spec.PreEmphasis,
        });
        return new(spec.Filters, bank.FrameCount, bank.LogFilterBank);
    }

    private static StftOptions Options(int fftSize, int hop, bool center) =>
        new() { FftSize = fftSize, HopLength = hop, Center = center };
}
