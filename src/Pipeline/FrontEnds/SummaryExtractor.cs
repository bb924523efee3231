using Engine.Dsp;
using Engine.Dsp.Audio;

namespace Engine.Pipeline.FrontEnds;

/// <summary>Mean and population variance (as in <c>numpy.var</c>) of each bin over the frames.</summary>
internal sealed class SummaryExtractor : FeatureExtractor
{
    private readonly Func<SampleSource, FrameReader<float>> _frames;

    private SummaryExtractor(string[] bins, int minimumSamples, Func<SampleSource, FrameReader<float>> frames)
    {
        _frames = frames;
        Columns = [.. bins.SelectMany(b => new[] { $"{b}_mean", $"{b}_var" })];
        MinimumSamples = minimumSamples;
    }

    public override IReadOnlyList<string> Columns { get; }

    public override int MinimumSamples { get; }

    public override double[] Extract(SampleSource samples, string name) => Of(_frames(samples));

    /// <summary>Mean and variance of each bin in turn.</summary>
    public static double[] Of(FrameReader<float> frames)
    {
        var remembered = frames.Remembered();
        return Of(frames.Count, frames.Bins, () => remembered.Blocks().Select(b => b.Values));
    }

    /// <summary>Mean and variance of each bin in turn.</summary>
    public static double[] Of(Frames<float> frames) => Of(frames.Count, frames.Bins, () => [frames.Data]);

    public static SummaryExtractor Mfcc(MfccFeatures spec, int sampleRate)
    {
        var mfcc = new Mfcc(spec.Cepstra(sampleRate));
        return new(Names("mfcc", spec.Coefficients), spec.FftSize, source => FrameReader.Mfcc(source, mfcc));
    }

    public static SummaryExtractor MelDecibels(MelFeatures spec, int sampleRate)
    {
        var mel = new MelSpectrogram(spec.Transform(), spec.Filters(sampleRate));
        return new(Names("mel_db", spec.Bands), spec.FftSize, source => FrameReader.MelDecibels(source, mel));
    }

    public static SummaryExtractor Stft(StftFeatures spec)
    {
        var stft = new Stft(spec.Transform());
        return new(Names("stft", stft.Bins), spec.FftSize, source => FrameReader.Magnitude(source, stft));
    }

    public static SummaryExtractor Chroma(ChromaFeatures spec)
    {
        var stft = new Stft(spec.Transform());
        return new(Names("chroma", 12), spec.FftSize, source => FrameReader.Chroma(source, stft));
    }

    public static SummaryExtractor Descriptors(DescriptorFeatures spec, int sampleRate)
    {
        var descriptors = new FrameDescriptors(sampleRate, spec.FftSize, spec.HopLength);
        return new([.. FrameDescriptors.Names], spec.FftSize, descriptors.Read);
    }

    public static SummaryExtractor Tonnetz()
    {
        var stft = new Stft(new());
        return new(Names("tonnetz", Dsp.Tonnetz.Dimensions), stft.Options.FftSize, source => FrameReader.Tonnetz(source, stft));
    }

    public static SummaryExtractor Contrast(int sampleRate, int fftSize = 2048, int hopLength = 512)
    {
        var stft = new Stft(new() { FftSize = fftSize, HopLength = hopLength });
        var contrast = new SpectralContrast(sampleRate, stft.Options.FftSize);
        return new(Names("spectral_contrast", contrast.Bands), stft.Options.FftSize,
            source => FrameReader.Contrast(source, stft, contrast));
    }

    public static SummaryExtractor Flatness()
    {
        var stft = new Stft(new());
        return new(["spectral_flatness"], stft.Options.FftSize, source => FrameReader.Flatness(source, stft));
    }

    // Passes over the frames twice: once for the means, once for the deviations.
    private static double[] Of(int count, int bins, Func<IEnumerable<ReadOnlyMemory<float>>> blocks)
    {
        var (mean, variance) = (new double[bins], new double[bins]);
        foreach (var block in blocks())
        {
            for (var values = block.Span; !values.IsEmpty; values = values[bins..])
            {
                for (var b = 0; b < mean.Length; b++) mean[b] += values[b];
            }
        }

        for (var b = 0; b < mean.Length; b++) mean[b] /= count;
        foreach (var block in blocks())
        {
            for (var values = block.Span; !values.IsEmpty; values = values[bins..])
            {
                for (var b = 0; b < mean.Length; b++) variance[b] += (values[b] - mean[b]) * (values[b] - mean[b]);
            }
        }

        return [.. mean.Zip(variance).SelectMany(p => new[] { p.First, p.Second / count })];
    }

    private static string[] Names(string name, int count) => [.. Enumerable.Range(1, count).Select(i => $"{name}{i}")];
}
