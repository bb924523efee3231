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

/// <summary>Fits and tests a recipe on the rounds of a split.</summary>
internal sealed class Rounds
{
    private readonly Recipe _recipe;
    private readonly LabelledRows _data;
    private readonly string[] _labels;
    private readonly int[] _targets;
    private readonly int _threads;

    public Rounds(Recipe recipe, LabelledRows data, IReadOnlyList<string> labels, int threads)
    {
        (_recipe, _data, _labels, _threads) = (recipe, data, [.. labels], threads);
        _targets = [.. data.Rows.Select(r => Array.IndexOf(_labels, r.Label))];
        var unknown = Array.IndexOf(_targets, -1);
        if (unknown >= 0)
        {
            throw new EngineException($"{data.Source}: {data.Rows[unknown].Path} has the label '{data.Rows[unknown].Label}', which the model does not know; it knows {string.Join(", ", labels)}.");
        }
    }

    /// <summary>
    /// Fits each round on its training and validation rows and tests it; the first round is not fitted if <paramref name="first"/>
    /// is given.
    /// </summary>
    public (FittedPipeline First, MetricsReport Report, IReadOnlyList<TestedRow> Tested) Run(
        IReadOnlyList<Fold> folds, bool overlapping, FittedPipeline? first = null, CancellationToken cancellation = default)
    {
        var (fitting, predicting) = (new Stopwatch(), new Stopwatch());
        var rounds = new List<(FeatureMatrix Probabilities, int[] Labels)>(folds.Count);
        var tested = new List<TestedRow>();
        var trainAccuracies = new List<double>();
        for (var f = 0; f < folds.Count; f++)
        {
            cancellation.ThrowIfCancellationRequested();
            var train = folds[f].TrainAndValid;
            var pipeline = f == 0 ? first : null;
            if (pipeline is null)
            {
                fitting.Start();
                pipeline = FittedPipeline.Fit(_recipe, _data.Values.Select(train), Targets(train), _labels.Length, _threads);
                fitting.Stop();
                first ??= pipeline;
            }

            predicting.Start();
            var probabilities = pipeline.PredictProbabilities(_data.Values.Select(folds[f].Test));
            predicting.Stop();
            rounds.Add((probabilities, Targets(folds[f].Test)));
            tested.AddRange(Describe(folds[f].Test, probabilities, f + 1));
            if (train.Length > 0) trainAccuracies.Add(Metrics.TopKAccuracy(pipeline.PredictProbabilities(_data.Values.Select(train)), Targets(train), 1));
        }

        var report = Metrics.Pool(rounds, _labels, overlapping) with
        {
            TrainAccuracy = trainAccuracies.Count > 0 ? trainAccuracies.Average() : null,
            Recipe = _recipe.Name,
            Device = "cpu",
            FitSeconds = fitting.Elapsed.TotalSeconds,
            PredictSeconds = predicting.Elapsed.TotalSeconds,
            NTrain = folds[0].TrainAndValid.Length,
        };
        return (first!, report, tested);
    }

    private int[] Targets(int[] rows) => [.. rows.Select(r => _targets[r])];

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
