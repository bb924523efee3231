using Engine.Classifiers.Evaluation;

namespace Engine.Classifiers.Tuning;

/// <summary>
/// By how much a normal value is expected to exceed the best so far, counting nothing where it does not: Jones, Schonlau and
/// Welch, "Efficient global optimization of expensive black-box functions", 1998.
/// </summary>
internal static class ExpectedImprovement
{
    /// <summary>The expected improvement on <paramref name="best"/> of a normal value.</summary>
    public static double Of(double mean, double deviation, double best)
    {
        var gain = mean - best;
        if (deviation == 0) return Math.Max(0, gain);
        var z = gain / deviation;
        return Math.Max(0, gain * SpecialFunctions.NormalBelow(z) + deviation * Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI));
    }
}
