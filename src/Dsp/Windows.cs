namespace Engine.Dsp;

/// <summary>The shape of a window.</summary>
public enum WindowKind
{
    /// <summary>Raised cosine, 0.5 - 0.5·cos.</summary>
    Hann,

    /// <summary>0.54 - 0.46·cos.</summary>
    Hamming,

    /// <summary>0.42 - 0.5·cos + 0.08·cos of the double angle.</summary>
    Blackman,

    /// <summary>All ones.</summary>
    Rectangular,

    /// <summary>Kaiser–Bessel; its shape parameter is beta.</summary>
    Kaiser,
}

/// <summary>Window functions, as <c>scipy.signal.get_window</c> defines them.</summary>
public static class Windows
{
    /// <summary>Creates a window of <paramref name="length"/> values.</summary>
    /// <param name="kind">Its shape.</param>
    /// <param name="length">The number of values, from 1 to 2²⁴.</param>
    /// <param name="periodic">True: one period of a periodic function (for spectra); false: symmetric (for filters).</param>
    /// <param name="beta">The Kaiser window's shape parameter; ignored by the others.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not from 1 to 2²⁴, or the kind is unknown.</exception>
    public static double[] Create(WindowKind kind, int length, bool periodic = true, double beta = 14)
    {
        if (length is < 1 or > Guard.MostPoints)
        {
            throw new ArgumentOutOfRangeException(nameof(length),
                $"Windows: length is {length}; it must be from 1 to {Guard.MostPoints}.");
        }

        var window = new double[length];
        if (length == 1)
        {
            window[0] = 1;
            return window;
        }

        var span = periodic ? length : length - 1;
        for (var i = 0; i < length; i++)
        {
            var angle = 2 * Math.PI * i / span;
            var x = 2.0 * i / span - 1;
            window[i] = kind switch
            {
                WindowKind.Hann => 0.5 - 0.5 * Math.Cos(angle),
                WindowKind.Hamming => 0.54 - 0.46 * Math.Cos(angle),
                WindowKind.Blackman => 0.42 - 0.5 * Math.Cos(angle) + 0.08 * Math.Cos(2 * angle),
                WindowKind.Rectangular => 1,
                WindowKind.Kaiser => BesselI0(beta * Math.Sqrt(Math.Max(0, 1 - x * x))) / BesselI0(beta),
                _ => throw new ArgumentOutOfRangeException(nameof(kind), $"Windows: unknown kind {kind}."),
            };
        }

        return window;
    }

    // The power series of the modified Bessel function of the first kind, order 0 (Abramowitz and Stegun 9.6.12).
    private static double BesselI0(double x)
    {
        double sum = 1, term = 1;
        for (var k = 1; term > sum * 1e-17; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
