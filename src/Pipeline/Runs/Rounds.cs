using System.Diagnostics;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Calibrating;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Runs;

/// <summary>One tested row.</summary>
/// <param name="Name">The track, and the window where there is one.</param>
/// <param name="Path">The file, relative to the data.</param>
/// <param name="Label">The true genre.</param>
/// <param name="Predicted">The predicted genre.</param>
/// <param name="Probabilities">
/// One per label of the model; scores where the run's metrics are not <see cref="MetricsReport.Calibrated"/>.
/// </param>
/// <param name="Fold">The round it was tested in, from 1.</param>
public sealed record TestedRow(
    string Name, string Path, string Label, string Predicted, IReadOnlyList<double> Probabilities, int Fold)
{
    /// <summary>Such as <c>blues.00029: rock, not blues</c>.</summary>
    public override string ToString() =>
        $"{Name}: {(Predicted == Label ? $"{Label}, as it should be" : $"{Predicted}, not {Label}")}";

    /// <summary>The scores behind the probabilities, averaged for tracks of several windows; null without calibration.</summary>
    internal IReadOnlyList<double>? Scores { get; init; }

    /// <summary>The track; <see cref="Name"/> where every row is one.</summary>
    internal string Track { get; init; } = Name;
}

/// <summary>A round of a split as it was tested, by row or by track.</summary>
/// <param name="Names">What was tested.</param>
/// <param name="Probabilities">Probabilities of each, <c>[tested, labels]</c>; scores where a round is not calibrated.</param>
/// <param name="Labels">The true label of each.</param>
/// <param name="Learned">The number of training rows or tracks.</param>
/// <param name="TrainAccuracy">Accuracy on those; null if nothing was trained here.</param>
internal sealed record TestedRound(string[] Names, FeatureMatrix Probabilities, int[] Labels, int Learned, double? TrainAccuracy)
{
    /// <summary>The number tested divided by the number trained on.</summary>
    public double TestToTrain => (double)Labels.Length / Learned;
}

/// <summary>Tests the fitted rounds of a recipe, and gathers their figures by row and by track.</summary>
internal sealed class Rounds
{
    private readonly Recipe _recipe;
    private readonly LabelledRows _data;
    private readonly string[] _labels;
    // Training scores held in memory at a time, 8 MB: only their accuracy is needed.
    private const int BlockValues = 1 << 20;

    private readonly int[] _targets;

