namespace Engine.Dsp.Audio.Vorbis;

/// <summary>The 256 levels of a floor, in steps of 140/256 dB up to 1. Source: Vorbis I, 10.1.</summary>
internal static class FloorLevels
{
    private const int Count = 256;

    /// <summary>The levels, from the lowest.</summary>
    public static float[] Make() =>
        [.. Enumerable.Range(0, Count).Select(i => (float)Math.Pow(10, (i - (Count - 1)) * (140.0 / Count) / 20))];
}
