namespace Engine.Dsp.Audio;

/// <summary>Mono samples, full scale at ±1, and their sample rate.</summary>
public sealed class AudioSignal
{
    /// <summary>Wraps <paramref name="samples"/>, without copying.</summary>
    /// <param name="samples">Mono samples, <c>[n]</c>, full scale at ±1.</param>
    /// <param name="sampleRate">Samples per second.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sampleRate"/> is below 1.</exception>
    public AudioSignal(float[] samples, int sampleRate)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (sampleRate < 1)
        {
            throw new ArgumentOutOfRangeException(
                nameof(sampleRate), $"AudioSignal: sampleRate is {sampleRate}; it must be at least 1.");
        }

        Samples = samples;
        SampleRate = sampleRate;
    }

    /// <summary>The samples, <c>[n]</c>.</summary>
    public float[] Samples { get; }

    /// <summary>Samples per second.</summary>
    public int SampleRate { get; }

    /// <summary>
    /// Whether the file holds less audio than it declares; the samples are those found. Neither a size that the header leaves
    /// open, as programs writing to a pipe do, nor a partial frame at the end counts as truncation.
    /// </summary>
    public bool Truncated { get; init; }

    /// <summary>What is missing or damaged, as a sentence without the file's name; null if nothing significant is.</summary>
    public string? Damage { get; init; }

    /// <summary>The length in seconds.</summary>
    public double Seconds => (double)Samples.Length / SampleRate;

    /// <summary>The signal resampled to another rate; this object itself if the rate is the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sampleRate"/> is below 1.</exception>
    public AudioSignal Resample(int sampleRate) => sampleRate == SampleRate
        ? this
        : new AudioSignal(Resampler.For(SampleRate, sampleRate).Apply(Samples), sampleRate)
        {
            Truncated = Truncated,
            Damage = Damage
        };
}