    public Rounds(Recipe recipe, LabelledRows data, IReadOnlyList<string> labels)
    {
        (_recipe, _data, _labels) = (recipe, data, [.. labels]);
        var numbers = _labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i);
        _targets = [.. data.Rows.Select(r => numbers.GetValueOrDefault(r.Label, -1))];
        var unknown = Array.IndexOf(_targets, -1);
        if (unknown >= 0)
        {
            throw new EngineException(
                $"{data.Source}: {data.Rows[unknown].Path} has the label '{data.Rows[unknown].Label}', which the model does "
                    + $"not know; it knows {string.Join(", ", labels)}.");
        }
    }

    /// <summary>The labels of rows, as numbers.</summary>
    public int[] Targets(int[] rows) => [.. rows.Select(r => _targets[r])];

    /// <summary>Predicts the test rows of a round and its training rows; ranks share that of a network.</summary>
    public RoundResult Test(Fold fold, FittedPipeline pipeline, double fitSeconds = 0, Communicator? ranks = null)
    {
        ranks ??= Communicator.Alone;
        var clock = Stopwatch.StartNew();
        var test = pipeline.PredictProbabilities(RowSet.Of(_data, fold.Test), ranks);
        var seconds = clock.Elapsed.TotalSeconds;
        var known = Known(fold.TrainAndValid, pipeline, ranks);
        return new(test, pipeline.Calibration, known, fitSeconds, seconds, pipeline.Device.Name);
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
            Calibrated = AreCalibrated(results),
            Calibration = Figures(results, c => c.Rows),
        };
        return ByTrack(folds, results) is not { } tracks ? report : report with
        {
            Tracks = Report(tracks, overlapping) with
            {
                Calibrated = AreCalibrated(results),
                Calibration = Figures(results, c => c.Tracks)
            },
        };
    }

    // If one round could not be calibrated, all stay scores: one table holds one kind of number.
    private static bool AreCalibrated(IReadOnlyList<RoundResult> results) => results.All(r => r.Calibration is not null);

    private static CalibrationFigures[]? Figures(
        IReadOnlyList<RoundResult> results, Func<Calibration, TemperatureScaling> scaling) =>
        AreCalibrated(results) ? [.. results.Select(r => Calibration.FiguresOf(scaling(r.Calibration!)))] : null;

    /// <summary>The device of all rounds; a training that moved has several.</summary>
    public static string Devices(IReadOnlyList<RoundResult> results) =>
        string.Join(", ", results.Select(r => r.Device).Distinct());

    /// <summary>One entry per tested row of every round.</summary>
    public IReadOnlyList<TestedRow> Tested(IReadOnlyList<Fold> folds, IReadOnlyList<RoundResult> results) =>
        [.. results.SelectMany((r, f) => Describe(folds[f].Test, r.Test, AreCalibrated(results) ? r.Calibration : null, f + 1))];

    /// <summary>The rounds as they were tested, row by row.</summary>
    public TestedRound[] ByRow(IReadOnlyList<Fold> folds, IReadOnlyList<RoundResult> results) =>
        [.. results.Select((result, f) => new TestedRound(
            Names(folds[f].Test), AreCalibrated(results) ? result.Calibration!.Rows.Apply(result.Test) : result.Test,
            Targets(folds[f].Test),
            folds[f].TrainAndValid.Length, result.Train?.Rows))];

    /// <summary>The same by track, where tested tracks have several rows; null where every row is a track.</summary>
    public TestedRound[]? ByTrack(IReadOnlyList<Fold> folds, IReadOnlyList<RoundResult> results) =>
        folds.All(f => Tracks(f.Test).Length == f.Test.Length)
            ? null
            : [.. results.Select((result, f) =>
            {
                var (scores, labels) = Average(folds[f].Test, result.Test);
                var probabilities = AreCalibrated(results) ? result.Calibration!.Tracks.Apply(scores) : scores;
                return new TestedRound(Tracks(folds[f].Test), probabilities, labels, Tracks(folds[f].TrainAndValid).Length,
                    result.Train?.Tracks);
            })];

    private MetricsReport Report(TestedRound[] rounds, bool overlapping) => Report(rounds, _labels, overlapping);

    /// <summary>The figures of rounds that were tested before.</summary>
    public static MetricsReport Report(TestedRound[] rounds, IReadOnlyList<string> labels, bool overlapping)
    {
        var report = Metrics.Pool([.. rounds.Select(r => (r.Probabilities, r.Labels))], labels, overlapping);
        return report with
        {
            // The mean over the rounds that trained something.
            TrainAccuracy = Metrics.Spread(rounds.Select(r => r.TrainAccuracy)).Mean,
            NTrain = rounds[0].Learned,
            Folds = overlapping && report.Folds is { } folds
                ? folds with { AccuracyCi95 = CorrectedResampled.Interval(folds.Accuracies, rounds[0].TestToTrain) }
                : report.Folds,
        };
    }

    // In blocks of whole tracks: all training scores together would take far more memory than the test scores.
    private TrainAccuracy? Known(int[] rows, FittedPipeline pipeline, Communicator ranks)
    {
        if (rows.Length == 0) return null;
        int most = Math.Max(1, BlockValues / _labels.Length), rightRows = 0, rightTracks = 0, tracks = 0;
        for (int start = 0, end; start < rows.Length; start = end)
        {
            for (end = Math.Min(rows.Length, start + most); end < rows.Length && TrackOf(rows[end]) == TrackOf(rows[end - 1]);)
                end++;
            var block = rows[start..end];
            var scores = pipeline.PredictProbabilities(RowSet.Of(_data, block), ranks);
            var right = Right(scores, Targets(block));
            rightRows += right;
            // If every row is a track, its mean is itself.
            var (means, targets) = Tracks(block).Length == block.Length ? (null, []) : Average(block, scores);
            rightTracks += means is null ? right : Right(means, targets);
            tracks += means is null ? block.Length : targets.Length;
        }

        return new((double)rightRows / rows.Length, (double)rightTracks / tracks);
    }

    private static int Right(FeatureMatrix scores, int[] targets) => scores.ArgMax().Zip(targets).Count(p => p.First == p.Second);

    private (FeatureMatrix Scores, int[] Labels) Average(int[] rows, FeatureMatrix scores) =>
        TrackAverage.ByTrack([.. rows.Select(TrackOf)], scores, Targets(rows));

    private TrackId TrackOf(int row) => _data.Rows[row].Track;

    private string[] Names(int[] rows) => [.. rows.Select(r => _data.Rows[r].Name)];

    private string[] Tracks(int[] rows) => [.. rows.Select(r => _data.Rows[r].Track.Value).Distinct()];

    private IEnumerable<TestedRow> Describe(int[] rows, FeatureMatrix scores, Calibration? calibration, int fold)
    {
        var predicted = scores.ArgMax();
        var probabilities = calibration is null ? scores : calibration.Rows.Apply(scores);
        var keepScores = calibration is not null && Tracks(rows).Length < rows.Length;
        for (var i = 0; i < rows.Length; i++)
        {
            var row = _data.Rows[rows[i]];
            yield return new(row.Name, row.Path, row.Label, _labels[predicted[i]], View(probabilities, i),
                fold)
            {
                Scores = keepScores ? (IReadOnlyList<double>)View(scores, i) : null,
                Track = row.Track.Value,
            };
        }
    }

    private static ArraySegment<double> View(FeatureMatrix matrix, int row) =>
        new(matrix.Data, row * matrix.Columns, matrix.Columns);
}
