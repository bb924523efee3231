namespace Engine.Cli.Demo;

/// <summary>What every voice shares: the sample rate, a sine table, and the equal-tempered scale.</summary>
internal static class Sound
{
    /// <summary>Samples per second of all synthesised audio.</summary>
    public const int SampleRate = 22050;

    // Two entries beyond the circle: a tiny negative phase rounds up to exactly one cycle.
    private const int SineSize = 4096;
    private static readonly float[] s_sine =
        [.. Enumerable.Range(0, SineSize + 2).Select(i => (float)Math.Sin(2 * Math.PI * i / SineSize))];

    /// <summary>sin(2π·<paramref name="cycles"/>), interpolated from a table; any number of cycles.</summary>
    public static float Sine(double cycles)
    {
        var position = (cycles - Math.Floor(cycles)) * SineSize;
        var index = (int)position;
        var low = s_sine[index];
        return low + (float)(position - index) * (s_sine[index + 1] - low);
    }

    /// <summary>The frequency of a MIDI note number, in hertz; 69 is 440 Hz.</summary>
    public static double Frequency(double midi) => 440 * Math.Pow(2, (midi - 69) / 12);

    /// <summary>The number of samples in a time.</summary>
    public static int Samples(double seconds) => (int)(seconds * SampleRate);

    /// <summary>The feedback with which an exponential falls to 1/1000 (60 dB) in this many samples.</summary>
    public static float Decay(double samples) => (float)Math.Exp(-6.908 / Math.Max(samples, 1));
}
