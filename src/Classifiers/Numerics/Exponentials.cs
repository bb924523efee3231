namespace Engine.Classifiers.Numerics;

/// <summary>Exponentials and logarithms that keep their digits near 0, where the plain formulas cancel.</summary>
internal static class Exponentials
{
    // Below this, 20 terms of the series are exact to rounding.
    private const double Small = 1;
    private const int Terms = 20;

    /// <summary>ln(1 + x) for x of at least 0. The quotient corrects for the digits that 1 + x loses (Kahan).</summary>
    public static double Log1p(double x)
    {
        var sum = 1 + x;
        if (sum == 1) return x;
        return double.IsFinite(sum) ? Math.Log(sum) * (x / (sum - 1)) : x;
    }

    /// <summary>e^x - 1.</summary>
    public static double Expm1(double x) => Math.Abs(x) < Small ? x * Mean(x) : Math.Exp(x) - 1;

    /// <summary>The mean of e^s for s from 0 to x: (e^x - 1) / x, and 1 at 0.</summary>
    public static double Mean(double x)
    {
        if (Math.Abs(x) >= Small) return (Math.Exp(x) - 1) / x;
        double sum = 1;
        for (var k = Terms; k > 1; k--) sum = 1 + sum * x / k;
        return sum;
    }

    /// <summary>The derivative of <see cref="Mean"/>: (e^x (x - 1) + 1) / x², and 1/2 at 0.</summary>
    public static double MeanSlope(double x)
    {
        if (Math.Abs(x) >= Small) return (Math.Exp(x) * (x - 1) + 1) / (x * x);

        // The sum of x^k / (k! (k + 2)); each factor divides what follows by k.
        var sum = 1.0 / (Terms + 2);
        for (var k = Terms; k > 0; k--) sum = 1.0 / (k + 1) + sum * x / k;
        return sum;
    }
}
