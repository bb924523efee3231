namespace Engine.Classifiers.Evaluation;

/// <summary>The functions behind tail probabilities.</summary>
internal static class SpecialFunctions
{
    private const double ShiftedTo = 15;

    // B₂ₖ / (2k·(2k-1)) of Stirling's series (DLMF 5.11.1); from 15 on, eight terms reach double precision.
    private static readonly double[] s_stirling =
        [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156, -3617.0 / 122400];

    /// <summary>ln Γ(x) for x &gt; 0.</summary>
    public static double LogGamma(double x)
    {
        var product = 1.0;
        for (; x < ShiftedTo; x++) product *= x;
        var (sum, power) = (0.0, 1 / x);
        foreach (var coefficient in s_stirling)
        {
            sum += coefficient * power;
            power /= x * x;
        }

        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + sum - Math.Log(product);
    }

    /// <summary>
    /// The regularised incomplete beta function Iₓ(a, b): the share of Beta(a, b) below x. Uses the continued fraction of DLMF
    /// 8.17.22 on the side where it converges quickly.
    /// </summary>
    public static double IncompleteBeta(double a, double b, double x)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        if (x > (a + 1) / (a + b + 2)) return 1 - IncompleteBeta(b, a, 1 - x);
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x)) / a;
        return front * BetaFraction(a, b, x);
    }

    /// <summary>
    /// The probability that a standard normal value is below z. Uses the series of DLMF 7.6.2, whose terms all have the same
    /// sign, near 0, and the continued fraction of 7.9.1 in the tails, to preserve their digits.
    /// </summary>
    public static double NormalBelow(double z)
    {
        const double near = 3;
        const int terms = 60;
        var x = Math.Abs(z) / Math.Sqrt(2);
        var density = Math.Exp(-x * x) / Math.Sqrt(Math.PI);
        double beyond;
        if (x < near)
        {
            var (term, sum) = (2 * x, 2 * x);
            for (var n = 1; n < terms; n++)
            {
                term *= 2 * x * x / (2 * n + 1);
                sum += term;
            }

            beyond = 1 - density * sum;
        }
        else
        {
            var tail = x;
            for (var n = terms; n >= 1; n--) tail = x + n / (2 * tail);
            beyond = density / tail;
        }

        return z < 0 ? beyond / 2 : 1 - beyond / 2;
    }

    // Evaluated forwards by Lentz's method (1976), as modified by Thompson and Barnett.
    private static double BetaFraction(double a, double b, double x)
    {
        const int mostTerms = 10_000;
        const double tiny = 1e-300, precision = 1e-16;
        var (c, d) = (1.0, 1 / Away(1 - (a + b) * x / (a + 1)));
        var value = d;
        for (var m = 1; m <= mostTerms; m++)
        {
            Step(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)));
            if (Math.Abs(Step(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))) - 1) < precision) break;
        }

        return value;

        double Step(double numerator)
        {
            d = 1 / Away(1 + numerator * d);
            c = Away(1 + numerator / c);
            value *= c * d;
            return c * d;
        }

        static double Away(double v) => Math.Abs(v) < tiny ? tiny : v;
    }
}
