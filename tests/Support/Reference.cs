using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Engine.Dsp;

namespace Engine.Tests.Support;

/// <summary>Fourier sums in double: what the transforms are measured against.</summary>
internal static class Reference
{
    private static readonly ConcurrentDictionary<int, Complex<double>[]> s_roots = [];

    /// <summary><c>X[k] = Σ x[n]·exp(-2πi·kn/N)</c>: sums of an odd number of terms as they stand, others by halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Complex<double>[] Fourier(ReadOnlySpan<Complex<double>> x)
    {
        var n = x.Length;
        var result = new Complex<double>[n];
        var roots = s_roots.GetOrAdd(n, Roots);
        if (n > 0 && n % 2 == 0)
        {
            var (even, odd) = (new Complex<double>[n / 2], new Complex<double>[n / 2]);
            for (var i = 0; i < n / 2; i++) (even[i], odd[i]) = (x[2 * i], x[2 * i + 1]);
            (even, odd) = (Fourier(even), Fourier(odd));
            for (var k = 0; k < n; k++) result[k] = even[k % (n / 2)] + odd[k % (n / 2)] * roots[k];
            return result;
        }

        for (var k = 0; k < n; k++)
        {
            var (sum, place) = (new Complex<double>(0, 0), 0);
            foreach (var value in x)
            {
                sum += value * roots[place];
                place += k;
                if (place >= n) place -= n;
            }

            result[k] = sum;
        }

        return result;
    }

    private static Complex<double>[] Roots(int n)
    {
        var roots = new Complex<double>[n];
        for (var k = 0; k < n; k++)
        {
            var (sin, cos) = Math.SinCos(2 * Math.PI * k / n);
            roots[k] = new(cos, -sin);
        }

        return roots;
    }

    /// <summary><c>x[n] = 1/N·Σ X[k]·exp(2πi·kn/N)</c>.</summary>
    public static Complex<double>[] InverseFourier(ReadOnlySpan<Complex<double>> spectrum)
    {
        var n = spectrum.Length;
        var mirrored = Fourier(spectrum);
        var result = new Complex<double>[n];
        for (var i = 0; i < n; i++) result[i] = mirrored[(n - i) % n] * (1.0 / n);
        return result;
    }
}
