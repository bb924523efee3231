using Engine.Dsp;

namespace Engine.Tests.Support;

/// <summary>The short-time Fourier transform by its definition, in double precision, from an explicitly padded signal.</summary>
public static class ReferenceStft
{
    /// <summary>Transforms a signal: [frames][bins].</summary>
    public static Complex<double>[][] Forward(float[] signal, StftOptions options)
    {
        var n = options.FftSize;
        var half = options.Center ? n / 2 : 0;
        var padded = new double[signal.Length + 2 * half];
        for (var i = 0; i < padded.Length; i++)
        {
            var j = i - half;
            if (options.PadMode == PadMode.Reflect) j = j < 0 ? -j : j >= signal.Length ? 2 * (signal.Length - 1) - j : j;
            padded[i] = j >= 0 && j < signal.Length ? signal[j] : 0;
        }

        var short_ = Windows.Create(options.Window, options.WindowLength ?? n, !options.Symmetric);
        var window = new double[n];
        short_.CopyTo(window, (n - short_.Length) / 2);
        var frames = new List<Complex<double>[]>();
        for (var start = 0; start + n <= padded.Length; start += options.Hop)
        {
            var bins = new Complex<double>[n / 2 + 1];
            for (var k = 0; k < bins.Length; k++)
                for (var i = 0; i < n; i++)
                {
                    var (sin, cos) = Math.SinCos(-2 * Math.PI * ((long)k * i % n) / n);
                    bins[k] += new Complex<double>(cos, sin) * (window[i] * padded[start + i]);
                }

            frames.Add(bins);
        }

        return [.. frames];
    }
}
