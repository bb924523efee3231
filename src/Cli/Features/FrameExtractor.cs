using Engine.Classifiers;
using Engine.Classifiers.Pipeline;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Dsp.Numpy;

namespace Engine.Cli.Features;

/// <summary>Computes the frames of a spectral feature, for Python users: arrays [bins, frames] as librosa gives them.</summary>
internal sealed class FrameExtractor(FrontEndSpec spec)
{
    private readonly Func<float[], NpyArray> _compute = Plan(spec);

    /// <summary>
    /// The array of each recording or window by its name, in order, computed on several threads as the caller reads on. What
    /// cannot be used goes into <paramref name="skipped"/>, or throws, as the options say.
    /// </summary>
    public IEnumerable<KeyValuePair<string, NpyArray>> Run(IReadOnlyList<FeatureFile> files, ExtractionOptions options, List<SkippedFile> skipped)
    {
        var done = 0;
        foreach (var batch in files.Chunk(Math.Max(options.Threads, 1) * 4))
        {
            var results = batch.AsParallel().AsOrdered().WithDegreeOfParallelism(Math.Max(options.Threads, 1)).WithCancellation(options.Cancellation)
                .Select(file =>
                {
                    var result = Extract(file);
                    options.Progress?.Report(new(Interlocked.Increment(ref done), files.Count, file.FullPath));
                    return result;
                }).ToArray();
            foreach (var (file, (arrays, error)) in batch.Zip(results))
            {
                if (error is not null && options.OnError == OnError.Fail) throw new EngineException(error);
                if (error is not null) skipped.Add(new(file.FullPath, error));
                foreach (var (name, array) in arrays) yield return new(name, array);
            }
        }
    }

    /// <summary>What the arrays were computed with, under librosa's names.</summary>
    public IEnumerable<KeyValuePair<string, NpyArray>> Parameters()
    {
        var (fftSize, hop) = Sizes(spec.Features);
        yield return new("sr", new NpyArray(new[] { (long)spec.SampleRate }));
        yield return new("n_fft", new NpyArray(new[] { (long)fftSize }));
        yield return new("hop_length", new NpyArray(new[] { (long)hop }));
    }

    private (IReadOnlyList<(string Name, NpyArray Array)> Arrays, string? Error) Extract(FeatureFile file)
    {
        try
        {
            var signal = AudioFile.Read(file.FullPath, targetRate: spec.SampleRate);
            if (signal.Truncated) return ([], $"{file.FullPath}: the audio is cut short; restore it or leave it out.");
            if (spec.Segment is not { } seconds) return ([(file.Name, _compute(signal.Samples))], null);
            var length = (int)Math.Round(seconds * spec.SampleRate);
            var windows = signal.Samples.Length / length;
            if (windows == 0) return ([], $"{file.FullPath}: {signal.Seconds:0.###} s are less than one window of {seconds} s.");
            return ([.. Enumerable.Range(0, windows).Select(w => (FeatureOutput.WindowName(file.Name, w), _compute(signal.Samples[(w * length)..((w + 1) * length)])))], null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([], e.Message);
        }
    }

    private static Func<float[], NpyArray> Plan(FrontEndSpec spec)
    {
        var (fftSize, hop) = Sizes(spec.Features);
        var options = new StftOptions { FftSize = fftSize, HopLength = hop };
        switch (spec.Features)
        {
            case StftFeatures:
                var stft = new Stft(options);
                return samples => NpyArray.FromFrames(stft.Forward(samples));
            case MelFeatures { Bands: var bands }:
                var mel = new MelSpectrogram(options, new MelOptions { SampleRate = spec.SampleRate, Bands = bands });
                return samples => NpyArray.FromFrames(mel.Compute(samples));
            case MfccFeatures set:
                var mfcc = new Mfcc(new MfccOptions { Coefficients = set.Coefficients, Stft = options, Mel = new MelOptions { SampleRate = spec.SampleRate, Bands = set.Bands } });
                return samples => NpyArray.FromFrames(mfcc.Compute(samples));
            default:
                var power = new Stft(options);
                return samples => NpyArray.FromFrames(Chroma.Of(power.Power(samples), spec.SampleRate, fftSize: fftSize));
        }
    }

    private static (int FftSize, int Hop) Sizes(FeatureSpec features) => features switch
    {
        StftFeatures s => (s.FftSize, s.HopLength),
        MelFeatures m => (m.FftSize, m.HopLength),
        MfccFeatures m => (m.FftSize, m.HopLength),
        ChromaFeatures c => (c.FftSize, c.HopLength),
        _ => throw new ArgumentException($"FrameExtractor: {features} has no frames."),
    };
}
