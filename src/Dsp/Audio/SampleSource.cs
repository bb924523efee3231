namespace Engine.Dsp.Audio;

/// <summary>
/// The mono samples of a recording at one rate, read by position any number of times, from memory or, for long
/// recordings, from a file. Reading is thread-safe until it is disposed.
/// </summary>
public abstract class SampleSource : IDisposable
{
    /// <summary>Creates a source with this rate and length.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rate is below 1 or the length negative.</exception>
    protected SampleSource(int sampleRate, long length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sampleRate, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        (SampleRate, Length) = (sampleRate, length);
    }

    /// <summary>Samples per second.</summary>
    public int SampleRate { get; }

    /// <summary>How many samples there are.</summary>
    public long Length { get; }

    /// <summary>The length in seconds.</summary>
    public double Seconds => (double)Length / SampleRate;

    /// <summary>Wraps samples in memory, without copying.</summary>
    /// <param name="samples">Mono samples, <c>[n]</c>, full scale at ±1.</param>
    /// <param name="sampleRate">Samples per second.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="sampleRate"/> is below 1.</exception>
    public static SampleSource Of(ReadOnlyMemory<float> samples, int sampleRate) => new MemorySource(samples, sampleRate);

    /// <summary>Copies the samples from <paramref name="start"/> on; the whole range must lie within the recording.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not wholly within the recording.</exception>
    /// <exception cref="IOException">The samples are in a file that cannot be read.</exception>
    public void Read(long start, Span<float> destination)
    {
        if (start < 0 || destination.Length > Length - start)
        {
            throw new ArgumentOutOfRangeException(
                nameof(start), $"Read: samples {start} to {start + destination.Length} of {Length} were requested.");
        }

        ReadCore(start, destination);
    }

    /// <summary>A part as its own recording, valid while this one is open.</summary>
    /// <param name="start">Its first sample.</param>
    /// <param name="length">How many samples.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part is not wholly within the recording.</exception>
    public SampleSource Part(long start, long length)
    {
        if (start < 0 || length < 0 || length > Length - start)
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"Part: {length} samples from {start} on were requested, of " +
                $"{Length}.");
        }

        return start == 0 && length == Length ? this : new PartSource(this, start, length);
    }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Copies a part that is within the recording.</summary>
    protected abstract void ReadCore(long start, Span<float> destination);

    private sealed class PartSource(SampleSource whole, long start, long length) : SampleSource(whole.SampleRate, length)
    {
        protected override void ReadCore(long at, Span<float> destination) => whole.Read(start + at, destination);
    }

    private sealed class MemorySource(ReadOnlyMemory<float> samples, int sampleRate) : SampleSource(sampleRate, samples.Length)
    {
        protected override void ReadCore(long start, Span<float> destination) =>
            samples.Span.Slice((int)start, destination.Length).CopyTo(destination);
    }
}
