using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Calibrating;

namespace Engine.Pipeline.Runs;

/// <summary>Everything that a run tested.</summary>
/// <param name="Probabilities">Probabilities or scores, <c>[tested, genres]</c>.</param>
/// <param name="Labels">The true genre of each.</param>
/// <param name="Genres">The names of the genres.</param>
internal sealed record PooledRounds(FeatureMatrix Probabilities, int[] Labels, IReadOnlyList<string> Genres);

/// <summary>The rounds of a saved run as they were tested, from its own files.</summary>
internal static class SavedRounds
{
    /// <summary>Reads a finished run.</summary>
    /// <exception cref="EngineException">The run is not finished, or its files do not fit together.</exception>
    public static SystemRounds Load(string run, RunRecord record)
    {
        RunFolder.RequireFinished(run);

        var metrics = RunFolder.ReadMetrics(run);
        var file = Path.Combine(run, RunFolder.PredictionsFile);
        var rows = record.Rows.ToDictionary(r => r.Name);
        var tested = PredictionsFile.Read(file, record.Labels).ToLookup(r => r.Fold);
        if (tested.Count != record.Rounds)
            throw new EngineException($"{file}: has {tested.Count} rounds, but {RunFolder.RecordFile} has {record.Rounds}.");
        var odd = tested.SelectMany(g => g).FirstOrDefault(r => !rows.ContainsKey(r.Name));
        if (odd is not null) throw new EngineException($"{file}: {odd.Name} is not in {RunFolder.RecordFile}.");
        RunRow[] Learned(int round) => [.. record.Rows.Where(r => (r.In(round) & RowUse.Learned) != 0)];
        var byRow = Enumerable.Range(0, record.Rounds)
            .Select(f => Gather([.. tested[f + 1].GroupBy(r => r.Name)], record, r => r.Probabilities, null, Learned(f).Length,
                metrics.TrainAccuracy)).ToArray();
        var byTrack = metrics.Tracks is not { } tracks ? null : Enumerable.Range(0, record.Rounds).Select(f => Gather(
            [.. tested[f + 1].GroupBy(r => rows[r.Name].Track)], record, r => r.Scores ?? r.Probabilities, tracks.Calibration?[f],
            Learned(f).DistinctBy(r => r.Track).Count(), tracks.TrainAccuracy)).ToArray();
        return new(run, record.Protocol, record.Labels, byRow, byTrack, metrics.FitSeconds ?? 0, metrics.PredictSeconds ?? 0,
            metrics.Device ?? "cpu");
    }

    /// <summary>
    /// All rounds together, by track if tracks have several windows; by window under a leaky split, which is what its figures
    /// measure.
    /// </summary>
    /// <exception cref="EngineException">The run is not finished, or its files do not fit together.</exception>
    public static PooledRounds Pool(string run, RunRecord record)
    {
        var saved = Load(run, record);
        var rounds = record.Leaky ? saved.Rows : saved.Tracks ?? saved.Rows;
        var pooled = new FeatureMatrix(rounds.Sum(r => r.Labels.Length), record.Labels.Count,
            [.. rounds.SelectMany(r => r.Probabilities.Data)]);
        return new(pooled, [.. rounds.SelectMany(r => r.Labels)], record.Labels);
    }

    // A run keeps only the mean training accuracy over its rounds.
    private static TestedRound Gather(
        IGrouping<string, TestedRow>[] groups, RunRecord record, Func<TestedRow, IReadOnlyList<double>> values,
        CalibrationFigures? calibration, int learned, double? trainAccuracy)
    {
        var labels = record.Labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i);
        var means = new FeatureMatrix(groups.Length, labels.Count);
        for (var g = 0; g < groups.Length; g++)
        {
            TrackAverage.Of(new FeatureMatrix(groups[g].Count(), labels.Count, [.. groups[g].SelectMany(values)]))
                .CopyTo(means.Row(g));
        }

        var probabilities = calibration is { } figures
            ? Calibration.ScalingOf(figures).Apply(means) : means;
        return new([.. groups.Select(g => g.Key)], probabilities,
            [.. groups.Select(g => labels.GetValueOrDefault(g.First().Label, -1))], learned, trainAccuracy);
    }
}
