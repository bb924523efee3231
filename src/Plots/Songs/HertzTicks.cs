using System.Globalization;
using Engine.Dsp;

namespace Engine.Plots.Songs;

/// <summary>Round frequencies on scales of hearing.</summary>
internal static class HertzTicks
{
    /// <summary>Powers of two up to a frequency, each an octave, at their logarithms to base 2.</summary>
    public static IEnumerable<(double Place, string Label)> Octaves(double from, double to)
    {
        for (var octave = (int)Math.Ceiling(Math.Log2(from)); Math.Pow(2, octave) <= to; octave++)
            yield return (octave, Label(Math.Pow(2, octave)));
    }

    /// <summary>0 and powers of two from 512 on, in mels; lower ones would lie too close.</summary>
    public static IEnumerable<(double Place, string Label)> Mels(double to)
    {
        yield return (0, "0");
        for (var hertz = 512.0; hertz <= to; hertz *= 2) yield return (Mel.FromHertz(hertz), Label(hertz));
    }

    private static string Label(double hertz) => hertz.ToString("#,0", CultureInfo.InvariantCulture);
}
