using Engine.Classifiers.Evaluation;

namespace Engine.Classifiers.Tuning;

/// <summary>
/// The expected amount by which a normal value exceeds the best so far, counting 0 where it does not: Jones, Schonlau and Welch,
/// "Efficient global optimization of expensive black-box functions", 1998.
/// </summary>
internal static class ExpectedImprovement
{
    /// <summary>The expected improvement of a normal value over <paramref name="best"/>.</summary>
    public static double Of(double mean, double deviation, double best)
    {
        var gain = mean - best;
        if (deviation == 0) return Math.Max(0, gain);
        var z = gain / deviation;
        return Math.Max(0, gain * SpecialFunctions.NormalBelow(z) + deviation * Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI));
    }
}
