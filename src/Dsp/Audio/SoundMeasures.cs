namespace Engine.Dsp.Audio;

/// <summary>What decoding a whole recording showed; its samples are not kept.</summary>
/// <param name="Seconds">Its length.</param>
/// <param name="SampleRate">Its own rate in Hz.</param>
/// <param name="Channels">Its channels.</param>
/// <param name="Level">The root mean square of its samples, mono: 1 for a square wave at full scale.</param>
/// <param name="ClippedShare">
/// The share of its channels' samples that are clipped: in runs of three or more within 0.009 dB of full scale or beyond it.
/// </param>
/// <param name="MeanShare">
/// The share of its channels' power that their mean has: 1 for mono, a half for independent channels, 0 for a channel and its
/// inverse; null for silence.
/// </param>
/// <param name="Damage">What is missing or damaged, as a sentence without the file's name; null if nothing is.</param>
/// <param name="Silence">Why it has no sound to train on, as a sentence without the file's name; null if it has.</param>
/// <param name="ContentHash">SHA-256 (32 bytes) of the file.</param>
/// <param name="Sound">The profile of its sound.</param>
public sealed record SoundMeasures(
    double Seconds, int SampleRate, int Channels, double Level, double ClippedShare, double? MeanShare, string? Damage,
    string? Silence, ReadOnlyMemory<byte> ContentHash, SoundProfile Sound);
