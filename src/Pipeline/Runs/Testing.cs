using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Evaluation.Names;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs.Ensembles;

namespace Engine.Pipeline.Runs;

/// <summary>Which run to test, and on which data.</summary>
public sealed record TestingOptions
{
    /// <summary>The run folder.</summary>
    public required string Run { get; init; }

    /// <summary>A folder, manifest or feature table; null: the run's own data and split.</summary>
    public string? Data { get; init; }

    /// <summary>
    /// How <see cref="Data"/> are read. For a manifest or table, what is not said here is as in training; the run's own data are
    /// always read as in training.
    /// </summary>
    public DataOptions Reading { get; init; } = new();

    /// <summary>
    /// The device to run networks on, by name, whichever the run was trained on: <c>cpu</c>, <c>opencl</c>, <c>opencl:1</c>,
    /// <c>cuda</c>, <c>cuda:1</c>, or <c>auto</c> for the best available; null: <see cref="Engine.Tensors.Device.Default"/>.
    /// Classifiers run on the processor.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>How features are computed; its thread count also applies to the classifier.</summary>
    public WorkOptions Extraction { get; init; } = new();
}

/// <summary>The figures of a test.</summary>
/// <param name="Metrics">The figures.</param>
/// <param name="Tested">One entry per tested row.</param>
/// <param name="Notes">What a reader of the figures should know.</param>
/// <param name="Skipped">Recordings skipped because they could not be used.</param>
public sealed record TestingResult(
    MetricsReport Metrics, IReadOnlyList<TestedRow> Tested, IReadOnlyList<string> Notes, IReadOnlyList<SkippedFile> Skipped)
{
    /// <summary>The figures.</summary>
    public override string ToString() => $"{Metrics}";

    /// <summary>The folder or table of the tested rows.</summary>
    internal string Data { get; init; } = "";

    /// <summary>Whether these are not the run's own.</summary>
    internal bool IsOtherData { get; init; }
}

/// <summary>
/// Tests a run again, from the recordings. On the run's own data it repeats the stored split and reproduces the figures of the
/// training: the stored model is tested on the first round's rows, and the models of further rounds are refitted. On other data
/// the stored model is tested on every row except those of tracks it was trained on.
/// </summary>
public static class Testing
{
    /// <summary>Tests a run.</summary>
    /// <exception cref="EngineException">
    /// The run or the data cannot be used, or the run's own data have changed since training.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TestingResult Run(TestingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var record = RunRecord.Load(options.Run);
        RunFolder.RequireFinished(options.Run);

        options.Extraction.UseThreads();
        using var model = GenreModel.Load(options.Run, options.Device, options.Extraction.MemoryLimit);
        if (!model.Labels.SequenceEqual(record.Labels) || model.Recipe.ToJson() != record.Recipe.ToJson())
        {
            throw new EngineException($"{options.Run}: {GenreModel.FileName} and {RunFolder.RecordFile} have different recipes " +
                "or labels; they come from different runs.");
        }

        var given = options.Reading.GenresAt != GenresAt.Auto ? "--genres-at" : options.Reading.Given().FirstOrDefault().Option;
        if (options.Data is null && given is not null)
        {
            throw new EngineException($"{options.Run}: its own data are always read as in training; leave {given} out, or " +
                "name other data.");
        }

        if (record.Final && record.Recipe.Classifier.HasNetwork && options.Data is null)
        {
            throw new EngineException($"{options.Run}: its model was fitted on all its data (--final), so a test on them would " +
                $"be no test, and networks are not trained again for one. The figures of the split are in " +
                $"{RunFolder.MetricsFile} (engine report {options.Run}); to test on other data, name them.");
        }

