using System.Security.Cryptography;
using Engine.Dsp.Audio;

namespace Engine.Classifiers.Pipeline;

/// <summary>
/// Turns audio into named feature columns: resamples to its rate, cuts into windows if asked to, and computes one row per
/// window. Immutable; any number of threads may use one.
/// </summary>
public sealed class FrontEnd
{
    /// <summary>Raised whenever the same spec comes to give other numbers, so that cached features of before are not used.</summary>
    internal const int Version = 1;

    private const int HighestRate = 768_000;

    private readonly FeatureExtractor _extractor;
    private readonly string _canonical;

    /// <summary>Plans the transforms of <paramref name="spec"/>.</summary>
    /// <exception cref="EngineException">A parameter cannot work, or the segments are too short for the features.</exception>
    public FrontEnd(FrontEndSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        spec.Validate(new RecipeCheck("front end"));
        Spec = spec;
        try
        {
            _extractor = FeatureExtractor.Create(spec.Features, spec.SampleRate);
        }
        catch (ArgumentException e)
        {
            throw new EngineException($"front end: {e.Message}", e);
        }

        _canonical = spec.ToCanonicalJson();
        if (spec.Segment is { } seconds && seconds * spec.SampleRate < MinimumSamples)
        {
            throw new EngineException($"front end: segments of {seconds} s are {seconds * spec.SampleRate:0} samples at {spec.SampleRate} Hz; the features need at least {MinimumSamples}.");
        }
    }

    /// <summary>The parameters.</summary>
    public FrontEndSpec Spec { get; }

    /// <summary>The names of the feature columns, in order.</summary>
    public IReadOnlyList<string> Columns => _extractor.Columns;

    /// <summary>The shortest audio that gives features, in samples at the front end's rate.</summary>
    public int MinimumSamples => _extractor.MinimumSamples;

    /// <summary>Computes the feature rows of mono samples: one row, or one per whole segment; what is left over is not used.</summary>
    /// <param name="samples">Mono samples in [-1, 1].</param>
    /// <param name="sampleRate">Their rate in Hz, 1 to 768000.</param>
    /// <param name="name">Stands for the audio in errors.</param>
    /// <exception cref="EngineException">
    /// The rate is out of range, a sample is not finite, the audio is too short, or it has no usable features (silence, say).
    /// </exception>
    public FeatureRows Extract(ReadOnlySpan<float> samples, int sampleRate, string name = "audio")
    {
        if (sampleRate is < 1 or > HighestRate) throw new EngineException($"{name}: the sample rate is {sampleRate} Hz; it must be from 1 to {HighestRate}.");
        for (var i = 0; i < samples.Length; i++)
        {
            if (!float.IsFinite(samples[i])) throw new EngineException($"{name}: sample {i} is {samples[i]}; every sample must be finite.");
        }

        if (!samples.IsEmpty && !samples.ContainsAnyExcept(0f))
        {
            throw new EngineException($"{name}: all {samples.Length} samples are 0; a silent recording has no genre. Leave it out.");
        }

        var audio = new AudioSignal(samples.ToArray(), sampleRate).Resample(Spec.SampleRate).Samples;
        var length = Spec.Segment is { } seconds ? (int)Math.Round(seconds * Spec.SampleRate) : audio.Length;
        if (audio.Length < Math.Max(length, MinimumSamples)) ThrowShort(name, audio.Length, Math.Max(length, MinimumSamples));

        var rows = new FeatureMatrix(audio.Length / length, Columns.Count);
        for (var r = 0; r < rows.Rows; r++)
        {
            var values = _extractor.Extract(audio.AsSpan(r * length, length), rows.Rows == 1 ? name : $"{name}, segment {r}");
            values.CopyTo(rows.Row(r));
            var bad = Array.FindIndex(values, v => !double.IsFinite(v));
            if (bad >= 0) throw new EngineException($"{name}: feature {Columns[bad]} is {values[bad]}; the audio has no such feature.");
        }

        return new(length, rows);
    }

    /// <summary>Computes, or takes from the cache, the features of a file.</summary>
    /// <exception cref="EngineException">The file cannot be read as audio, is cut short, or its audio cannot be used.</exception>
    public ExtractedFile ExtractFile(string path, FeatureCache? cache = null)
    {
        try
        {
            byte[] hash;
            using (var stream = File.OpenRead(path)) hash = SHA256.HashData(stream);
            var key = FeatureCache.Key(hash, _canonical, Version);
            if (cache?.TryGet(key, _canonical) is { } known && known.Rows.Columns == Columns.Count) return new(known, hash);
            var signal = AudioFile.Read(path);
            if (signal.Truncated)
            {
                throw new EngineException($"{path}: the audio is cut short: the file holds {signal.Seconds:0.###} s, less than its header claims. Restore it or leave it out.");
            }

            var features = Extract(signal.Samples, signal.SampleRate, path);
            cache?.Put(key, _canonical, features);
            return new(features, hash);
        }
        catch (AudioFormatException e)
        {
            throw new EngineException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    private void ThrowShort(string name, int length, int minimum) => throw new EngineException(
        $"{name}: {length} samples at {Spec.SampleRate} Hz ({1000.0 * length / Spec.SampleRate:0.#} ms) are too short; the front end needs at least {minimum} ({1000.0 * minimum / Spec.SampleRate:0.#} ms).");
}
