using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Nn.Training;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Runs;

/// <summary>How a model is trained from examples in memory.</summary>
public sealed record FitOptions
{
    /// <summary>
    /// The split that the model is tested by, as recipes name it (<c>stratified</c>, <c>holdout:10</c>, …), or <c>artists</c>:
    /// every <see cref="TrainingExample.Artist"/> on one side. The model then learns from the training rows of the first round,
    /// as <c>engine train</c> does. Null: it learns from all examples and is not tested.
    /// </summary>
    public string? Split { get; init; }

    /// <summary>The random seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>The device to train networks on, as in <see cref="TrainingOptions.Device"/>.</summary>
    public string? Device { get; init; }

    /// <summary>
    /// How features are computed; its threads, limits, warnings and cancellation also apply to the training, and its ranks share
    /// that of a network, in as many parts as the recipe says or there are ranks.
    /// </summary>
    public WorkOptions Extraction { get; init; } = new();

    /// <summary>Called after each epoch of a network.</summary>
    public IProgress<TrainingEpoch>? Epochs { get; init; }
}

/// <summary>A model trained from examples in memory, and how it did.</summary>
/// <param name="Model">The model; dispose it when it is no longer used.</param>
/// <param name="Metrics">The figures of the split; null if none was asked for.</param>
/// <param name="Tested">One entry per tested row; empty without a split.</param>
/// <param name="Protocol">The split in words, to print with every figure.</param>
/// <param name="Notes">What a reader of the figures should know.</param>
/// <param name="Skipped">Recordings left out because they could not be used.</param>
public sealed record TrainedModel(
    GenreModel Model, MetricsReport? Metrics, IReadOnlyList<TestedRow> Tested, string Protocol, IReadOnlyList<string> Notes,
    IReadOnlyList<SkippedFile> Skipped)
{
    /// <summary>The figures and the protocol.</summary>
    public override string ToString() => Metrics is null ? $"{Model.Recipe.Name}, {Protocol}" : $"{Metrics}; {Protocol}";
}

// Without files.
public static partial class Training
{
    /// <summary>
    /// Trains a recipe on examples in memory, and tests it if a split is named. Nothing is written. The same recordings, split
    /// and seed give the model that <see cref="Run"/> writes, bit for bit.
    /// </summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="examples">
    /// What to learn from. Their order does not matter if they have names, tracks or paths; numbered examples are in theirs.
    /// </param>
    /// <param name="options">Split, seed and how the work is done; null: all learned, seed 0.</param>
    /// <exception cref="EngineException">
    /// The recipe, an example, the split or the device cannot be used; the message says why.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static TrainedModel Fit(Recipe recipe, IEnumerable<TrainingExample> examples, FitOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(examples);
        options ??= new();
        recipe = recipe.Bound();
        TrainingExample[] given = [.. examples];
        if (given.Contains(null)) throw new ArgumentException("Fit: an example is null.", nameof(examples));
        var device = RecipeDevice.Find(options.Device, recipe);
        var network = recipe.Classifier as NetworkSpec;
        var ranks = network is null ? Communicator.Alone : options.Extraction.Ranks;
        var parts = network?.Training.Parts ?? ranks.Size;
        RankNeeds.RequireProcessor(device, ranks, parts, null);
        var frontEnd = RecipeNeeds.Afford(recipe, options.Extraction.MemoryLimit);
        options.Extraction.UseThreads();
        var data = LabelledRows.Of(given, frontEnd, options.Extraction);
        var split = SplitOf(data, options);
        var rounds = new Rounds(recipe, data, data.Labels);
        var jobs = new RoundJobs(recipe, frontEnd, data, rounds, split.Spec, options.Seed, device, options.Extraction);
        var isTested = split.Spec.Kind != SplitKind.None;
        var results = new List<RoundResult>();
        FittedPipeline? first = null;
        try
        {
            for (var round = 0; round < split.Folds.Count; round++)
            {
                StopIfCancelled(options.Extraction);
                var fold = split.Folds[round];
                var fitted = FittedPipeline.Fit(jobs.Create(fold, round) with
                {
                    Epochs = Watch(recipe, options.Epochs, round, split.Folds.Count),
                    Ranks = ranks,
                    Parts = network is null ? null : parts,
                });
                first ??= fitted.Pipeline;
                using var further = round == 0 ? null : fitted.Pipeline;
                if (isTested) results.Add(rounds.Test(fold, fitted.Pipeline, fitted.Seconds, ranks));
            }

            var report = !isTested ? null : rounds.Report(split.Folds, results, split.Spec.Kind == SplitKind.Holdout)
                .Under(split.Protocol, split.Leaky) with
            { Seed = options.Seed };
            var tested = isTested ? rounds.Tested(split.Folds, results) : [];
            return new(ModelOf(jobs, first!, split.Folds[0].TrainAndValid, report), report, tested, split.Protocol, split.Notes,
                data.Skipped);
        }
        catch
        {
            first?.Dispose();
            throw;
        }
    }

    private static Split SplitOf(LabelledRows data, FitOptions options)
    {
        if (options.Split is { } name && name != SplitSpec.None.ToString())
            return data.Split(SplitSpec.Parse(name), options.Seed);
        if (data.Labels is [var only])
        {
            throw new EngineException(
                $"all {data.Rows.Count} rows are of the genre '{only}'; a classifier needs at least two genres.");
        }

        int[] all = [.. Enumerable.Range(0, data.Rows.Count)];
        return new(SplitSpec.None, options.Seed, [new(all, [], [])], $"none: all {all.Length} rows learned from, none tested",
            data.Notes);
    }

    private static Reporter<EpochRecord>? Watch(Recipe recipe, IProgress<TrainingEpoch>? epochs, int round, int rounds) =>
        epochs is null || recipe.Classifier is not NetworkSpec network ? null
            : new(epoch => epochs.Report(new(round + 1, rounds, network.Training.Epochs, epoch)));
}
