using System.Runtime.InteropServices;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Dsp.Numpy;
using Engine.Pipeline.FrontEnds;

namespace Engine.Cli.Features;

/// <summary>Computes the frames of one spectral feature set, as an array or block by block.</summary>
internal abstract class FramePlan
{
    /// <summary>Louder samples could make a frame overflow.</summary>
    public const float Loudest = 1e15f;

    // The largest array that may be computed in parallel with others and wait its turn in memory.
    private const long MostBytes = 16 << 20;

    /// <summary>The plan of a front end's feature set; on another device if <paramref name="frames"/> is given.</summary>
    public static FramePlan Create(FrontEndSpec spec, DeviceFrames? frames)
    {
        var options = Options(spec.Features);
        if (frames is not null)
        {
            return spec.Features is StftFeatures
                ? new Of<Complex<float>>(new Stft(options), frames.Bins / 2, source => Pairs(frames.Read(source)))
                : new Of<float>(new Stft(options), frames.Bins, frames.Read);
        }

        switch (spec.Features)
        {
            case StftFeatures:
                var stft = new Stft(options);
                return new Of<Complex<float>>(stft, stft.Bins, source => FrameReader.Spectrum(source, stft));
            case MelFeatures set:
                var mel = new MelSpectrogram(options, set.Filters(spec.SampleRate));
                return new Of<float>(mel.Stft, set.Bands, source => FrameReader.Mel(source, mel));
            case MfccFeatures set:
                var mfcc = new Mfcc(set.Cepstra(spec.SampleRate));
                return new Of<float>(mfcc.MelSpectrogram.Stft, set.Coefficients, source => FrameReader.Mfcc(source, mfcc));
            case ChromaFeatures:
                var power = new Stft(options);
                return new Of<float>(power, 12, source => FrameReader.Chroma(source, power));
            case DescriptorFeatures set:
                var descriptors = new FrameDescriptors(spec.SampleRate, set.FftSize, set.HopLength);
                return new Of<float>(descriptors.Stft, FrameDescriptors.Names.Count, descriptors.Read);
            case ContrastFeatures set:
                var (magnitude, contrast) = (new Stft(options), new SpectralContrast(spec.SampleRate, set.FftSize));
                return new Of<float>(
                    magnitude, contrast.Bands, source => FrameReader.Contrast(source, magnitude, contrast));
            default:
                throw new ArgumentException($"FramePlan: {spec.Features} has no frames.");
        }
    }

    /// <summary>The transform's parameters of a set that has frames.</summary>
    public static StftOptions Options(FeatureSpec features) =>
        features.Transform() ?? throw new ArgumentException($"FramePlan: {features} has no frames.");

    /// <summary>How many frames this many samples have.</summary>
    public abstract int FrameCount(long samples);

    /// <summary>Whether the array of this many samples may be held in memory along with others.</summary>
    public abstract bool IsSmall(long samples);

    /// <summary>The array of a recording or window, in memory.</summary>
    public abstract NpyArray Compute(SampleSource source);

    /// <summary>The array, written block by block while the source is open; this may need a scratch file.</summary>
    public abstract INpyContent Stream(SampleSource source, string scratchFolder);

    /// <summary>The array, computed now into a scratch file.</summary>
    public abstract NpyScratch ToScratch(SampleSource source, string scratchFolder);

    private static FrameReader<Complex<float>> Pairs(FrameReader<float> parts) =>
        new(parts.Count, parts.Bins / 2, parts.BlockFrames,
            (first, frames) => parts.Read(first, MemoryMarshal.Cast<Complex<float>, float>(frames)));

    private sealed class Of<T>(Stft stft, int bins, Func<SampleSource, FrameReader<T>> read) : FramePlan
        where T : unmanaged
    {
        private const int ElementBytes = 8;

        public override int FrameCount(long samples) => stft.FrameCount(checked((int)samples));

        public override bool IsSmall(long samples) =>
            samples <= int.MaxValue && (long)FrameCount(samples) * bins * ElementBytes <= MostBytes;

        public override NpyArray Compute(SampleSource source)
        {
            var reader = read(source);
            var frames = new Frames<T>(reader.Count, reader.Bins);
            foreach (var (first, values) in reader.Blocks()) values.Span.CopyTo(frames.Data.AsSpan(first * reader.Bins));
            return NpyArray.FromFrames(frames);
        }

        public override INpyContent Stream(SampleSource source, string scratchFolder) =>
            new NpyFrames<T>(read(source), scratchFolder);

        public override NpyScratch ToScratch(SampleSource source, string scratchFolder) =>
            new NpyFrames<T>(read(source), scratchFolder).ToScratch();
    }
}
