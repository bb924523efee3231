namespace Engine.Cli.Demo;

/// <summary>Effects on a whole mix, in place: reverberation, echo, tone and drive.</summary>
internal static class Room
{
    // Mutually prime delays, scaled from Schroeder's milliseconds to 22,050 Hz.
    private static readonly int[] s_combs = [655, 818, 906, 964];
    private static readonly int[] s_allPasses = [110, 37];

    /// <summary>
    /// Reverberation by four parallel combs and two all-passes (Schroeder, "Natural sounding artificial reverberation", 1962).
    /// </summary>
    public static void Reverberate(Span<float> mix, double seconds, float wet)
    {
        if (wet <= 0) return;
        var wetSignal = new float[mix.Length];
        foreach (var delay in s_combs)
        {
            var feedback = MathF.Pow(Sound.Decay(seconds * Sound.SampleRate), delay);
            var line = new float[delay];
            float damped = 0;
            for (int i = 0, at = 0; i < mix.Length; i++)
            {
                var sample = line[at];
                damped += 0.6f * (sample - damped);
                line[at] = mix[i] + feedback * damped;
                if (++at == delay) at = 0;
                wetSignal[i] += 0.25f * sample;
            }
        }

        foreach (var delay in s_allPasses)
        {
            var line = new float[delay];
            for (int i = 0, at = 0; i < mix.Length; i++)
            {
                var sample = line[at];
                var input = wetSignal[i] + 0.7f * sample;
                wetSignal[i] = sample - 0.7f * input;
                line[at] = input;
                if (++at == delay) at = 0;
            }
        }

        for (var i = 0; i < mix.Length; i++) mix[i] += wet * wetSignal[i];
    }

    /// <summary>
    /// Echoes of <paramref name="delay"/> samples, each <paramref name="feedback"/> times as loud as the one before.
    /// </summary>
    public static void Echo(Span<float> mix, int delay, float feedback)
    {
        if (feedback <= 0) return;
        for (var i = delay; i < mix.Length; i++) mix[i] += feedback * mix[i - delay];
    }

    /// <summary>Attenuates frequencies above <paramref name="cutoff"/> hertz by 6 dB per octave.</summary>
    public static void LowPass(Span<float> mix, double cutoff)
    {
        var follow = 1 - (float)Math.Exp(-2 * Math.PI * cutoff / Sound.SampleRate);
        var level = 0f;
        foreach (ref var sample in mix) sample = level += follow * (sample - level);
    }

    /// <summary>Saturates with tanh: small signals are amplified by the square root of <paramref name="gain"/>.</summary>
    public static void Drive(Span<float> mix, float gain)
    {
        if (gain <= 0) return;
        var makeUp = 1 / MathF.Sqrt(gain);
        foreach (ref var sample in mix) sample = makeUp * MathF.Tanh(gain * sample);
    }
}
