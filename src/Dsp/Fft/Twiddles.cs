using System.Numerics;

namespace Engine.Dsp.Fft;

/// <summary>Roots of unity, within one unit in the last place in double; in float, the nearest.</summary>
public static class Twiddles
{
    // 2π = TwoPi + TwoPiRest to 107 bits.
    private const double TwoPi = 2 * Math.PI;
    private const double TwoPiRest = 2.4492935982947064e-16;

    /// <summary>
    /// exp(-2πi·k/n) for any k. The angle is reduced to the first octant in integer arithmetic, so that symmetric roots agree bit
    /// for bit, and computed to twice double precision.
    /// </summary>
    public static (double Re, double Im) Root(long k, long n)
    {
        k = ((k % n) + n) % n;
        // Mirror at π, then at π/2, then at π/4.
        var lower = 2 * k > n;
        if (lower) k = n - k;
        var left = 4 * k > n;
        var (top, bottom) = left ? (n - 2 * k, 2 * n) : (k, n);
        var steep = 8 * top > bottom;
        if (steep) (top, bottom) = (bottom - 4 * top, 4 * bottom);

        var (sin, cos) = SinCos(top, bottom);
        if (steep) (sin, cos) = (cos, sin);
        return (left ? -cos : cos, lower ? sin : -sin);
    }

    /// <summary>
    /// Bluestein's chirp exp(-πi·n²/length), n from 0 to length - 1. The square is reduced modulo 2·length: as a floating-point
    /// angle it would lose its last digits.
    /// </summary>
    public static (double Re, double Im) Chirp(long n, long length) => Root(n * n % (2 * length), 2 * length);

    /// <summary>The root in the precision of a transform.</summary>
    internal static (T Re, T Im) Root<T>(long k, long n)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (re, im) = Root(k, n);
        return (T.CreateTruncating(re), T.CreateTruncating(im));
    }

    // Sine and cosine of 2π·top/bottom: the angle is hi + lo, and lo enters to first order.
    private static (double Sin, double Cos) SinCos(long top, long bottom)
    {
        if (8 * top == bottom) return (Math.Sqrt(0.5), Math.Sqrt(0.5));
        var turn = (double)top / bottom;
        var turnRest = -Math.FusedMultiplyAdd(turn, bottom, -top) / bottom;
        var hi = turn * TwoPi;
        var lo = Math.FusedMultiplyAdd(turn, TwoPi, -hi) + turn * TwoPiRest + turnRest * TwoPi;
        var (sin, cos) = Math.SinCos(hi);
        return (Math.FusedMultiplyAdd(lo, cos, sin), Math.FusedMultiplyAdd(-lo, sin, cos));
    }
}
