namespace Engine.Tensors;

/// <summary>
/// The constants of a real transform of N samples, in double precision, real and imaginary parts interleaved. An even N goes
/// by way of N/2 complex points, the even samples their real and the odd ones their imaginary parts; an odd N by N points.
/// </summary>
internal static class FourierTables
{
    /// <summary>Complex points of a real transform.</summary>
    public static int Points(int fftSize) => fftSize % 2 == 0 ? fftSize / 2 : fftSize;

    /// <summary>exp(-2πi·k/n) for k = 0 … count - 1; by symmetry each is as near as Math.SinCos is within an eighth of a turn.</summary>
    public static double[] Roots(int n, int count)
    {
        var roots = new double[2 * count];
        for (var k = 0; k < count; k++)
        {
            // The eighth is found in integers: 8k/n counts them, and odd ones are run through backwards.
            var eighth = (int)(8L * k / n % 8);
            var rest = 8L * k - (long)eighth * n;
            if (eighth % 2 == 1) rest = n - rest;
            var (sine, cosine) = Math.SinCos(Math.PI / 4 * rest / n);
            (cosine, sine) = eighth switch
            {
                0 => (cosine, sine),
                1 => (sine, cosine),
                2 => (-sine, cosine),
                3 => (-cosine, sine),
                4 => (-cosine, -sine),
                5 => (-sine, -cosine),
                6 => (sine, -cosine),
                _ => (cosine, -sine),
            };
            (roots[2 * k], roots[2 * k + 1]) = (cosine, -sine);
        }

        return roots;
    }

    /// <summary>Bluestein's chirp c[k] = exp(-πi·k²/n), k = 0 … n - 1; k² is reduced in integers.</summary>
    public static double[] Chirp(int n)
    {
        var roots = Roots(2 * n, 2 * n);
        var chirp = new double[2 * n];
        for (var k = 0; k < n; k++)
        {
            var place = (int)((long)k * k % (2 * n));
            (chirp[2 * k], chirp[2 * k + 1]) = (roots[2 * place], roots[2 * place + 1]);
        }

        return chirp;
    }
}
