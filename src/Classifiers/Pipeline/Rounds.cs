using System.Diagnostics;
using Engine.Classifiers.Evaluation;

namespace Engine.Classifiers.Pipeline;

/// <summary>One tested row.</summary>
/// <param name="Name">The track, and the window where there is one.</param>
/// <param name="Path">The file, relative to the data.</param>
/// <param name="Label">The right genre.</param>
/// <param name="Predicted">The genre the model gave.</param>
/// <param name="Probabilities">One per label of the model.</param>
/// <param name="Fold">The round it was tested in, from 1.</param>
public sealed record TestedRow(string Name, string Path, string Label, string Predicted, IReadOnlyList<double> Probabilities, int Fold);

/// <summary>A round of a split as it was tested, by row or by track.</summary>
/// <param name="Names">What was tested.</param>
/// <param name="Probabilities">Probabilities of each, <c>[tested, labels]</c>.</param>
/// <param name="Labels">The right label of each.</param>
/// <param name="Learned">How many rows, or tracks, were learned from.</param>
/// <param name="TrainAccuracy">Accuracy on those; null where nothing was learned here.</param>
internal sealed record TestedRound(string[] Names, FeatureMatrix Probabilities, int[] Labels, int Learned, double? TrainAccuracy)
{
    /// <summary>How many were tested for each learned from.</summary>
    public double TestToTrain => (double)Labels.Length / Learned;
}

/// <summary>Tests the fitted rounds of a recipe, and gathers their figures by row and by track.</summary>
internal sealed class Rounds
{
    private readonly Recipe _recipe;
    private readonly LabelledRows _data;
    private readonly string[] _labels;
    private readonly int[] _targets;

    public Rounds(Recipe recipe, LabelledRows data, IReadOnlyList<string> labels)
    {
        (_recipe, _data, _labels) = (recipe, data, [.. labels]);
        _targets = [.. data.Rows.Select(r => Array.IndexOf(_labels, r.Label))];
        var unknown = Array.IndexOf(_targets, -1);
        if (unknown >= 0)
        {
            throw new EngineException($"{data.Source}: {data.Rows[unknown].Path} has the label '{data.Rows[unknown].Label}', which the model does not know; it knows {string.Join(", ", labels)}.");
        }
    }

    /// <summary>The labels of rows, as numbers.</summary>
    public int[] Targets(int[] rows) => [.. rows.Select(r => _targets[r])];

    /// <summary>Predicts the tested rows of a round, and those it learned from.</summary>
    public RoundResult Test(Fold fold, FittedPipeline pipeline, double fitSeconds = 0)
    {
        var clock = Stopwatch.StartNew();
        var test = pipeline.PredictProbabilities(RowSet.Of(_data, fold.Test));
        var seconds = clock.Elapsed.TotalSeconds;
        var train = fold.TrainAndValid is { Length: > 0 } rows ? pipeline.PredictProbabilities(RowSet.Of(_data, rows)) : new FeatureMatrix(0, _labels.Length);
        return new(test, train, fitSeconds, seconds, pipeline.Device.Name);
    }

    /// <summary>The figures of all rounds; <paramref name="overlapping"/> if they may test a row more than once.</summary>
    public MetricsReport Report(IReadOnlyList<Fold> folds, IReadOnlyList<RoundResult> results, bool overlapping)
    {
        var report = Report(ByRow(folds, results), overlapping) with
        {
            Recipe = _recipe.Name,
            Device = Devices(results),
            FitSeconds = results.Sum(r => r.FitSeconds),
            PredictSeconds = results.Sum(r => r.PredictSeconds),
        };
        return ByTrack(folds, results) is { } tracks ? report with { Tracks = Report(tracks, overlapping) } : report;
    }

    /// <summary>The device of all rounds; a training that moved has several.</summary>
    public static string Devices(IReadOnlyList<RoundResult> results) => string.Join(", ", results.Select(r => r.Device).Distinct());

    /// <summary>One entry per tested row of every round.</summary>
    public IReadOnlyList<TestedRow> Tested(IReadOnlyList<Fold> folds, IReadOnlyList<RoundResult> results) =>
        [.. results.SelectMany((r, f) => Describe(folds[f].Test, r.Test, f + 1))];

    /// <summary>The rounds as they were tested, row by row.</summary>
    public TestedRound[] ByRow(IReadOnlyList<Fold> folds, IReadOnlyList<RoundResult> results) =>
        [.. results.Select((result, f) => Gather(folds[f], result, (rows, probabilities, labels) => (Names(rows), probabilities, labels), folds[f].TrainAndValid.Length))];

    /// <summary>The same by track, where tested tracks have several rows; null where every row is a track.</summary>
    public TestedRound[]? ByTrack(IReadOnlyList<Fold> folds, IReadOnlyList<RoundResult> results) =>
        folds.All(f => Tracks(f.Test).Length == f.Test.Length)
            ? null
            : [.. results.Select((result, f) => Gather(folds[f], result, Average, Tracks(folds[f].TrainAndValid).Length))];

    private MetricsReport Report(TestedRound[] rounds, bool overlapping)
    {
        var report = Metrics.Pool([.. rounds.Select(r => (r.Probabilities, r.Labels))], _labels, overlapping);
        return report with
        {
            // The mean over the rounds that learned something.
            TrainAccuracy = Metrics.Spread(rounds.Select(r => r.TrainAccuracy)).Mean,
            NTrain = rounds[0].Learned,
            Folds = overlapping && report.Folds is { } folds ? folds with { AccuracyCi95 = CorrectedResampled.Interval(folds.Accuracies, rounds[0].TestToTrain) } : report.Folds,
        };
    }

    private TestedRound Gather(Fold fold, RoundResult result, Func<int[], FeatureMatrix, int[], (string[], FeatureMatrix, int[])> gather, int learned)
    {
        var (names, probabilities, labels) = gather(fold.Test, result.Test, Targets(fold.Test));
        double? train = null;
        if (result.Train.Rows > 0)
        {
            var (_, seen, targets) = gather(fold.TrainAndValid, result.Train, Targets(fold.TrainAndValid));
            train = Metrics.TopKAccuracy(seen, targets, 1);
        }

        return new(names, probabilities, labels, learned, train);
    }

    private (string[], FeatureMatrix, int[]) Average(int[] rows, FeatureMatrix probabilities, int[] labels)
    {
        var (means, targets) = TrackAverage.ByTrack([.. rows.Select(r => _data.Rows[r])], probabilities, labels);
        return (Tracks(rows), means, targets);
    }

    private string[] Names(int[] rows) => [.. rows.Select(r => _data.Rows[r].Name)];

    private string[] Tracks(int[] rows) => [.. rows.Select(r => _data.Rows[r].Track.Value).Distinct()];

    private IEnumerable<TestedRow> Describe(int[] rows, FeatureMatrix probabilities, int fold)
    {
        var predicted = probabilities.ArgMax();
        for (var i = 0; i < rows.Length; i++)
        {
            var row = _data.Rows[rows[i]];
            yield return new(row.Name, row.Path, row.Label, _labels[predicted[i]], probabilities.Row(i).ToArray(), fold);
        }
    }
}
