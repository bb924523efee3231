using Engine.Classifiers;
using Engine.Classifiers.Evaluation;

namespace Engine.Pipeline.Fitting;

/// <summary>Averages the scores of a track's windows; the mean then becomes a probability.</summary>
internal static class TrackAverage
{
    /// <summary>The mean of the rows.</summary>
    public static double[] Of(FeatureMatrix rows)
    {
        var mean = new double[rows.Columns];
        Add(rows, rows.Rows, mean);
        return mean;
    }

    /// <summary>Adds some of <paramref name="count"/> rows to their mean.</summary>
    public static void Add(FeatureMatrix rows, int count, double[] mean)
    {
        for (var r = 0; r < rows.Rows; r++)
        {
            for (var c = 0; c < mean.Length; c++) mean[c] += rows[r, c] / count;
        }
    }

    /// <summary>One row per track, in order of first appearance, and each track's label.</summary>
    public static (FeatureMatrix Scores, int[] Labels) ByTrack(
        IReadOnlyList<TrackId> trackOfRow, FeatureMatrix scores, int[] labels)
    {
        var tracks = Enumerable.Range(0, trackOfRow.Count).GroupBy(i => trackOfRow[i]).Select(g => g.ToArray()).ToArray();
        var means = new FeatureMatrix(tracks.Length, scores.Columns);
        for (var t = 0; t < tracks.Length; t++) Of(scores.Select(tracks[t])).CopyTo(means.Row(t));
        return (means, [.. tracks.Select(t => labels[t[0]])]);
    }
}
