using Engine.Classifiers.Evaluation;

namespace Engine.Classifiers.Pipeline;

/// <summary>Which run to test, on what.</summary>
public sealed record TestingOptions
{
    /// <summary>The run folder.</summary>
    public required string Run { get; init; }

    /// <summary>A folder or feature table; null: the run's own data, and the split stored with the run.</summary>
    public string? Data { get; init; }

    /// <summary>How features are computed; its threads hold for the classifier, too.</summary>
    public ExtractionOptions Extraction { get; init; } = new();
}

/// <summary>The figures of a test.</summary>
/// <param name="Metrics">The figures.</param>
/// <param name="Tested">One entry per tested row.</param>
/// <param name="Notes">What a reader of the figures should know.</param>
/// <param name="Skipped">Recordings left out because they could not be used.</param>
public sealed record TestingResult(MetricsReport Metrics, IReadOnlyList<TestedRow> Tested, IReadOnlyList<string> Notes, IReadOnlyList<SkippedFile> Skipped);

/// <summary>
/// Tests a run again, from the recordings. On the run's own data it repeats the stored split and gives training's figures: the
/// stored model is tested on the first round's rows, models of further rounds are fitted anew. On other data the stored model is
/// tested on every row but those of tracks it was trained on.
/// </summary>
public static class Testing
{
    /// <summary>Tests a run.</summary>
    /// <exception cref="EngineException">The run or the data cannot be used, or the run's own data have changed since training.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TestingResult Run(TestingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var record = RunRecord.Load(options.Run);
        using var model = GenreModel.Load(options.Run);
        if (!model.Labels.SequenceEqual(record.Labels) || model.Recipe != record.Recipe)
        {
            throw new EngineException($"{options.Run}: {GenreModel.FileName} and {RunFolder.RecordFile} have different recipes or labels; they are of two runs.");
        }

        if (options.Data is null) return StoredSplit(options, record, model, LoadOwn(options, record, model));
        var data = LabelledRows.Load(options.Data, model.FrontEnd, options.Extraction);
        return SameRows(data, record) ? StoredSplit(options, record, model, data) : OtherData(options, record, model, data);
    }

    // Of a single round only the tested tracks are needed; recordings that training skipped never are.
    private static LabelledRows LoadOwn(TestingOptions options, RunRecord record, GenreModel model)
    {
        if (!Path.Exists(record.Data)) throw new EngineException($"{record.Data}: the data of the run {options.Run} are gone; if they moved, name their place: engine test {options.Run} DATA.");
        var wanted = record.Rows.Where(r => record.Rounds > 1 || r.Use == "test").ToArray();
        var data = LabelledRows.Load(record.Data, model.FrontEnd, options.Extraction, wanted.Select(r => new TrackId(r.Track)).ToHashSet());
        var found = data.Rows.ToDictionary(r => r.Name, r => r.Digest);
        var changed = wanted.Where(r => found.GetValueOrDefault(r.Name) != r.Digest).ToArray();
        if (changed.Length == 0) return data;
        throw new EngineException($"{record.Data}: {changed.Length} of {wanted.Length} rows are gone or have changed since training, the first is {changed[0].Name}. " +
            $"To test on the data as they are now, name them: engine test {options.Run} DATA.");
    }

    private static bool SameRows(LabelledRows data, RunRecord record) =>
        data.Rows.Select(r => (r.Name, r.Label, r.Digest)).ToHashSet().SetEquals(record.Rows.Select(r => (r.Name, r.Label, r.Digest)));

    private static TestingResult StoredSplit(TestingOptions options, RunRecord record, GenreModel model, LabelledRows data)
    {
        var uses = record.Rows.ToDictionary(r => r.Name, r => r.Use.Split(' '));
        int[] Rows(int round, string use) => [.. Enumerable.Range(0, data.Rows.Count).Where(i => uses.TryGetValue(data.Rows[i].Name, out var words) && words[round] == use)];
        var folds = Enumerable.Range(0, record.Rounds).Select(f => new Fold(Rows(f, "train"), Rows(f, "valid"), Rows(f, "test"))).ToArray();
        var rounds = new Rounds(record.Recipe, data, record.Labels, options.Extraction.Threads);
        var overlapping = SplitSpec.Parse(record.Split).Kind == SplitKind.Holdout;
        var (_, report, tested) = rounds.Run(folds, overlapping, model.Fitted(), options.Extraction.Cancellation);

        var before = MetricsReport.FromJson(RunFolder.ReadText(Path.Combine(options.Run, RunFolder.MetricsFile)));
        var notes = record.Notes.ToList();
        if (report.Accuracy != before.Accuracy || report.LogLoss != before.LogLoss)
        {
            notes.Add($"training reported accuracy {before.Accuracy:0.####} and log loss {before.LogLoss:0.######}, this test {report.Accuracy:0.####} and {report.LogLoss:0.######}: another machine or version rounds differently");
        }

        report = report with
        {
            TrainAccuracy = before.TrainAccuracy,
            NTrain = before.NTrain,
            Protocol = record.Protocol,
            Leaky = record.Leaky,
            Seed = record.Seed,
            FitSeconds = before.FitSeconds,
        };
        return new(report, tested, notes, data.Skipped);
    }

    private static TestingResult OtherData(TestingOptions options, RunRecord record, GenreModel model, LabelledRows data)
    {
        var trained = record.Rows.Where(r => r.Use.Split(' ')[0] is "train" or "valid").ToArray();
        var (tracks, digests) = (trained.Select(r => r.Track).ToHashSet(), trained.Select(r => r.Digest).ToHashSet());
        int[] test = [.. Enumerable.Range(0, data.Rows.Count).Where(i => !tracks.Contains(data.Rows[i].Track.Value) && !digests.Contains(data.Rows[i].Digest))];
        var known = data.Rows.Count - test.Length;
        if (test.Length == 0) throw new EngineException($"{data.Source}: the model was trained on all {known} rows, by track or content; there is nothing to test on.");
        var notes = new List<string>();
        if (known > 0) notes.Add($"{known} rows are of tracks that the model was trained on, by name or content, and were left out");
        var (_, report, tested) = new Rounds(record.Recipe, data, record.Labels, options.Extraction.Threads)
            .Run([new Fold([], [], test)], overlapping: false, model.Fitted(), options.Extraction.Cancellation);
        report = report with
        {
            Protocol = $"other data: {test.Length} rows of {data.Source}; trained with {record.Protocol}",
            Seed = record.Seed,
            NTrain = trained.Length,
        };
        return new(report, tested, notes, data.Skipped);
    }
}
