namespace Engine.Dsp;

/// <summary>
/// The transforms behind <see cref="Gtzan57"/>, and how long recordings are split. Immutable and safe to share.
/// </summary>
/// <param name="SampleRate">Samples per second.</param>
internal sealed record Gtzan57Plan(double SampleRate)
{
    /// <summary>
    /// Frames per block: 48 s at 22,050 Hz, so that a clip is a single block whose spectra are computed once. A block's spectra,
    /// magnitudes and medians take 34 MB.
    /// </summary>
    public int BlockFrames { get; init; } = 2048;

    /// <summary>
    /// The longest recording, in samples, whose mel spectrogram and harmonic signal are kept between passes (6 minutes,
    /// 42 MB); for a longer one they are computed twice, for the mean and for the deviations.
    /// </summary>
    public int KeptSamples { get; init; } = 1 << 23;

    /// <summary>The longest series whose memory is kept for the next recording: 95 s of samples at 22,050 Hz.</summary>
    public int PooledValues { get; init; } = 1 << 21;

    /// <summary>The most spectral peaks kept to find the tuning.</summary>
    public int PeakLimit { get; init; } = LongTuning.DefaultPeakLimit;

    /// <summary>The transform.</summary>
    public Stft Stft { get; } = new(new StftOptions());

    /// <summary>Separates the harmonic signal.</summary>
    public HarmonicPercussive Separation { get; } = new();

    /// <summary>Centroid, bandwidth and rolloff.</summary>
    public SpectralShape Shape { get; } = new(SampleRate, new StftOptions().FftSize);

    /// <summary>Finds the peaks for the tuning.</summary>
    public PitchTracker Pitches { get; } = new(SampleRate, new StftOptions().FftSize);

    /// <summary>Mel filters and coefficients.</summary>
    public Mfcc Mfcc { get; } = new(new MfccOptions { Mel = new MelOptions { SampleRate = SampleRate } });
}
