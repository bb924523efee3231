using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>Draws mixup's shares.</summary>
internal static class MixUp
{
    /// <summary>
    /// Draws from Beta(α, α) as g / (g + h) with two gamma variables, computed from their logarithms because gamma variables
    /// of small α underflow.
    /// </summary>
    public static double Share(double alpha, RandomStream random)
    {
        var difference = LogGamma(alpha, random) - LogGamma(alpha, random);
        return 1 / (1 + Math.Exp(-difference));
    }

    // The logarithm of a Gamma(α) variable: Marsaglia and Tsang 2000 for α + 1, then their g·u^(1/α) for α.
    private static double LogGamma(double alpha, RandomStream random)
    {
        var d = alpha + 1 - 1.0 / 3;
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = random.NextGaussian();
            var v = Math.Pow(1 + c * x, 3);
            if (v <= 0) continue;
            var u = 1 - random.NextDouble();
            if (Math.Log(u) < 0.5 * x * x + d - d * v + d * Math.Log(v))
                return Math.Log(d * v) + Math.Log(1 - random.NextDouble()) / alpha;
        }
    }
}
