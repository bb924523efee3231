using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Dsp;
using Engine.Nn.Training;
using Engine.Pipeline.Checking;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.Fitting.Starting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Pipeline.Runs;

/// <summary>What to train, and on which data.</summary>
public sealed record TrainingOptions
{
    /// <summary>
    /// A folder with one sub-folder of recordings per genre, a manifest of recordings, or a feature table ending in .csv.
    /// </summary>
    public required string Data { get; init; }

    /// <summary>The recipe.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>The run folder to create: a path that does not exist, or an empty folder.</summary>
    public required string Output { get; init; }

    /// <summary>How <see cref="Data"/> are read.</summary>
    public DataOptions Reading { get; init; } = new();

    /// <summary>The split by name; null: the recipe's.</summary>
    public string? Split { get; init; }

    /// <summary>The random seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// The device to train networks on, by name: <c>cpu</c>, <c>opencl</c>, <c>opencl:1</c>, <c>cuda</c>, <c>cuda:1</c>, or
    /// <c>auto</c> for the best available; null: <see cref="Engine.Tensors.Device.Default"/> or, when resuming, the run's own
    /// device. Classifiers run on the processor.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>
    /// How features are computed; its thread count also applies to classifiers and networks. Its ranks share the training of a
    /// network: each makes the same call, and only the first needs <see cref="Output"/>, which it alone writes. Other
    /// classifiers are fitted by every rank.
    /// </summary>
    public WorkOptions Extraction { get; init; } = new();

    /// <summary>The longest time between two checkpoints of a network; zero: one after every batch.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Called after each epoch of a network.</summary>
    public IProgress<TrainingEpoch>? Epochs { get; init; }

    /// <summary>
    /// How many parts each batch of a network is cut into, at least 1; null: the recipe's or, without one there, as many as there
    /// are ranks. The result depends on it, but not on the number of ranks. A resumed run keeps its own.
    /// </summary>
    public int? Parts { get; init; }

    /// <summary>Measures what the steps of a network consist of; null: nothing does.</summary>
    public StepProfile? Profile { get; init; }

    /// <summary>
    /// Whether the stored model is fitted once more, on every row of the split, after the rounds are tested. The figures are
    /// those of the rounds, whose models had not seen what they were tested on.
    /// </summary>
    public bool Final { get; init; }

    /// <summary>What it takes to resume a run, which knows all else.</summary>
    internal static TrainingOptions OfRun(string output) => new() { Output = output, Data = "", Recipe = null! };

    /// <summary>Makes the page of the run, <see cref="RunFolder.ReportFile"/>; null: none is written.</summary>
    internal PageMaker<FinishedRun>? Page { get; init; }

    /// <summary>The tracks to use; null: all.</summary>
    internal IReadOnlySet<TrackId>? Tracks { get; init; }

    /// <summary>What a reader of the figures should know, in addition to the notes of the split.</summary>
    internal IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether the run folder already exists, with files of the caller.</summary>
    internal bool IntoFolder { get; init; }
}

/// <summary>An epoch of one round.</summary>
/// <param name="Round">The round, from 1.</param>
/// <param name="Rounds">How many there are.</param>
/// <param name="Epochs">The most epochs the round can have.</param>
/// <param name="Record">The epoch's figures.</param>
public readonly record struct TrainingEpoch(int Round, int Rounds, int Epochs, EpochRecord Record);

/// <summary>A finished run, as its folder holds it.</summary>
/// <param name="Record">Recipe, data and split.</param>
/// <param name="Metrics">The figures.</param>
/// <param name="Tested">One entry per tested row.</param>
public sealed record TrainingResult(RunRecord Record, MetricsReport Metrics, IReadOnlyList<TestedRow> Tested)
{
    /// <summary>What is worth a look in the data, in one line; null if nothing is, or nothing is known.</summary>
    internal string? Check { get; init; }

    /// <summary>The figures and the protocol.</summary>
    public override string ToString() => $"{Metrics}; {Record.Protocol}";
}