        if (model.Members.Count > 0) return EnsembleTesting.Run(options, record, model);
        if (options.Data is null) return StoredSplit(options, record, model, LoadOwn(options, record, model));
        var reading = Directory.Exists(options.Data) ? options.Reading : options.Reading.Or(record.DataOptions);
        var data = LabelledRows.Load(options.Data, model.FrontEnd, options.Extraction, reading);
        return SameRows(data, record) && !(record.Final && record.Recipe.Classifier.HasNetwork)
            ? StoredSplit(options, record, model, data) : OtherData(options, record, model, data);
    }

    // A single round needs only its tested tracks; recordings that training skipped are never needed.
    private static LabelledRows LoadOwn(TestingOptions options, RunRecord record, GenreModel model) => OwnData.Load(
        options.Run, record, model.FrontEnd, options.Extraction,
        [.. record.Rows.Where(r => record.Final || RepeatedRounds(record) > 1 || r.In(0).HasFlag(RowUse.Test))],
        $"if they moved, name them: engine test {options.Run} DATA.",
        $"To test on the data as they are now, name them: engine test {options.Run} DATA.");

    private static bool SameRows(LabelledRows data, RunRecord record) =>
        data.Rows.Select(r => (r.Name, r.Label, r.Digest)).ToHashSet()
            .SetEquals(record.Rows.Select(r => (r.Name, r.Label, r.Digest)));

    private static TestingResult StoredSplit(TestingOptions options, RunRecord record, GenreModel model, LabelledRows data)
    {
        var rows = record.Rows.ToDictionary(r => r.Name);
        bool IsUsed(int i, int round, RowUse use) => rows.TryGetValue(data.Rows[i].Name, out var row)
            && row.In(round).HasFlag(use);
        int[] Rows(int round, RowUse use) => [.. Enumerable.Range(0, data.Rows.Count).Where(i => IsUsed(i, round, use))];
        var folds = Enumerable.Range(0, RepeatedRounds(record))
            .Select(f => new Fold(Rows(f, RowUse.Train), Rows(f, RowUse.Valid), Rows(f, RowUse.Test))).ToArray();
        var rounds = new Rounds(record.Recipe, data, record.Labels);
        var jobs = new RoundJobs(record.Recipe, model.FrontEnd, data, rounds, SplitSpec.Parse(record.Split), record.Seed,
            model.Device, options.Extraction);
        var results = new RoundResult[folds.Length];
        for (var f = 0; f < folds.Length; f++)
        {
            options.Extraction.Cancellation.ThrowIfCancellationRequested();
            results[f] = f == 0 && !record.Final ? rounds.Test(folds[f], model.Fitted()) : FitAgain(jobs, folds[f], f);
        }

        var report = rounds.Report(folds, results, jobs.Split.Kind == SplitKind.Holdout);
        var notes = record.Notes.ToList();
        var before = RunFolder.ReadMetrics(options.Run);
        if (record.Final)
        {
            notes.Add("the stored model was fitted on these rows too (--final), so each round was fitted again without those " +
                "it tests: the figures are not of the stored model");
        }

        if (folds.Length < record.Rounds)
        {
            notes.Add($"figures of round 1 of {record.Rounds}, whose network is stored: networks of further rounds are not " +
                "kept, and not trained again for a test");
        }
        else if (report.Accuracy != before.Accuracy || report.LogLoss != before.LogLoss)
        {
            var cause = report.Device == before.Device
                ? "another machine or version rounds" : $"{before.Device}, where it was trained, and {report.Device} round";
            notes.Add($"training reported accuracy {before.Accuracy:0.####} and log loss {before.LogLoss:0.######}, this "
                + $"test {report.Accuracy:0.####} and {report.LogLoss:0.######}: {cause} differently");
        }

        report = report.Under(record.Protocol, record.Leaky) with
        {
            TrainAccuracy = before.TrainAccuracy,
            NTrain = before.NTrain,
            Seed = record.Seed,
            FitSeconds = before.FitSeconds,
        };
        if (report.Tracks is { } tracks)
            report = report with
            {
                Tracks =
                tracks with { TrainAccuracy = before.Tracks?.TrainAccuracy, NTrain = before.Tracks?.NTrain }
            };
        return new(report, rounds.Tested(folds, results), notes, data.Skipped) { Data = Path.GetFullPath(data.Source) };
    }

    // Training a network again for every round would take too long.
    private static int RepeatedRounds(RunRecord record) => record.Recipe.Classifier.HasNetwork ? 1 : record.Rounds;

    private static RoundResult FitAgain(RoundJobs jobs, Fold fold, int round)
    {
        using var fitted = FittedPipeline.Fit(jobs.Create(fold, round)).Pipeline;
        return jobs.Rounds.Test(fold, fitted);
    }

    // For a table that does not name its tracks: song_3 may be a window of song.
    internal static bool IsWindow(LabelledRow row, HashSet<string> stems)
    {
        if (stems.Count == 0) return false;
        var name = NumberedNames.WithoutExtension(row.Track.Value);
        for (var end = name.Length; end > 0; end--)
        {
            if ((end == name.Length || !char.IsLetterOrDigit(name[end])) && stems.Contains(name[..end])) return true;
        }

        return false;
    }

    private static TestingResult OtherData(TestingOptions options, RunRecord record, GenreModel model, LabelledRows data)
    {
        var trained = record.Rows.Where(record.HasLearned).ToArray();
        var (tracks, digests) = (trained.Select(r => r.Track).ToHashSet(), trained.Select(r => r.Digest).ToHashSet());
        var stems = data.Doubt is null ? [] : trained.Select(r => NumberedNames.WithoutExtension(r.Track)).ToHashSet();
        bool IsKnown(LabelledRow row) => tracks.Contains(row.Track.Value) || digests.Contains(row.Digest) || IsWindow(row, stems);
        int[] test = [.. Enumerable.Range(0, data.Rows.Count).Where(i => !IsKnown(data.Rows[i]))];
        var known = data.Rows.Count - test.Length;
        if (test.Length == 0)
            throw new EngineException(
                $"{data.Source}: the model was trained on all {known} rows, by track or content; there is nothing to test on.");
        List<string> notes = [.. data.Notes];
        if (data.Doubt is { } doubt)
        {
            notes.Add($"{doubt}: those that begin with the name of a track the model was trained on were left out; each " +
                "of the others counts as a track of its own");
        }

        if (known > 0)
            notes.Add($"{known} rows are of tracks that the model was trained on, by name or content, and were left out");
        var (rounds, folds) = (new Rounds(record.Recipe, data, record.Labels), new[] { new Fold([], [], test) });
        var results = new[] { rounds.Test(folds[0], model.Fitted()) };
        var report = rounds.Report(folds, results, overlapping: false)
            .Under($"other data: {test.Length} rows of {data.Source}; trained with {record.Protocol}", leaky: false) with
        {
            Seed = record.Seed,
            NTrain = trained.Length,
        };
        return new(report, rounds.Tested(folds, results), notes, data.Skipped)
        {
            Data = Path.GetFullPath(data.Source),
            IsOtherData = true,
        };
    }
}
