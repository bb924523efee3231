namespace Engine.Classifiers.Evaluation;

/// <summary>Areas under the curves of a score that ranks rows; rows of equal score move together.</summary>
internal static class RankingCurves
{
    /// <summary>
    /// Area under the ROC curve: the chance that a positive row scores above a negative one, equal scores counting half (Mann and
    /// Whitney 1947). Null if there is no positive or no negative row.
    /// </summary>
    public static double? RocAuc(double[] scores, bool[] positive)
    {
        double wins = 0, positivesAbove = 0, negatives = 0;
        foreach (var (hits, misses) in Steps(scores, positive))
        {
            wins += misses * (positivesAbove + 0.5 * hits);
            positivesAbove += hits;
            negatives += misses;
        }

        return positivesAbove == 0 || negatives == 0 ? null : wins / (positivesAbove * negatives);
    }

    /// <summary>
    /// Average precision Σ(Rₙ - Rₙ₋₁)·Pₙ over the falling thresholds, without interpolation (scikit-learn's
    /// <c>average_precision_score</c>). Null if there is no positive row.
    /// </summary>
    public static double? AveragePrecision(double[] scores, bool[] positive)
    {
        double sum = 0, hitsSoFar = 0, rows = 0;
        foreach (var (hits, misses) in Steps(scores, positive))
        {
            hitsSoFar += hits;
            rows += hits + misses;
            sum += hits * (hitsSoFar / rows);
        }

        return hitsSoFar == 0 ? null : sum / hitsSoFar;
    }

    // Positive and negative rows at each distinct score, from the highest down.
    private static IEnumerable<(int Hits, int Misses)> Steps(double[] scores, bool[] positive)
    {
        var order = Enumerable.Range(0, scores.Length).ToArray();
        Array.Sort(order, (a, b) => scores[b].CompareTo(scores[a]));
        for (int start = 0, end; start < order.Length; start = end)
        {
            var hits = 0;
            for (end = start; end < order.Length && scores[order[end]] == scores[order[start]]; end++) hits += positive[order[end]] ? 1 : 0;
            yield return (hits, end - start - hits);
        }
    }
}
