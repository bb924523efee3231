namespace Engine.Classifiers.Evaluation;

/// <summary>
/// Areas under the curves of a score that ranks rows; tied rows move together. Only the positive rows are sorted, and the others
/// counted between them: with many labels, each has few positive rows.
/// </summary>
internal sealed class RankingCurves
{
    private readonly double[] _thresholds;
    private readonly int[] _hits;
    private readonly int[] _missesAt;
    private readonly int[] _missesAbove;
    private readonly int _positives;
    private readonly int _negatives;

    /// <summary>Counts the rows at and between the scores of positive rows.</summary>
    public RankingCurves(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positive)
    {
        var own = new List<double>();
        for (var r = 0; r < scores.Length; r++)
        {
            if (positive[r]) own.Add(scores[r]);
        }

        own.Sort();
        _thresholds = [.. own.Distinct()];
        (_hits, _missesAt, _missesAbove) =
            (new int[_thresholds.Length], new int[_thresholds.Length], new int[_thresholds.Length]);
        foreach (var score in own) _hits[Array.BinarySearch(_thresholds, score)]++;
        (_positives, _negatives) = (own.Count, scores.Length - own.Count);
        for (var r = 0; r < scores.Length && _thresholds.Length > 0; r++)
        {
            if (positive[r]) continue;
            var place = Array.BinarySearch(_thresholds, scores[r]);
            if (place >= 0) _missesAt[place]++;
            // Counts above the threshold below it.
            else if (~place > 0) _missesAbove[~place - 1]++;
        }
    }

    /// <summary>
    /// Area under the ROC curve: the probability that a positive row scores above a negative one, ties counting half (Mann and
    /// Whitney 1947). Null if there is no positive or no negative row.
    /// </summary>
    public double? RocAuc()
    {
        if (_positives == 0 || _negatives == 0) return null;
        double wins = 0, missesBelow = _negatives;
        for (var t = _thresholds.Length - 1; t >= 0; t--)
        {
            missesBelow -= _missesAbove[t] + _missesAt[t];
            wins += _hits[t] * (missesBelow + 0.5 * _missesAt[t]);
        }

        return wins / ((double)_positives * _negatives);
    }

    /// <summary>
    /// Average precision Σ(Rₙ - Rₙ₋₁)·Pₙ over the falling thresholds, without interpolation (scikit-learn's
    /// <c>average_precision_score</c>). Null if there is no positive row.
    /// </summary>
    public double? AveragePrecision()
    {
        double sum = 0, hitsSoFar = 0, rows = 0;
        for (var t = _thresholds.Length - 1; t >= 0; t--)
        {
            hitsSoFar += _hits[t];
            rows += _missesAbove[t] + _missesAt[t] + _hits[t];
            sum += _hits[t] * (hitsSoFar / rows);
        }

        return hitsSoFar == 0 ? null : sum / hitsSoFar;
    }
}
