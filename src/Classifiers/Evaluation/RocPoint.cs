namespace Engine.Classifiers.Evaluation;

/// <summary>A corner of a ROC curve.</summary>
/// <param name="Falsely">The false positive rate.</param>
/// <param name="Rightly">The true positive rate.</param>
internal readonly record struct RocPoint(double Falsely, double Rightly)
{
    /// <summary>
    /// The mean of curves at every false positive rate (scikit-learn's macro average), with both ends of their steps, so that the
    /// area below is the mean of their areas.
    /// </summary>
    public static IReadOnlyList<RocPoint> Mean(IReadOnlyList<IReadOnlyList<RocPoint>> curves)
    {
        double[] rates = [.. curves.SelectMany(c => c.Select(p => p.Falsely)).Distinct().Order()];
        var (low, high) = (new double[rates.Length], new double[rates.Length]);
        foreach (var curve in curves)
        {
            for (int r = 0, next = 0; r < rates.Length; r++)
            {
                while (curve[next].Falsely < rates[r]) next++;
                var (first, last) = (next, next);
                while (last + 1 < curve.Count && curve[last + 1].Falsely == rates[r]) last++;
                if (curve[first].Falsely == rates[r])
                {
                    low[r] += curve[first].Rightly / curves.Count;
                    high[r] += curve[last].Rightly / curves.Count;
                    continue;
                }

                var (left, right) = (curve[first - 1], curve[first]);
                var share = (rates[r] - left.Falsely) / (right.Falsely - left.Falsely);
                var between = left.Rightly + share * (right.Rightly - left.Rightly);
                low[r] += between / curves.Count;
                high[r] += between / curves.Count;
            }
        }

        return [.. rates.SelectMany((rate, r) => low[r] == high[r]
            ? [new RocPoint(rate, low[r])] : new[] { new RocPoint(rate, low[r]), new RocPoint(rate, high[r]) })];
    }
}
