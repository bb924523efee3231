using System.Collections.Concurrent;

namespace Engine.Dsp;

/// <summary>
/// The 57 features of the published GTZAN table <c>features_30_sec.csv</c>: mean and variance over a recording of
/// chroma, RMS, spectral centroid, bandwidth and rolloff, zero-crossing rate, the harmonic and the percussive signal and
/// 20 MFCC, and its tempo; each as librosa 0.10 computes it by default (2048 points, hop 512).
/// Planned once; safe to share between threads.
/// </summary>
public sealed class Gtzan57
{
    // Work memory for more samples (95 s at 22,050 Hz, 76 MB) is not kept for the next recording.
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
        var work = Rent(signal.Length);
        var features = new List<double>(Columns.Count);

        var tuning = Analyze(signal, work);
        Add(Moments.Of(Chroma(work, tuning)));
        Add(Moments.Of(Rms.Of(signal, _stft.Options.FftSize, _stft.Options.Hop)));
        Add(Moments.Of(work.Centroids));
        Add(Moments.Of(work.Bandwidths));
        Add(Moments.Of(work.Rolloffs));
        Add(Moments.Of(ZeroCrossingRate.Of(signal, _stft.Options.FftSize, _stft.Options.Hop)));

        _separation.KeepHarmonic(work.Spectrum, work.Magnitude, work.Medians);
        _stft.Inverse(work.Spectrum, work.Signal);
        Add(Moments.Of(work.Signal));
        // The masks add up to one and the transform inverts exactly: what is not harmonic is percussive.
        for (var i = 0; i < signal.Length; i++) work.Signal[i] = signal[i] - work.Signal[i];
        Add(Moments.Of(work.Signal));

        Decibels.FromPower(work.Mel.Data, work.Mel.Data);
        features.Add(Tempo.Estimate(OnsetStrength.Of(work.Mel), SampleRate, _stft.Options.Hop));
        var cepstra = _mfcc.FromDecibels(work.Mel);
        var coefficient = new float[cepstra.Count];
        for (var n = 0; n < cepstra.Bins; n++)
        {
            for (var t = 0; t < cepstra.Count; t++) coefficient[t] = cepstra[t][n];
            Add(Moments.Of(coefficient));
        }

        if (signal.Length <= PooledSamples) _pool.Add(work);
        return [.. features];

        void Add(Moments moments)
        {
            features.Add(moments.Mean);
            features.Add(moments.Variance);
        }
    }

    // One pass over the frames for everything that needs one frame alone; returns the tuning, in fractions of a semitone.
    private double Analyze(ReadOnlySpan<float> signal, Gtzan57Workspace work)
    {
        var tuning = new TuningEstimator(_pitches);
        var t = 0;
        foreach (var spectrum in _stft.Enumerate(signal))
        {
            var magnitude = work.Magnitude[t];
            spectrum.CopyTo(work.Spectrum[t]);
            Spectrum.Magnitude(spectrum, magnitude);
            Spectrum.Power(spectrum, work.Power);
            work.Centroids[t] = _shape.Centroid(magnitude);
            work.Bandwidths[t] = _shape.Bandwidth(magnitude, work.Centroids[t]);
            work.Rolloffs[t] = _shape.Rolloff(magnitude);
            _mfcc.MelSpectrogram.Filters.Apply(work.Power, work.Mel[t]);
            tuning.Add(work.Power);
            t++;
        }

        return tuning.Estimate();
    }

    private float[] Chroma(Gtzan57Workspace work, double tuning)
    {
        var filters = new ChromaFilterBank(SampleRate, _stft.Options.FftSize, tuning, new ChromaOptions());
        var chroma = new Frames<float>(work.Spectrum.Count, filters.Classes);
        for (var t = 0; t < chroma.Count; t++)
        {
            Spectrum.Power(work.Spectrum[t], work.Power);
            filters.Apply(work.Power, chroma[t]);
            Dsp.Chroma.Normalize(chroma[t]);
        }

        return chroma.Data;
    }

    private Gtzan57Workspace Rent(int samples) =>
        _pool.TryTake(out var work) && work.Samples == samples
            ? work
            : new(samples, _stft.FrameCount(samples), _stft.Bins, _mfcc.MelSpectrogram.Filters.Bands);

    private static IEnumerable<string> MeanAndVariance(IEnumerable<string> names) => names.SelectMany(name => (string[])[name + "_mean", name + "_var"]);

    private static void Check(ReadOnlySpan<float> signal)
    {
        if (signal.IsEmpty) throw new ArgumentException("Gtzan57: the signal has 0 samples; it must have at least 1.", nameof(signal));
        for (var i = 0; i < signal.Length; i++)
            if (!float.IsFinite(signal[i])) throw new ArgumentException($"Gtzan57: sample {i} is {signal[i]}; it must be finite.", nameof(signal));
    }
}
