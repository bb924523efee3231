using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Plots.Figures;
using Engine.Plots.Subjects;

namespace Engine.Plots.Runs;

/// <summary>Pictures of a run: how it learned, what it gets wrong, how its features lie; of a search, its trials.</summary>
internal sealed class RunSubject : IPlotSubject
{
    private static readonly (PlotKind Kind, Func<string, PlotRequest, Figure> Draw)[] s_kinds =
    [
        (new("history", "loss, accuracy and learning rate by epoch"), History),
        (new("confusion", "confusion matrix: counts and shares"), Confusion),
        (new("reliability", "accuracy by probability, and the calibration error"), Reliability),
        (new("roc", "ROC curve of each genre against the rest"), Roc),
        (new("importance", "accuracy lost when a column is shuffled"), Importance),
        (new("pca", "the run's rows along two principal components"), Pca),
        (new("lda", "the tested rows along two discriminants"), Lda),
        (new("clusters", "the clusters of k-means among the run's rows"), Clusters),
        (new("trials", "accuracy of each trial of a search, and the best so far"), Trials),
        (new("parameters", "accuracy of a search against each parameter"), Parameters),
    ];

    /// <inheritdoc/>
    public string Noun => "a run";

    /// <inheritdoc/>
    public IReadOnlyList<PlotKind> Kinds { get; } = [.. s_kinds.Select(k => k.Kind)];

    /// <inheritdoc/>
    public IReadOnlyList<string> Standard { get; } = ["confusion"];

    /// <inheritdoc/>
    public bool Stacks => false;

    /// <inheritdoc/>
    public IReadOnlyList<string> Options { get; } = ["--no-cache", "--max-hours"];

    /// <inheritdoc/>
    public bool Fits(IReadOnlyList<string> paths) => paths.Count == 1
        && (File.Exists(Path.Combine(paths[0], RunFolder.RecordFile)) || File.Exists(Path.Combine(paths[0], TrialLog.FileName)));

    /// <inheritdoc/>
    public Figure Draw(IReadOnlyList<string> paths, IReadOnlyList<string> kinds, PlotRequest request) =>
        s_kinds.Single(k => k.Kind.Name == kinds[0]).Draw(paths[0], request);

    private static Figure History(string run, PlotRequest request)
    {
        var record = RunRecord.Load(run);
        var path = Path.Combine(run, RunFolder.HistoryFile);
        if (!File.Exists(path))
        {
            throw new EngineException(record.Recipe.Classifier is NetworkSpec
                ? $"{run}: has no {RunFolder.HistoryFile}; no epoch has ended yet, or the file was removed."
                : $"{run}: has no {RunFolder.HistoryFile}: recipe {record.Recipe.Name} does not learn in epochs.");
        }

        var stopping = (record.Recipe.Classifier as NetworkSpec)?.Training.EarlyStopping;
        return HistoryPlot.Draw(RunHeading.Of(record), HistoryFile.Read(path), stopping, request.Size);
    }

    private static Figure Confusion(string run, PlotRequest request)
    {
        var (record, report, unit) = Figures(run);
        return ConfusionPlot.Draw(RunHeading.Of(record), report, unit, request.Size);
    }

    private static Figure Reliability(string run, PlotRequest request)
    {
        var (record, report, unit) = Figures(run);
        var tested = SavedRounds.Pool(run, record);
        var curve = new CalibrationCurve(tested.Probabilities, tested.Labels, tested.Probabilities.ArgMax());
        return ReliabilityPlot.Draw(RunHeading.Of(record), curve, report.Calibrated, unit, request.Size);
    }

    private static Figure Roc(string run, PlotRequest request)
    {
        var (record, _, unit) = Figures(run);
        return RocPlot.Draw(RunHeading.Of(record), SavedRounds.Pool(run, record), unit, request.Size);
    }

    // By track if tracks have several windows, but by window under a leaky split, which is what its figures measure.
    private static (RunRecord Record, MetricsReport Report, string Unit) Figures(string run)
    {
        var record = RunRecord.Load(run);
        RunFolder.RequireFinished(run);
        var report = RunFolder.ReadMetrics(run);
        return record.Leaky ? (record, report, "windows") : (record, report.Tracks ?? report, "tracks");
    }

    private static Figure Importance(string run, PlotRequest request) =>
        ImportancePlot.Draw(RunImportance.Of(run, Work(request)), request.Size);

    private static Figure Pca(string run, PlotRequest request) =>
        PcaPlot.Draw(RunRecord.Load(run).Recipe.Name, RunColumns.OfRun(run, Work(request)), request.Size);

    private static Figure Lda(string run, PlotRequest request) =>
        LdaPlot.Draw(RunRecord.Load(run).Recipe.Name, RunColumns.OfRun(run, Work(request)), request.Size);

    private static Figure Clusters(string run, PlotRequest request) =>
        ClustersPlot.Draw(RunRecord.Load(run).Recipe.Name, RunColumns.OfRun(run, Work(request)), request.Size);

    private static Figure Trials(string run, PlotRequest request)
    {
        var (header, trials) = TrialLog.Load(run);
        return TrialsPlot.Draw(Heading(header), trials, request.Size);
    }

    private static Figure Parameters(string run, PlotRequest request)
    {
        var (header, trials) = TrialLog.Load(run);
        return ParametersPlot.Draw(Heading(header), header.Recipe.Search ?? [], trials, request.Size);
    }

    private static RunHeading Heading(TrialsHeader header) => new(header.Recipe.Name,
        $"each trial: {header.Folds} inner folds of the training tracks of round 1 of {header.Split}, seed {header.Seed}",
        SplitSpec.Parse(header.Split).IsLeaky);

    private static WorkOptions Work(PlotRequest request) => new()
    {
        Cache = request.NoCache ? null : new FeatureCache(warn: request.Warn),
        MaxHours = request.MaxHours,
        Progress = request.Progress,
        Warn = request.Warn,
        Cancellation = request.Cancel,
    };
}
