using Engine.Classifiers.Evaluation;

namespace Engine.Classifiers.Clustering;

/// <summary>
/// The mutual information to expect, in nats, of two partitions with given cluster sizes and otherwise random: the mean over the
/// hypergeometric distribution of each cell (Vinh, Epps and Bailey, "Information theoretic measures for clusterings comparison",
/// JMLR 11, 2010, equation 24a).
/// </summary>
internal static class ExpectedInformation
{
    /// <summary>The expectation for <paramref name="count"/> rows.</summary>
    public static double Of(int[] first, int[] second, int count)
    {
        // ln i! for i from 0 to count.
        double[] logFactorial = [.. Enumerable.Range(0, count + 1).Select(i => SpecialFunctions.LogGamma(i + 1.0))];
        var sum = 0.0;
        foreach (var a in first)
        {
            foreach (var b in second)
            {
                var choices = logFactorial[a] + logFactorial[b] + logFactorial[count - a] + logFactorial[count - b]
                    - logFactorial[count];
                for (var both = Math.Max(1, a + b - count); both <= Math.Min(a, b); both++)
                {
                    var probability = Math.Exp(choices - logFactorial[both] - logFactorial[a - both] - logFactorial[b - both]
                        - logFactorial[count - a - b + both]);
                    sum += probability * both / count * Math.Log((double)count * both / ((double)a * b));
                }
            }
        }

        return sum;
    }
}
