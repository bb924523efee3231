using System.Runtime.InteropServices;
using Engine.Classifiers;
using Engine.Classifiers.Pipeline;
using Engine.Classifiers.Pipeline.FrontEnds;
using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Dsp.Numpy;
using Engine.Tensors;

namespace Engine.Cli.Features;

/// <summary>
/// Computes the frames of a spectral feature, for Python users: arrays [bins, frames] as librosa gives them. On the processor
/// each thread computes the frames of what it has read; another device gets those of many recordings as a batch.
/// </summary>
internal sealed class FrameExtractor(FrontEndSpec spec, Device device)
{
    private readonly Func<float[], NpyArray>? _compute = device == Device.Cpu ? Plan(spec) : null;
    private readonly DeviceFrames? _onDevice = device == Device.Cpu ? null : Plan(spec, device);

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
                    var (windows, arrays, error, warning) = Read(file, options.MaxHours);
                    options.Progress?.Report(new(Interlocked.Increment(ref done), files.Count, file.FullPath));
                    return (Windows: windows, Arrays: arrays, Error: error, Warning: warning);
                }).ToArray();
            var computed = _onDevice?.Compute([.. results.SelectMany(r => r.Windows).Select(w => w.Samples)]).Select(ToArray) ?? results.SelectMany(r => r.Arrays);
            using var next = computed.GetEnumerator();
            foreach (var (file, (windows, _, error, warning)) in batch.Zip(results))
            {
                if (warning is not null) options.Warn?.Invoke($"{file.FullPath}: {warning}");
                if (error is not null && options.OnError == OnError.Fail) throw new EngineException(error);
                if (error is not null) skipped.Add(new(file.FullPath, error));
                foreach (var (name, _) in windows)
                {
                    next.MoveNext();
                    yield return new(name, next.Current);
                }
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

    private ((string Name, float[] Samples)[] Windows, NpyArray[] Arrays, string? Error, string? Warning) Read(FeatureFile file, double maxHours)
    {
        try
        {
            using var audio = AudioFile.Open(file.FullPath, targetRate: spec.SampleRate, longest: maxHours * 3600);
            var warning = audio.Damage ?? audio.Silence;
            if (audio.Length > Array.MaxLength) return ([], [], $"{file.FullPath}: {audio.Length} samples are more than an array holds; cut it.", null);
            var samples = new float[audio.Length];
            audio.Read(0, samples);
            if (spec.Segment is not { } seconds) return With([(file.Name, samples)], warning);
            var length = (int)Math.Round(seconds * spec.SampleRate);
            var windows = samples.Length / length;
            if (windows == 0) return ([], [], $"{file.FullPath}: {audio.Seconds:0.###} s are less than one window of {seconds} s.", null);
            return With([.. Enumerable.Range(0, windows).Select(w => (FeatureOutput.WindowName(file.Name, w), samples[(w * length)..((w + 1) * length)]))], warning);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([], [], e.Message.StartsWith(file.FullPath, StringComparison.Ordinal) ? e.Message : $"{file.FullPath}: {e.Message}", null);
        }
        catch (OutOfMemoryException)
        {
            return ([], [], $"{file.FullPath}: there is not enough memory for it. Cut it, use fewer --threads, or give the process more memory.", null);
        }
    }

    private ((string Name, float[] Samples)[], NpyArray[], string?, string?) With((string Name, float[] Samples)[] windows, string? warning) =>
        (windows, _compute is null ? [] : Array.ConvertAll(windows, w => _compute(w.Samples)), null, warning);

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

    private static DeviceFrames Plan(FrontEndSpec spec, Device device)
    {
        var (fftSize, hop) = Sizes(spec.Features);
        var options = new StftOptions { FftSize = fftSize, HopLength = hop };
        return spec.Features switch
        {
            StftFeatures => DeviceFrames.Complex(options, device),
            MelFeatures mel => DeviceFrames.Mel(options, new() { SampleRate = spec.SampleRate, Bands = mel.Bands }, device),
            _ => DeviceFrames.Of(spec.Features, spec.SampleRate, device),
        };
    }

    private NpyArray ToArray(Frames<float> frames) => spec.Features is StftFeatures
        ? NpyArray.FromFrames(new Frames<Complex<float>>(frames.Count, frames.Bins / 2, MemoryMarshal.Cast<float, Complex<float>>(frames.Data).ToArray()))
        : NpyArray.FromFrames(frames);

    private static (int FftSize, int Hop) Sizes(FeatureSpec features) => features switch
    {
        StftFeatures s => (s.FftSize, s.HopLength),
        MelFeatures m => (m.FftSize, m.HopLength),
        MfccFeatures m => (m.FftSize, m.HopLength),
        ChromaFeatures c => (c.FftSize, c.HopLength),
        _ => throw new ArgumentException($"FrameExtractor: {features} has no frames."),
    };
}
