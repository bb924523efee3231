namespace Engine.Tests.Support;

/// <summary>Resampling and low-pass filtering by their sums, in double precision.</summary>
public static class ReferenceResample
{
    /// <summary><c>scipy.signal.resample_poly(x, up, down, window=('kaiser', beta))</c>.</summary>
    public static double[] Poly(ReadOnlySpan<float> x, int up, int down, double beta)
    {
        var half = 10 * Math.Max(up, down);
        var taps = Windowed(half, 1.0 / Math.Max(up, down), beta);
        var output = new double[(int)(((long)x.Length * up + down - 1) / down)];
        for (var k = 0; k < output.Length; k++)
        {
            var centre = (long)k * down;
            var first = Math.Max(0, (centre - half + up - 1) / up);
            var last = Math.Min(x.Length - 1, (centre + half) / up);
            for (var n = first; n <= last; n++) output[k] += up * taps[centre - n * up + half] * x[(int)n];
        }

        return output;
    }

    /// <summary>
    /// A long filter with no energy left above <paramref name="cutOff"/> (1 is Nyquist) and unit gain well below. The ends of
    /// the input are left out, so that the output begins and ends in silence: a step there would reach beyond the cut-off.
    /// </summary>
    public static float[] LowPass(ReadOnlySpan<float> x, double cutOff)
    {
        const int Half = 300;
        var taps = Windowed(Half, cutOff - 0.04, 14);
        var y = new float[x.Length];
        for (var k = 0; k < y.Length; k++)
        {
            var sum = 0.0;
            for (var n = Math.Max(Half, k - Half); n <= Math.Min(x.Length - 1 - Half, k + Half); n++)
                sum += taps[k - n + Half] * x[n];
            y[k] = (float)sum;
        }

        return y;
    }

    /// <summary><c>scipy.signal.firwin(2·half + 1, cutOff, window=('kaiser', beta))</c>: unit gain at 0 Hz.</summary>
    private static double[] Windowed(int half, double cutOff, double beta)
    {
        var taps = new double[2 * half + 1];
        for (var i = 0; i < taps.Length; i++)
        {
            double t = i - half, angle = Math.PI * cutOff * t;
            taps[i] = (t == 0 ? 1 : Math.Sin(angle) / angle) * BesselI0(beta * Math.Sqrt(1 - t / half * (t / half)));
        }

        var sum = taps.Sum();
        return Array.ConvertAll(taps, tap => tap / sum);
    }

    private static double BesselI0(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; k < 200; k++) sum += term *= x / 2 / k * (x / 2 / k);
        return sum;
    }
}
