using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Runs;

/// <summary>The search that chose a run's values.</summary>
/// <param name="Header">Recipe and settings of the search.</param>
/// <param name="Trials">All trials.</param>
internal sealed record FinishedSearch(TrialsHeader Header, IReadOnlyList<Trial> Trials);

/// <summary>Everything that a finished run's folder tells.</summary>
/// <param name="Record">Recipe, data and split.</param>
/// <param name="Metrics">The figures.</param>
/// <param name="Tested">One entry per tested row.</param>
/// <param name="History">Every epoch; none without a network.</param>
/// <param name="Search">The search that came before; null: none.</param>
internal sealed record FinishedRun(
    RunRecord Record, MetricsReport Metrics, IReadOnlyList<TestedRow> Tested, IReadOnlyList<RoundEpoch> History,
    FinishedSearch? Search)
{
    /// <summary>The folder or table of the tested rows.</summary>
    public string Data { get; init; } = Record.Data;

    /// <summary>What a reader of the figures should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = Record.Notes;

    /// <summary>Recordings skipped because they could not be used.</summary>
    public IReadOnlyList<FrontEnds.SkippedFile> Skipped { get; init; } = Record.Skipped;

    /// <summary>The run folder, if this is a test of it; null for the training and its own test.</summary>
    public string? TestOf { get; init; }

    /// <summary>Whether <see cref="Tested"/> are other recordings than the run's own.</summary>
    public bool IsOtherData { get; init; }

    /// <summary>
    /// Whether songs count as tracks, each by the mean of its windows; under a leaky split windows count, as its figures do.
    /// </summary>
    public bool CountsTracks => Metrics.Tracks is not null && !Metrics.Leaky;

    /// <summary>The figures by track or by row; see <see cref="CountsTracks"/>.</summary>
    public MetricsReport Figures => CountsTracks ? Metrics.Tracks! : Metrics;

    /// <summary>How many rounds were tested.</summary>
    public int Rounds => Tested.Count == 0 ? Record.Rounds : Tested.Max(t => t.Fold);

    /// <summary>Reads a run folder.</summary>
    /// <exception cref="EngineException">The run is not finished, or its files do not fit together.</exception>
    public static FinishedRun Load(string run)
    {
        var record = RunRecord.Load(run);
        RunFolder.RequireFinished(run);
        var metrics = RunFolder.ReadMetrics(run);
        RequireFits(Path.Combine(run, RunFolder.MetricsFile), metrics, record);
        if (metrics.Tracks is { } byTrack) RequireFits(Path.Combine(run, RunFolder.MetricsFile), byTrack, record);
        var file = Path.Combine(run, RunFolder.PredictionsFile);
        var (tracks, labels) = (record.Rows.ToDictionary(r => r.Name, r => r.Track), record.Labels.ToHashSet());
        TestedRow Checked(TestedRow row) =>
            !tracks.TryGetValue(row.Name, out var track) ? throw new EngineException(
                $"{file}: {Excerpt.Of(row.Name)} is not in {RunFolder.RecordFile}.")
            : row.Fold < 1 || row.Fold > record.Rounds ? throw new EngineException(
                $"{file}: {row.Name} was tested in round {row.Fold}, but {RunFolder.RecordFile} has {record.Rounds}.")
            : new[] { row.Label, row.Predicted }.FirstOrDefault(l => !labels.Contains(l)) is { } odd ? throw new EngineException(
                $"{file}: {row.Name} has the genre '{Excerpt.Of(odd)}', which is not in {RunFolder.RecordFile}.")
            : row with { Track = track };
        return Of(run, run, record, metrics, [.. PredictionsFile.ReadAny(file, record.Labels).Select(Checked)]);
    }

    private static void RequireFits(string file, MetricsReport metrics, RunRecord record)
    {
        var count = record.Labels.Count;
        var fits = metrics.Labels.SequenceEqual(record.Labels)
            && (metrics.ConfusionMatrix is not { } matrix || (matrix.Count == count && matrix.All(r => r.Count == count)))
            && (metrics.Calibration is not { } rounds || rounds.Count >= record.Rounds);
        if (!fits) throw new EngineException($"{file}: has other genres or rounds than {RunFolder.RecordFile}; they come from "
            + "different runs.");
    }

    /// <summary>A test of a run as a run of its own: what was tested now, by what was trained before.</summary>
    /// <exception cref="EngineException">The run's record cannot be read.</exception>
    public static FinishedRun Of(string run, TestingResult test) => new(RunRecord.Load(run), test.Metrics, test.Tested, [], null)
    {
        Data = test.Data,
        Notes = test.Notes,
        Skipped = test.Skipped,
        IsOtherData = test.IsOtherData,
        TestOf = Path.GetFullPath(run),
    };

    /// <summary>A run that is in memory, but for the history in its folder and the trials of its search.</summary>
    /// <param name="folder">The folder that its files are being written into.</param>
    /// <param name="run">The run folder.</param>
    /// <param name="record">Recipe, data and split.</param>
    /// <param name="metrics">The figures.</param>
    /// <param name="tested">One entry per tested row.</param>
    /// <exception cref="EngineException">The history or the trials cannot be read.</exception>
    public static FinishedRun Of(
        string folder, string run, RunRecord record, MetricsReport metrics, IReadOnlyList<TestedRow> tested)
    {
        var history = Path.Combine(folder, RunFolder.HistoryFile);
        FinishedSearch? search = null;
        if (File.Exists(Path.Combine(run, TrialLog.FileName)))
        {
            var (header, trials) = TrialLog.Load(run);
            search = new(header, trials);
        }

        return new(record, metrics, tested, File.Exists(history) ? HistoryFile.Read(history) : [], search);
    }
}
