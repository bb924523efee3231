using System.Numerics;
using System.Runtime.InteropServices;

namespace Engine.Dsp.Audio;

/// <summary>Rejects infinities and NaNs.</summary>
internal static class FiniteSamples
{
    /// <summary>Checks a block.</summary>
    /// <param name="samples">Its samples.</param>
    /// <param name="first">The position of the first of them.</param>
    /// <param name="rate">Samples per second.</param>
    /// <param name="name">The recording.</param>
    /// <exception cref="AudioFormatException">A sample is not finite.</exception>
    public static void Check(ReadOnlySpan<float> samples, long first, int rate, string name)
    {
        const int Exponent = 0x7F800000; // all ones only in infinities and NaNs
        var bits = MemoryMarshal.Cast<float, int>(samples);
        var i = 0;
        var mask = new Vector<int>(Exponent);
        for (; i <= bits.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            if (Vector.EqualsAny(new Vector<int>(bits[i..]) & mask, mask)) break;
        }

        for (; i < samples.Length; i++)
        {
            if (float.IsFinite(samples[i])) continue;
            var at = first + i;
            throw new AudioFormatException(name,
                $"sample {at} ({(double)at / rate:0.###} s) is {samples[i]}; every sample must be finite. "
                + "Repair the file or leave it out.");
        }
    }
}
