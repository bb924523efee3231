using System.Collections.Concurrent;

namespace Engine.Dsp;

/// <summary>
/// The 57 features of the published GTZAN table <c>features_30_sec.csv</c>: mean and variance over a recording of
/// chroma, RMS, spectral centroid, bandwidth and rolloff, zero-crossing rate, the harmonic and the percussive signal and
/// 20 MFCC, and its tempo; each as librosa 0.10 computes it by default (2048 points, hop 512).
/// Planned once; safe to share between threads.
/// </summary>
/// <remarks>
/// All are finite for samples up to 1e15, also of silence, whose means and variances are zero except the first MFCC's mean;
/// beyond that squares overflow and features turn infinite or NaN.
/// </remarks>
public sealed class Gtzan57
{
    // Work memory for more samples (95 s at 22,050 Hz, 79 MB) is not kept for the next recording.
    private const int PooledSamples = 1 << 21;

    private readonly Stft _stft = new(new StftOptions());
    private readonly HarmonicPercussive _separation = new();
    private readonly SpectralShape _shape;
    private readonly PitchTracker _pitches;
    private readonly Mfcc _mfcc;
    private readonly ConcurrentBag<Gtzan57Workspace> _pool = [];

    /// <summary>Plans the extraction.</summary>
    /// <param name="sampleRate">Samples per second of the signals; the published table's is 22,050.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not positive and finite.</exception>
    public Gtzan57(double sampleRate = 22050)
    {
        SampleRate = sampleRate;
        _shape = new(sampleRate, _stft.Options.FftSize);
        _pitches = new(sampleRate, _stft.Options.FftSize);
        _mfcc = new(new MfccOptions { Stft = _stft.Options, Mel = new MelOptions { SampleRate = sampleRate } });
    }

    /// <summary>The names of the values, in their order.</summary>
    public static IReadOnlyList<string> Columns { get; } = Array.AsReadOnly<string>(
    [
        .. MeanAndVariance(["chroma_stft", "rms", "spectral_centroid", "spectral_bandwidth", "rolloff", "zero_crossing_rate", "harmony", "perceptr"]),
        "tempo",
        .. MeanAndVariance(Enumerable.Range(1, 20).Select(i => $"mfcc{i}")),
    ]);

    /// <summary>Samples per second of the signals.</summary>
    public double SampleRate { get; }

    /// <summary>Computes the 57 features of a mono signal, in the order of <see cref="Columns"/>.</summary>
    /// <param name="signal">Samples, at least one; frames are padded with zeros, so it may be shorter than a frame.</param>
    /// <exception cref="ArgumentException">The signal is empty, or a sample NaN or infinite.</exception>
    public double[] Extract(ReadOnlySpan<float> signal)
    {
        Check(signal);
        if (!_pool.TryTake(out var work)) work = new();
        work.Resize(signal.Length, _stft.FrameCount(signal.Length), _stft.Bins);
        var mel = new Frames<float>(work.Frames, _mfcc.Options.Mel.Bands);
        var features = new List<double>(Columns.Count);

        var shape = new Frames<float>(3, work.Frames);
        var tuning = Analyze(signal, work, shape, mel);
        Add(Chroma(work, tuning));
        Add(Rms.Of(signal, _stft.Options.FftSize, _stft.Options.Hop));
        for (var i = 0; i < shape.Count; i++) Add(shape[i]);
        Add(ZeroCrossingRate.Of(signal, _stft.Options.FftSize, _stft.Options.Hop));

        _separation.KeepHarmonic(work.Spectrum, work.Magnitude, work.Medians, work.Bins);
        _stft.Inverse(work.Spectrum, work.Separated);
        Add(work.Separated);
        // The masks add up to one and the transform inverts exactly: what is not harmonic is percussive.
        Subtract(signal, work.Separated);
        Add(work.Separated);

        Decibels.FromPower(mel.Data, mel.Data);
        features.Add(Tempo.Estimate(OnsetStrength.Of(mel), SampleRate, _stft.Options.Hop));
        var cepstra = _mfcc.FromDecibels(mel);
        var coefficient = new float[cepstra.Count];
        for (var n = 0; n < cepstra.Bins; n++)
        {
            for (var t = 0; t < cepstra.Count; t++) coefficient[t] = cepstra[t][n];
            Add(coefficient);
        }

        if (signal.Length <= PooledSamples) _pool.Add(work);
        return [.. features];

        void Add(ReadOnlySpan<float> series)
        {
            var moments = Moments.Of(series);
            features.Add(moments.Mean);
            features.Add(moments.Variance);
        }
    }

    // One pass over the frames for everything that needs one frame alone. Fills shape with the rows centroid, bandwidth and
    // rolloff, and mel with powers; returns the tuning, in fractions of a semitone.
    private double Analyze(ReadOnlySpan<float> signal, Gtzan57Workspace work, Frames<float> shape, Frames<float> mel)
    {
        var tuning = new TuningEstimator(_pitches);
        var power = new float[work.Bins];
        var t = 0;
        foreach (var spectrum in _stft.Enumerate(signal))
        {
            spectrum.CopyTo(work.Spectrum[(t * work.Bins)..]);
            var magnitude = work.Magnitude.Slice(t * work.Bins, work.Bins);
            Spectrum.Magnitude(spectrum, magnitude);
            Spectrum.Power(spectrum, power);
            shape[0][t] = _shape.Centroid(magnitude);
            shape[1][t] = _shape.Bandwidth(magnitude, shape[0][t]);
            shape[2][t] = _shape.Rolloff(magnitude);
            _mfcc.MelSpectrogram.Filters.Apply(power, mel[t]);
            tuning.Add(power);
            t++;
        }

        return tuning.Estimate();
    }

    private float[] Chroma(Gtzan57Workspace work, double tuning)
    {
        var filters = new ChromaFilterBank(SampleRate, _stft.Options.FftSize, tuning, new ChromaOptions());
        var chroma = new Frames<float>(work.Frames, filters.Classes);
        var power = new float[work.Bins];
        for (var t = 0; t < chroma.Count; t++)
        {
            Spectrum.Power(work.Spectrum.Slice(t * work.Bins, work.Bins), power);
            filters.Apply(power, chroma[t]);
            Dsp.Chroma.Normalize(chroma[t]);
        }

        return chroma.Data;
    }

    private static void Subtract(ReadOnlySpan<float> signal, Span<float> part)
    {
        for (var i = 0; i < signal.Length; i++) part[i] = signal[i] - part[i];
    }

    private static IEnumerable<string> MeanAndVariance(IEnumerable<string> names) => names.SelectMany(name => (string[])[name + "_mean", name + "_var"]);

    private static void Check(ReadOnlySpan<float> signal)
    {
        if (signal.IsEmpty) throw new ArgumentException("Gtzan57: the signal has 0 samples; it must have at least 1.", nameof(signal));
        for (var i = 0; i < signal.Length; i++)
            if (!float.IsFinite(signal[i])) throw new ArgumentException($"Gtzan57: sample {i} is {signal[i]}; it must be finite.", nameof(signal));
    }
}
