using Engine.Classifiers;

namespace Engine.Tests.Support;

/// <summary>A support vector machine by its definitions, in plain double loops.</summary>
internal static class ReferenceSvm
{
    public static Func<double[], double[], double> Rbf(double gamma) =>
        (a, b) => Math.Exp(-gamma * a.Zip(b, (p, q) => (p - q) * (p - q)).Sum());

    public static Func<double[], double[], double> Polynomial(double gamma, double coef0, int degree) =>
        (a, b) => Math.Pow(gamma * a.Zip(b, (p, q) => p * q).Sum() + coef0, degree);

    /// <summary>
    /// ½|w|² + Σ C·hinge, and Σ|β| - ½|w|²; the first is never smaller, and equal at the solution alone. Also Σ Σ C|β K|, by
    /// which the kernel's rounding error is multiplied at most in either.
    /// </summary>
    public static (double Primal, double Dual, double Magnitude) Objectives(
        FeatureMatrix x, int positives, Func<double[], double[], double> kernel, double[] weights, double rho,
        double positiveBound, double negativeBound)
    {
        var images = Images(x, kernel, weights);
        var magnitudes = Images(x, (a, b) => Math.Abs(kernel(a, b)), [.. weights.Select(Math.Abs)]);
        double norm = 0, hinges = 0, magnitude = 0;
        for (var k = 0; k < x.Rows; k++)
        {
            norm += weights[k] * images[k];
            var sign = k < positives ? 1 : -1;
            var bound = k < positives ? positiveBound : negativeBound;
            hinges += bound * Math.Max(0, 1 - sign * (images[k] - rho));
            magnitude += bound * magnitudes[k];
        }

        return (norm / 2 + hinges, weights.Sum(Math.Abs) - norm / 2, magnitude);
    }

    /// <summary>The largest violation of a pair, both classes having the same bound.</summary>
    public static double Gap(
        FeatureMatrix x, int positives, Func<double[], double[], double> kernel, double[] weights, double bound)
    {
        var images = Images(x, kernel, weights);
        var gradient = images.Select((f, k) => (k < positives ? 1 : -1) - f).ToArray();
        bool Up(int k) => k < positives ? weights[k] < bound : weights[k] < 0;
        bool Low(int k) => k < positives ? weights[k] > 0 : weights[k] > -bound;
        var all = Enumerable.Range(0, x.Rows).ToArray();
        return all.Where(Up).Max(k => gradient[k]) - all.Where(Low).Min(k => gradient[k]);
    }

    private static double[] Images(FeatureMatrix x, Func<double[], double[], double> kernel, double[] weights)
    {
        var rows = Enumerable.Range(0, x.Rows).Select(r => x.Row(r).ToArray()).ToArray();
        return [.. rows.Select(a => rows.Select((b, k) => weights[k] == 0 ? 0 : weights[k] * kernel(a, b)).Sum())];
    }
}
