using Engine.Tensors;

namespace Engine.Nn.Training;

/// <summary>Draws the shares of mixup.</summary>
internal static class MixUp
{
    /// <summary>
    /// A number from Beta(α, α) as g / (g + h) of two gamma variables, from their logarithms because those of a small α
    /// underflow.
    /// </summary>
    public static double Share(double alpha, RandomStream random)
    {
        var difference = LogGamma(alpha, random) - LogGamma(alpha, random);
        return 1 / (1 + Math.Exp(-difference));
    }

    // The logarithm of a Gamma(α) variable: Marsaglia and Tsang 2000 for α + 1, and their g·u^(1/α) down to α.
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
            if (Math.Log(u) < 0.5 * x * x + d - d * v + d * Math.Log(v)) return Math.Log(d * v) + Math.Log(1 - random.NextDouble()) / alpha;
        }
    }
}
