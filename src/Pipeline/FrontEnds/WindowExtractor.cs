using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Computes the tensor of one window from its samples. Immutable and thread-safe.</summary>
internal abstract class WindowExtractor
{
    /// <summary>The sizes of the tensor that a window of so many samples gives.</summary>
    public abstract IReadOnlyList<int> Sizes(int samples);

    /// <summary>Writes the tensor of a window's samples, row-major.</summary>
    public abstract void Extract(SampleSource samples, Span<float> window);

    /// <summary>Plans the transforms of <paramref name="spec"/>.</summary>
    public static WindowExtractor Create(WindowSpec spec, int sampleRate) => spec switch
    {
        Wave => new WaveWindows(),
        MelFrames mel => FrameWindows.Mel(mel, sampleRate),
        StftFrames stft => FrameWindows.Stft(stft),
        MfccFrames mfcc => FrameWindows.Mfcc(mfcc, sampleRate),
        PsfLogMelFrames psf => FrameWindows.PsfLogMel(psf, sampleRate),
        MelPicture picture => new PictureWindows(picture, sampleRate),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), $"FrontEnd: unknown feature set {spec}."),
    };

    private sealed class WaveWindows : WindowExtractor
    {
        public override IReadOnlyList<int> Sizes(int samples) => [1, samples];

        public override void Extract(SampleSource samples, Span<float> window) => samples.Read(0, window);
    }
}