/// <summary>
/// Trains a recipe: features, split, fit, test, run folder. If the split has several rounds, every round is fitted and tested and
/// the figures cover all of them; the stored model is that of the first round, which never saw that round's test rows, or, with
/// <see cref="TrainingOptions.Final"/>, one fitted on all rows.
/// </summary>
public static partial class Training
{
    /// <summary>
    /// Trains and writes the run folder. A classifier's folder appears complete or not at all; a network's exists from the start,
    /// so that <see cref="Resume"/> can continue, and is finished once it holds <c>metrics.json</c>.
    /// </summary>
    /// <exception cref="EngineException">
    /// The data, the split, the recipe or the output cannot be used; the message says why.
    /// </exception>
    /// <exception cref="OperationCanceledException">
    /// It was cancelled; a network leaves a checkpoint, a classifier nothing.
    /// </exception>
    public static TrainingResult Run(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        // The first of several ranks says it to all, below.
        if (!options.IntoFolder && options.Extraction.Ranks.Size == 1) RunFolder.RequireFree(options.Output);
        var device = RecipeDevice.Find(options.Device, options.Recipe);
        options = options with { Parts = PartsOf(options) };
        RankNeeds.RequireProcessor(device, options.Extraction.Ranks, options.Parts ?? 1, options.Profile);
        using var folder = RankFolder.Take(options.Extraction.Ranks, options.Output, () =>
        {
            if (options.IntoFolder) return null;
            var held = RunFolder.Hold(options.Output);
            RunFolder.RequireFree(options.Output);
            return held;
        });
        options = WithColumns(InFolder(options, folder));
        return new Work(options with { Recipe = options.Recipe.Bound() }, device).Run(before: null);
    }

    /// <summary>
    /// Resumes the interrupted training of a network; the run ends as if it had never been interrupted. Recipe, data, split and
    /// seed are the run's own: of the other options only <see cref="TrainingOptions.Device"/>,
    /// <see cref="TrainingOptions.Extraction"/>, the checkpoint interval and the progress are used.
    /// </summary>
    /// <exception cref="EngineException">
    /// The run does not exist or is finished, its data have changed, or one of its files cannot be used.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled, after the checkpoint was written.</exception>
    public static TrainingResult Resume(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var folder = RankFolder.Take(options.Extraction.Ranks, options.Output, () =>
        {
            RunFolder.Unfinished(options.Output);
            return options.IntoFolder ? null : RunFolder.Hold(options.Output);
        });
        options = InFolder(options, folder);

        // Killed after the last figures were written: only the result remains to be reported.
        if (RunFolder.IsFinished(options.Output)) return RunFolder.Finished(options.Output);
        var before = RunFolder.Unfinished(options.Output);
        var device = DeviceOf(options, before);
        RankNeeds.RequireProcessor(device, options.Extraction.Ranks, before.Parts ?? 1, options.Profile);
        return new Work(options with
        {
            Data = before.Data,
            Recipe = before.Recipe.Bound(),
            Split = before.Split,
            Seed = before.Seed,
            Reading = before.DataOptions,
            Final = before.Final,
            Parts = before.Parts,
        }, device).Run(before);
    }

    // More than one, or null.
    private static int? PartsOf(TrainingOptions options)
    {
        if (options.Recipe.Classifier is NetworkSpec network)
        {
            var parts = options.Parts ?? network.Training.Parts ?? options.Extraction.Ranks.Size;
            return parts switch
            {
                < 1 => throw new EngineException($"a batch is cut into {parts} parts; it must be at least 1."),
                1 => null,
                _ => parts,
            };
        }

        var asked = options.Parts is not null ? "train in parts" : options.Profile is not null ? "measure" : null;
        return asked is null ? null
            : throw new EngineException($"recipe {options.Recipe.Name}: it has no network to {asked}.");
    }

    private static TrainingOptions InFolder(TrainingOptions options, RankFolder folder) => options with
    {
        Output = folder.Path,
        Page = folder.IsCopy ? null : options.Page,
        Epochs = folder.IsCopy ? null : options.Epochs,
        Extraction = folder.Of(options.Extraction),
    };

    // On every rank, if one was told to stop.
    private static void StopIfCancelled(WorkOptions extraction)
    {
        var stop = new byte[extraction.Ranks.Size];
        extraction.Ranks.AllGather([(byte)(extraction.Cancellation.IsCancellationRequested ? 1 : 0)], stop);
        if (stop.Contains((byte)1)) throw new OperationCanceledException(extraction.Cancellation);
    }

    private static TrainingOptions WithColumns(TrainingOptions options)
    {
        if (options.Reading.Columns is null) return options;
        var recipe = TableRecipe.Of(options.Recipe, options.Data, options.Reading, options.Extraction.Warn);
        return options with { Recipe = recipe, Notes = [.. options.Notes, TableRecipe.Note(recipe)] };
    }

    // The model of what was fitted on some rows; tested, if there is a report.
    private static GenreModel ModelOf(
        RoundJobs jobs, FittedPipeline pipeline, int[] learned, MetricsReport? report, bool final = false,
        string? idColumn = null)
    {
        LabelledRow[] rows = [.. learned.Select(r => jobs.Data.Rows[r])];
        var test = report is null ? null : ModelTest.Of(report, rows.Select(r => r.Track).Distinct().Count(), final);
        return new(jobs.Recipe, jobs.FrontEnd, pipeline, jobs.Data.Labels, jobs.Split.ToString(), jobs.Seed,
            recordingSamples: jobs.Data.MedianLength(learned), idColumn: idColumn, test: test)
        {
            Trained = TrainedSounds.Of(rows.Select(r => r.Sound)),
        };
    }

