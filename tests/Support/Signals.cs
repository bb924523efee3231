namespace Engine.Tests.Support;

/// <summary>Made-up inputs.</summary>
public static class Signals
{
    /// <summary>Uniform noise in [-1, 1), the same for the same seed.</summary>
    public static float[] Noise(int length, int seed = 1)
    {
        var random = new Random(seed);
        var noise = new float[length];
        for (var i = 0; i < length; i++) noise[i] = 2 * random.NextSingle() - 1;
        return noise;
    }
}
