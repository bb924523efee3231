using Engine.Dsp;

namespace Engine.Plots.Songs;

/// <summary>Power as colours: decibels below the loudest value, down to −80.</summary>
internal static class Levels
{
    /// <summary>What is fainter has the lowest colour.</summary>
    public const float Range = 80;

    // librosa's amin: power below it counts as silence.
    private const float Silence = 1e-10f;

    /// <summary>The loudest of several matrices of power.</summary>
    public static float Loudest(params ReadOnlySpan<float[]> power)
    {
        var loudest = 0f;
        foreach (var matrix in power) loudest = Math.Max(loudest, Decibels.Peak(matrix));
        return loudest;
    }

    /// <summary>Turns power into decibels, in place: 0 is <paramref name="loudest"/>. Silence is all at the bottom.</summary>
    public static void ToDecibels(float[] power, float loudest)
    {
        if (loudest <= Silence)
        {
            Array.Fill(power, -Range);
            return;
        }

        Decibels.FromPower(power, power, loudest, Silence, topDb: null);
        Decibels.Raise(power, -Range);
    }
}
