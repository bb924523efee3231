namespace Engine.Dsp.Audio;

/// <summary>What tells a recording's sound apart, whatever file holds it.</summary>
/// <param name="Digest">
/// The first 8 bytes of the SHA-256 of its samples, as 16-bit integers at its own rate, mono: the same for a WAV and a FLAC of
/// it, and whatever its tags are.
/// </param>
/// <param name="Bandwidth">
/// The highest frequency in Hz at which its mean power spectrum is within 80 dB of its maximum: where the recording was cut off,
/// or where its instruments end.
/// </param>
public readonly record struct SoundProfile(long Digest, float Bandwidth)
{
    /// <summary>The profile of a whole recording.</summary>
    public static SoundProfile Of(AudioSignal signal)
    {
        ArgumentNullException.ThrowIfNull(signal);
        using var profiler = new SoundProfiler(signal.SampleRate);
        profiler.Add(signal.Samples);
        return profiler.Finish();
    }
}
