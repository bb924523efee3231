using Engine.Tensors;

namespace Engine.Cli.Demo;

/// <summary>Kick, snare and hat from falling sines and filtered noise. Frequencies in hertz, decays in seconds.</summary>
/// <param name="KickHigh">Where the kick's pitch starts.</param>
/// <param name="KickLow">Where it ends.</param>
/// <param name="KickDecay">How long the kick sounds.</param>
/// <param name="SnareTone">Pitch of the snare's shell.</param>
/// <param name="SnareDecay">How long the snare sounds.</param>
/// <param name="SnareNoise">Share of noise in the snare, 0 to 1.</param>
/// <param name="HatDecay">How long the hat sounds.</param>
/// <param name="HatBrightness">How much of the hat's low end is removed, 0 to 1.</param>
internal sealed record DrumKit(
    double KickHigh, double KickLow, double KickDecay,
    double SnareTone, double SnareDecay, double SnareNoise,
    double HatDecay, double HatBrightness)
{
    /// <summary>Adds a kick.</summary>
    public void Kick(Span<float> mix, int start, float velocity)
    {
        double phase = 0, pitch = KickHigh - KickLow, fall = Sound.Decay(0.12 * Sound.SampleRate);
        var decay = Sound.Decay(KickDecay * Sound.SampleRate);
        foreach (ref var sample in From(mix, start, KickDecay))
        {
            sample += velocity * Sound.Sine(phase);
            phase += (KickLow + pitch) / Sound.SampleRate;
            pitch *= fall;
            velocity *= decay;
        }
    }

    /// <summary>Adds a snare.</summary>
    public void Snare(Span<float> mix, int start, float velocity, RandomStream random)
    {
        var decay = Sound.Decay(SnareDecay * Sound.SampleRate);
        var shellDecay = Sound.Decay(0.5 * SnareDecay * Sound.SampleRate);
        var shell = velocity * (float)(1 - SnareNoise);
        var noise = velocity * (float)SnareNoise;
        double phase = 0;
        foreach (ref var sample in From(mix, start, SnareDecay))
        {
            sample += shell * Sound.Sine(phase) + noise * (float)(2 * random.NextDouble() - 1);
            phase += SnareTone / Sound.SampleRate;
            shell *= shellDecay;
            noise *= decay;
        }
    }

    /// <summary>Adds a hat, or with a longer decay a ride cymbal or shaker.</summary>
    public void Hat(Span<float> mix, int start, float velocity, RandomStream random)
    {
        var decay = Sound.Decay(HatDecay * Sound.SampleRate);
        float before = 0, body = (float)HatBrightness;
        foreach (ref var sample in From(mix, start, HatDecay))
        {
            var noise = (float)(2 * random.NextDouble() - 1);
            sample += velocity * (noise - body * before);
            before = noise;
            velocity *= decay;
        }
    }

    private static Span<float> From(Span<float> mix, int start, double seconds)
    {
        start = Math.Min(start, mix.Length);
        return mix.Slice(start, Math.Min(Sound.Samples(seconds), mix.Length - start));
    }
}
