using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Calibrating;

namespace Engine.Pipeline.Runs;

/// <summary>A song as a run tested it in one round: its windows together, or the row where every row is a song.</summary>
/// <param name="Name">The track.</param>
/// <param name="Path">The file, relative to the data; of several windows in a table, the first.</param>
/// <param name="Label">The true genre.</param>
/// <param name="Predicted">The predicted genre.</param>
/// <param name="Confidence">The probability or score of the predicted genre.</param>
/// <param name="OfLabel">That of the true genre; null where only the best are kept.</param>
/// <param name="Round">The round, from 1.</param>
/// <param name="Values">The probability or score of each genre of the model.</param>
/// <param name="Votes">How many windows were given each genre, the most frequent first; one for a song of one row.</param>
internal sealed record TestedSong(
    string Name, string Path, string Label, string Predicted, double Confidence, double? OfLabel, int Round,
    IReadOnlyList<double> Values, IReadOnlyList<(string Label, int Windows)> Votes)
{
    /// <summary>Whether the genre is right.</summary>
    public bool IsRight => Label == Predicted;

    /// <summary>The share of its windows that were given the genre that most were given.</summary>
    public double Agreement => (double)Votes[0].Windows / Votes.Sum(v => v.Windows);

    /// <summary>
    /// The songs of a run, in the order in which they were tested. With more labels than <see cref="Metrics.MostMatrixLabels"/>,
    /// of which only the best are kept, the rows: their scores cannot be averaged.
    /// </summary>
    public static IReadOnlyList<TestedSong> Of(FinishedRun run)
    {
        var labels = run.Record.Labels;
        var places = labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i);
        var isWhole = labels.Count <= Metrics.MostMatrixLabels;
        if (!run.CountsTracks || !isWhole)
            return [.. run.Tested.Select(r => OfRow(r, places, isWhole))];
        return [.. run.Tested.GroupBy(r => (r.Fold, r.Track))
            .Select(g => OfWindows([.. g], labels, places, run.Figures.Calibration?[g.Key.Fold - 1]))];
    }

    private static TestedSong OfRow(TestedRow row, Dictionary<string, int> places, bool isWhole)
    {
        double? label = isWhole && places.TryGetValue(row.Label, out var at) ? row.Probabilities[at] : null;
        return new(row.Name, row.Path, row.Label, row.Predicted, row.Probabilities[places[row.Predicted]], label, row.Fold,
            row.Probabilities, [(row.Predicted, 1)]);
    }

    private static TestedSong OfWindows(
        TestedRow[] windows, IReadOnlyList<string> labels, Dictionary<string, int> places, CalibrationFigures? calibration)
    {
        var mean = TrackAverage.Of(
            new FeatureMatrix(windows.Length, labels.Count, [.. windows.SelectMany(w => w.Scores ?? w.Probabilities)]));
        var values = mean;
        if (calibration is { } figures)
        {
            values = new double[mean.Length];
            Calibration.ScalingOf(figures).Apply(mean, values);
        }

        var best = 0;
        for (var i = 1; i < values.Length; i++) if (values[i] > values[best]) best = i;
        var first = windows[0];
        return new(first.Track, first.Path, first.Label, labels[best], values[best],
            places.TryGetValue(first.Label, out var at) ? values[at] : null, first.Fold, values,
            [.. windows.GroupBy(w => w.Predicted).Select(g => (g.Key, g.Count()))
                .OrderByDescending(v => v.Item2).ThenBy(v => v.Key, StringComparer.Ordinal)]);
    }
}
