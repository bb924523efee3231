using Engine.Dsp;

namespace Engine.Classifiers.Pipeline;

/// <summary>The frames <c>[frames, bins]</c> of a mono signal.</summary>
internal delegate Frames<float> FrameTransform(ReadOnlySpan<float> signal);

/// <summary>Mean and variance (of a population, as <c>numpy.var</c>) of each bin over the frames.</summary>
internal sealed class SummaryExtractor : FeatureExtractor
{
    private readonly FrameTransform _transform;

    private SummaryExtractor(string[] bins, int minimumSamples, FrameTransform transform)
    {
        _transform = transform;
        Columns = [.. bins.SelectMany(b => new[] { $"{b}_mean", $"{b}_var" })];
        MinimumSamples = minimumSamples;
    }

    public override IReadOnlyList<string> Columns { get; }

    public override int MinimumSamples { get; }

    public override double[] Extract(ReadOnlySpan<float> samples, string name) => Of(_transform(samples));

    /// <summary>Mean and variance of each bin in turn.</summary>
    public static double[] Of(Frames<float> frames)
    {
        var (mean, variance) = (new double[frames.Bins], new double[frames.Bins]);
        for (var t = 0; t < frames.Count; t++)
        {
            for (var b = 0; b < mean.Length; b++) mean[b] += frames[t][b];
        }

        for (var b = 0; b < mean.Length; b++) mean[b] /= frames.Count;
        for (var t = 0; t < frames.Count; t++)
        {
            for (var b = 0; b < mean.Length; b++) variance[b] += (frames[t][b] - mean[b]) * (frames[t][b] - mean[b]);
        }

        return [.. mean.Zip(variance).SelectMany(p => new[] { p.First, p.Second / frames.Count })];
    }

    public static SummaryExtractor Mfcc(MfccFeatures spec, int sampleRate)
    {
        var mfcc = new Mfcc(new MfccOptions
        {
            Coefficients = spec.Coefficients,
            Stft = Frames(spec.FftSize, spec.HopLength),
            Mel = new MelOptions { SampleRate = sampleRate, Bands = spec.Bands },
        });
        return new(Names("mfcc", spec.Coefficients), spec.FftSize, mfcc.Compute);
    }

    public static SummaryExtractor MelDecibels(MelFeatures spec, int sampleRate)
    {
        var mel = new MelSpectrogram(Frames(spec.FftSize, spec.HopLength), new MelOptions { SampleRate = sampleRate, Bands = spec.Bands });
        return new(Names("mel_db", spec.Bands), spec.FftSize, signal =>
        {
            var power = mel.Compute(signal);
            Decibels.FromPower(power.Data, power.Data);
            return power;
        });
    }

    public static SummaryExtractor Stft(StftFeatures spec)
    {
        var stft = new Stft(Frames(spec.FftSize, spec.HopLength));
        return new(Names("stft", stft.Bins), spec.FftSize, stft.Magnitude);
    }

    public static SummaryExtractor Chroma(ChromaFeatures spec, int sampleRate)
    {
        var stft = new Stft(Frames(spec.FftSize, spec.HopLength));
        return new(Names("chroma", 12), spec.FftSize, signal => Dsp.Chroma.Of(stft.Power(signal), sampleRate, fftSize: spec.FftSize));
    }

    public static SummaryExtractor Tonnetz(int sampleRate)
    {
        var stft = new Stft(new());
        return new(Names("tonnetz", Dsp.Tonnetz.Dimensions), stft.Options.FftSize,
            signal => Dsp.Tonnetz.Of(Dsp.Chroma.Of(stft.Power(signal), sampleRate, fftSize: stft.Options.FftSize)));
    }

    public static SummaryExtractor Contrast(int sampleRate)
    {
        var stft = new Stft(new());
        var contrast = new SpectralContrast(sampleRate, stft.Options.FftSize);
        return new(Names("spectral_contrast", contrast.Bands), stft.Options.FftSize, signal => contrast.Of(stft.Magnitude(signal)));
    }

    public static SummaryExtractor Flatness()
    {
        var stft = new Stft(new());
        return new(["spectral_flatness"], stft.Options.FftSize, signal =>
        {
            var flatness = SpectralFlatness.Of(stft.Power(signal));
            return new(flatness.Length, 1, flatness);
        });
    }

    private static StftOptions Frames(int fftSize, int hop) => new() { FftSize = fftSize, HopLength = hop };

    private static string[] Names(string name, int count) => [.. Enumerable.Range(1, count).Select(i => $"{name}{i}")];
}
