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
        return new(test, train, fitSeconds, seconds);
    }

    /// <summary>The figures of all rounds; <paramref name="overlapping"/> if they may test a row more than once.</summary>
    public MetricsReport Report(IReadOnlyList<Fold> folds, IReadOnlyList<RoundResult> results, bool overlapping)
    {
        var report = Metrics.Pool([.. results.Select((r, f) => (r.Test, Targets(folds[f].Test)))], _labels, overlapping) with
        {
            TrainAccuracy = TrainAccuracy(folds, results, (_, probabilities, labels) => (probabilities, labels)),
            Recipe = _recipe.Name,
            Device = "cpu",
            FitSeconds = results.Sum(r => r.FitSeconds),
            PredictSeconds = results.Sum(r => r.PredictSeconds),
            NTrain = folds[0].TrainAndValid.Length,
        };
        return Enumerable.Range(0, folds.Count).All(f => folds[f].Test.DistinctBy(r => _data.Rows[r].Track).Count() == folds[f].Test.Length)
            ? report
            : report with { Tracks = ByTrack(folds, results, overlapping) };
    }

    /// <summary>One entry per tested row of every round.</summary>
    public IReadOnlyList<TestedRow> Tested(IReadOnlyList<Fold> folds, IReadOnlyList<RoundResult> results) =>
        [.. results.SelectMany((r, f) => Describe(folds[f].Test, r.Test, f + 1))];

    private MetricsReport ByTrack(IReadOnlyList<Fold> folds, IReadOnlyList<RoundResult> results, bool overlapping)
    {
        (FeatureMatrix, int[]) Average(int[] rows, FeatureMatrix probabilities, int[] labels) =>
            TrackAverage.ByTrack([.. rows.Select(r => _data.Rows[r])], probabilities, labels);
        return Metrics.Pool([.. results.Select((r, f) => Average(folds[f].Test, r.Test, Targets(folds[f].Test)))], _labels, overlapping) with
        {
            TrainAccuracy = TrainAccuracy(folds, results, Average),
            NTrain = folds[0].TrainAndValid.Select(r => _data.Rows[r].Track).Distinct().Count(),
        };
    }

    // The mean over the rounds that learned something.
    private double? TrainAccuracy(IReadOnlyList<Fold> folds, IReadOnlyList<RoundResult> results, Func<int[], FeatureMatrix, int[], (FeatureMatrix, int[])> gather)
    {
        var accuracies = new List<double>();
        for (var f = 0; f < results.Count; f++)
        {
            if (results[f].Train.Rows == 0) continue;
            var rows = folds[f].TrainAndValid;
            var (probabilities, labels) = gather(rows, results[f].Train, Targets(rows));
            accuracies.Add(Metrics.TopKAccuracy(probabilities, labels, 1));
        }

        return accuracies.Count > 0 ? accuracies.Average() : null;
    }

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
