using System.Collections.Concurrent;
using Engine.Dsp.Audio;

namespace Engine.Dsp;

/// <summary>
/// The 57 features of the published GTZAN table <c>features_30_sec.csv</c>: mean and variance over a recording of
/// chroma, RMS, spectral centroid, bandwidth and rolloff, zero-crossing rate, the harmonic and the percussive signal and
/// 20 MFCC, and its tempo; each as librosa 0.10 computes it by default (2048 points, hop 512).
/// Planned once; safe to share between threads.
/// </summary>
/// <remarks>
/// All are finite for samples up to 1e15; larger ones overflow when squared and give infinite or NaN features. For silence,
/// means and variances are zero except the first MFCC's mean.
/// </remarks>
public sealed class Gtzan57
{
    private readonly Gtzan57Plan _plan;
    private readonly ConcurrentBag<Gtzan57Workspace> _pool = [];

    /// <summary>Plans the extraction.</summary>
    /// <param name="sampleRate">Samples per second of the signals; 22,050 in the published table.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rate is not positive and finite.</exception>
    public Gtzan57(double sampleRate = 22050)
        : this(new Gtzan57Plan(sampleRate))
    {
    }

    /// <summary>The same, with another block size.</summary>
    internal Gtzan57(Gtzan57Plan plan) => _plan = plan;

    /// <summary>The names of the values, in order.</summary>
    public static IReadOnlyList<string> Columns { get; } = Array.AsReadOnly<string>(
    [
        .. MeanAndVariance(["chroma_stft", "rms", "spectral_centroid", "spectral_bandwidth", "rolloff", "zero_crossing_rate",
            "harmony", "perceptr"]),
        "tempo",
        .. MeanAndVariance(Enumerable.Range(1, 20).Select(i => $"mfcc{i}")),
    ]);

    /// <summary>Samples per second of the signals.</summary>
    public double SampleRate => _plan.SampleRate;

    /// <summary>Computes the 57 features of a mono signal, in the order of <see cref="Columns"/>.</summary>
    /// <param name="signal">Samples, at least one; frames are padded with zeros, so it may be shorter than a frame.</param>
    /// <exception cref="ArgumentException">The signal is empty, or a sample is NaN or infinite.</exception>
    public double[] Extract(ReadOnlySpan<float> signal) =>
        Run(SampleSource.Of(signal.ToArray(), (int)Math.Clamp(SampleRate, 1, int.MaxValue)));

    /// <summary>
    /// The same for a recording of any length, read block by block and, if it is longer than a minute, more than once. The
    /// bits are those of the whole signal; it takes at most 110 MB, plus 4 MB per hour.
    /// </summary>
    /// <param name="source">The recording, at this rate.</param>
    /// <exception cref="ArgumentException">
    /// It is empty, at another rate or longer than 2³¹ samples, or a sample is NaN or infinite.
    /// </exception>
    /// <exception cref="IOException">The samples cannot be read.</exception>
    public double[] Extract(SampleSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.SampleRate != SampleRate)
        {
            throw new ArgumentException(
                $"Gtzan57: the recording has {source.SampleRate} samples per second; it must have {SampleRate}.", nameof(source));
        }

        return Run(source);
    }

    private double[] Run(SampleSource source)
    {
        if (source.Length == 0)
            throw new ArgumentException("Gtzan57: the signal has 0 samples; it must have at least 1.", nameof(source));
        if (!_pool.TryTake(out var work)) work = new();
        var features = new Gtzan57Passes(_plan, source, work).Run();
        work.Shrink(_plan.PooledValues);
        _pool.Add(work);
        return features;
    }

    private static IEnumerable<string> MeanAndVariance(IEnumerable<string> names) =>
        names.SelectMany(name => (string[])[name + "_mean", name + "_var"]);
}