    private static Device DeviceOf(TrainingOptions options, RunRecord before)
    {
        try
        {
            return RecipeDevice.Find(options.Device ?? before.Device, before.Recipe);
        }
        catch (EngineException e) when (options.Device is null)
        {
            throw new EngineException($"{options.Output} was trained on {before.Device}, which cannot be used: {e.Message} To " +
                "resume on another device, name it, such as --device cpu.", e);
        }
    }

    private sealed class Work(TrainingOptions options, Device device)
    {
        private readonly Recipe _recipe = options.Recipe;
        private readonly SplitSpec _spec = SplitSpec.Parse(options.Split ?? options.Recipe.Split);

        public TrainingResult Run(RunRecord? before)
        {
            if (options.Final && _spec.Kind == SplitKind.Overfit)
                throw new EngineException($"a model for split {_spec} learns by heart what it is tested on; leave --final out.");
            var frontEnd = RecipeNeeds.Afford(_recipe, options.Extraction.MemoryLimit);
            options.Extraction.UseThreads();
            var data = LabelledRows.Load(options.Data, frontEnd, options.Extraction,
                options.Reading with { SplitColumn = _spec.Column }, options.Tracks);
            var split = data.Split(_spec, options.Seed, isRehearsal: options.Tracks is not null);
            var record = Describe(data, split) with { Initializations = Initialization.Of(_recipe, frontEnd, data.Labels.Count) };
            var isNetwork = _recipe.Classifier is NetworkSpec;
            if (before is not null && Hashes(before) != Hashes(record))
            {
                throw new EngineException($"{options.Output}: the weights that its network started from have changed since the " +
                    "training began, so it cannot be resumed. Train again into another folder.");
            }

            if (before is not null && before.ToJson() != (record with
            {
                Notes = before.Notes,
                Protocol = before.Protocol,
                Device = before.Device
            }).ToJson())
            {
                throw new EngineException($"{options.Output}: the data in {options.Data} have changed since the training " +
                    "began, so it cannot be resumed. Train again into another folder.");
            }

            if (before is not null) record = record with { Notes = [.. before.Notes, .. Moved(before.Device, record.Device)] };
            if (isNetwork && before is null) RunFolder.Begin(options.Output, options.IntoFolder, record);
            else if (isNetwork && before!.Device != record.Device) RunFolder.Begin(options.Output, isThere: true, record);
            var rounds = new Rounds(_recipe, data, data.Labels);
            var jobs = new RoundJobs(_recipe, frontEnd, data, rounds, _spec, options.Seed, device, options.Extraction);
            var (first, results) = Fit(jobs, split, isNetwork);
            var report = rounds.Report(split.Folds, results, _spec.Kind == SplitKind.Holdout)
                .Under(split.Protocol, split.Leaky) with
            { Seed = options.Seed };
            var learned = options.Final ? split.Used() : split.Folds[0].TrainAndValid;
            using var model = Model(jobs, first, learned, report);
            var tested = rounds.Tested(split.Folds, results);
            RunFolder.Write(options.Output, isNetwork || options.IntoFolder, folder =>
            {
                model.Save(Path.Combine(folder, GenreModel.FileName));
                AtomicFile.WriteText(Path.Combine(folder, RunFolder.RecordFile), record.ToJson());
                PredictionsFile.Write(Path.Combine(folder, RunFolder.PredictionsFile), data.Labels, tested, report.Calibrated,
                    split.Leaky);
                // Before the figures, which tell that the run is finished.
                ReportPage.Write(folder, options.Output, options.Page,
                    () => FinishedRun.Of(folder, options.Output, record, report, tested), options.Extraction.Warn);
                AtomicFile.WriteText(Path.Combine(folder, RunFolder.MetricsFile), report.ToJson());
            });
            if (isNetwork) new RoundStore(options.Output).Clear();
            options.Extraction.Ranks.Barrier();
            return new(record, report, tested)
            {
                Check = CheckSummary.Of(data, frontEnd.Spec.SampleRate, frontEnd.Spec.HopSamples),
            };
        }

