namespace Engine.Tests.Support;

/// <summary>Impurity and the best split of a node, straight from the definitions.</summary>
internal static class ReferenceTree
{
    /// <summary>Gini's impurity 1 - Σp² of weights by class.</summary>
    public static double Gini(double[] weights) => 1 - weights.Sum(w => w / weights.Sum() * (w / weights.Sum()));

    /// <summary>The entropy -Σp·log2 p of weights by class.</summary>
    public static double Entropy(double[] weights) =>
        -weights.Where(w => w > 0).Sum(w => w / weights.Sum() * Math.Log2(w / weights.Sum()));

    /// <summary>
    /// The fall in impurity when rows with <c>value ≤ threshold</c> go one way and the rest the other, times the node's weight.
    /// </summary>
    public static double Gain(double[] values, int[] labels, double[] weights, double threshold, Func<double[], double> impurity)
    {
        var classes = labels.Max() + 1;
        double[] Side(Func<double, bool> within) =>
            [.. Enumerable.Range(0, classes)
                .Select(k => Enumerable.Range(0, values.Length).Where(i => labels[i] == k && within(values[i]))
                .Sum(i => weights[i]))];
        double Total(double[] side) => side.Sum() > 0 ? side.Sum() * impurity(side) : 0;
        return Total(Side(_ => true)) - Total(Side(v => v <= threshold)) - Total(Side(v => v > threshold));
    }

    /// <summary>
    /// The largest gain of any threshold in any column that leaves <paramref name="leaf"/> rows on either side; null if there is
    /// none.
    /// </summary>
    public static double? BestGain(double[][] columns, int[] labels, double[] weights, int leaf, Func<double[], double> impurity)
    {
        double? best = null;
        foreach (var values in columns)
        {
            foreach (var threshold in values.Distinct())
            {
                var left = values.Count(v => v <= threshold);
                if (left < leaf || values.Length - left < leaf) continue;
                best = Math.Max(best ?? double.NegativeInfinity, Gain(values, labels, weights, threshold, impurity));
            }
        }

        return best;
    }
}
