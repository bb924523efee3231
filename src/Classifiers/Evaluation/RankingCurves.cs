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

    /// <summary>
    /// The corners of the ROC curve from (0, 0) to (1, 1): the share of negative rows above a falling threshold, and that of
    /// positive rows; tied rows are a slope. The area below is <see cref="RocAuc"/>. Null if there is no positive or no negative
    /// row.
    /// </summary>
    public IReadOnlyList<RocPoint>? Roc()
    {
        if (_positives == 0 || _negatives == 0) return null;
        var points = new List<RocPoint> { new(0, 0) };
        var (misses, hits) = (0, 0);
        for (var t = _thresholds.Length - 1; t >= 0; t--)
        {
            Go(_missesAbove[t], 0);
            Go(_missesAt[t], _hits[t]);
        }

        Go(_negatives - misses, 0);
        return points;

        void Go(int across, int up)
        {
            if (across == 0 && up == 0) return;
            (misses, hits) = (misses + across, hits + up);
            var next = new RocPoint((double)misses / _negatives, (double)hits / _positives);
            // Three in a row that go straight up or across need only two.
            if (points.Count > 1 && points[^1] is var last && points[^2] is var before
                && ((before.Falsely == last.Falsely && last.Falsely == next.Falsely)
                    || (before.Rightly == last.Rightly && last.Rightly == next.Rightly)))
            {
                points.RemoveAt(points.Count - 1);
            }

            points.Add(next);
        }
    }
}