        private (FittedPipeline First, RoundResult[] Results) Fit(RoundJobs jobs, Split split, bool isNetwork)
        {
            var results = new RoundResult[split.Folds.Count];
            FittedPipeline? first = null;
            var (store, modelFile) = (new RoundStore(options.Output), Path.Combine(options.Output, GenreModel.FileName));
            var keepsRounds = isNetwork && (results.Length > 1 || options.Final);
            var history = isNetwork ? new HistoryFile(Path.Combine(options.Output, RunFolder.HistoryFile)) : null;
            for (var round = 0; round < results.Length; round++)
            {
                StopIfCancelled(options.Extraction);
                if (isNetwork && store.TryLoad(round) is { } done)
                {
                    results[round] = done;
                    continue;
                }

                if (isNetwork) RunFolder.DeleteCheckpointOfOthers(options.Output, round);
                var fold = split.Folds[round];
                var fitted = FittedPipeline.Fit(
                    Shared(jobs.Create(fold, round, Path.Combine(options.Output, RunFolder.CheckpointFile),
                        options.CheckpointInterval, Watch(history, round, results.Length))));
                history?.Finish(round + 1, fitted.History);
                results[round] = jobs.Rounds.Test(fold, fitted.Pipeline, fitted.Seconds, options.Extraction.Ranks);
                if (keepsRounds)
                {
                    if (round == 0 && !options.Final)
                        Model(jobs, fitted.Pipeline, fold.TrainAndValid).Save(modelFile);
                    store.Save(round, results[round], jobs.Identity(round));
                    RunFolder.DeleteCheckpoint(options.Output);
                }

                if (round == 0 && !options.Final) first = fitted.Pipeline;
                else fitted.Pipeline.Dispose();
            }

            if (options.Final) return (FitFinal(jobs, split, isNetwork), results);
            // If the process was killed after storing the last result, that round's checkpoint is left.
            if (keepsRounds) RunFolder.DeleteCheckpoint(options.Output);
            return (first ?? GenreModel.Load(modelFile, jobs.Device.Name, options.Extraction.MemoryLimit).Fitted(), results);
        }

        // One more round, which tests nothing.
        private FittedPipeline FitFinal(RoundJobs jobs, Split split, bool isNetwork)
        {
            StopIfCancelled(options.Extraction);
            var round = split.Folds.Count;
            if (isNetwork) RunFolder.DeleteCheckpointOfOthers(options.Output, round);
            var fitted = FittedPipeline.Fit(Shared(jobs.CreateFinal(split,
                Path.Combine(options.Output, RunFolder.CheckpointFile), options.CheckpointInterval, Watch(null, round, round))));
            if (isNetwork) RunFolder.DeleteCheckpoint(options.Output);
            return fitted.Pipeline;
        }

        // Ranks share the training of a network; anything else they all do.
        private FitJob Shared(FitJob job) => _recipe.Classifier is not NetworkSpec ? job : job with
        {
            Ranks = options.Extraction.Ranks,
            Parts = options.Parts ?? 1,
            Profile = options.Profile,
        };

        private GenreModel Model(RoundJobs jobs, FittedPipeline pipeline, int[] learned, MetricsReport? report = null) =>
            ModelOf(jobs, pipeline, learned, report, options.Final, options.Reading.IdColumn);

        private Reporter<EpochRecord>? Watch(HistoryFile? history, int round, int rounds) =>
            _recipe.Classifier is not NetworkSpec network ? null : new(epoch =>
        {
            history?.Add(round + 1, epoch);
            options.Epochs?.Report(new(round + 1, rounds + (options.Final ? 1 : 0), network.Training.Epochs, epoch));
        });

        private RunRecord Describe(LabelledRows data, Split split)
        {
            var uses = RunRecord.Uses(split.Folds, data.Rows.Count);
            var rows = data.Rows.Select((r, i) => new RunRow(r.Name, r.Track.Value, r.Label, r.Digest, uses[i]));
            var learned = split.Folds[0].Valid.Length > 0 ? "training and validation rows" : "training rows";
            return new(RunRecord.CurrentFormat, GenreModel.CurrentVersion, _recipe, Path.GetFullPath(options.Data),
                split.Spec.ToString(),
                split.Protocol, split.Leaky, [.. split.Notes, .. options.Notes], options.Seed,
                options.Final
                    ? $"fitted on all {split.Used().Length} rows of the split, after the models of its rounds were tested"
                    : $"fitted on the {learned} of round 1 of {split.Folds.Count}",
                data.Labels, data.Skipped, [.. rows], device.Name, options.Reading.GenresAt, RunRecord.CurrentTrackRule,
                options.Reading.ToRecord(), options.Final, Parts: options.Parts);
        }

        private static string Hashes(RunRecord record) => string.Join(' ', record.Initializations?.Select(i => i.Sha256) ?? []);

        private static IEnumerable<string> Moved(string from, string to) =>
            from == to ? [] :
            [$"the training moved from {from} to {to}, which round differently: its bits are those of neither alone"];
    }
}
