using System.Globalization;
using System.Text.Json;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Tuning;
using Engine.Dsp;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Ranks;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Runs;

/// <summary>What to tune, on which data, and for how long.</summary>
public sealed record TuningOptions
{
    /// <summary>
    /// A folder with one sub-folder of recordings per genre, a manifest of recordings, or a feature table ending in .csv.
    /// </summary>
    public required string Data { get; init; }

    /// <summary>How <see cref="Data"/> are read.</summary>
    public DataOptions Reading { get; init; } = new();

    /// <summary>The recipe; its <see cref="Recipe.Search"/> says which values may change.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>The run folder: new, empty, or that of a search to continue.</summary>
    public required string Output { get; init; }

    /// <summary>The total number of sets of values to try.</summary>
    public required int Trials { get; init; }

    /// <summary>How the values are chosen.</summary>
    public TuningMethod Method { get; init; }

    /// <summary>The number of inner folds that measure each set.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>The outer split by name; null: the recipe's.</summary>
    public string? Split { get; init; }

    /// <summary>The random seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// The device to train networks on, by name: <c>cpu</c>, <c>opencl</c>, <c>opencl:1</c>, <c>cuda</c>, <c>cuda:1</c>, or
    /// <c>auto</c> for the best available; null: <see cref="Engine.Tensors.Device.Default"/>. Classifiers run on the processor.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>How features are computed; its thread count also applies to classifiers and networks.</summary>
    public WorkOptions Extraction { get; init; } = new();

    /// <summary>Makes the page of the run; null: none is written.</summary>
    internal PageMaker<FinishedRun>? Page { get; init; }

    /// <summary>Called after each trial.</summary>
    public IProgress<PipelineProgress>? Progress { get; init; }
}

/// <summary>A finished search.</summary>
/// <param name="Training">The run with the best values.</param>
/// <param name="Trials">All trials.</param>
/// <param name="Best">
/// The chosen trial: the one with the highest accuracy or, in Bayesian search, the highest that the Gaussian process expects.
/// </param>
public sealed record TuningResult(TrainingResult Training, IReadOnlyList<Trial> Trials, Trial Best);

/// <summary>
/// Searches for the best values of a recipe. Each set of values is measured by an inner k-fold on the training rows of round 1
/// of the outer split, by track or, if the outer split keeps these apart, by group or artist, so that its test rows take no part
/// in the choice; then the best set is trained and tested like any run.
/// </summary>
public static class RecipeTuning
{
    /// <summary>The best recipe, without its search.</summary>
    public const string BestFile = "best.json";

    /// <summary>Starts or continues a search, then trains the best recipe into the same folder.</summary>
    /// <exception cref="EngineException">
    /// The recipe has no search or searches the front end, all trials failed, or <see cref="Training.Run"/> fails.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the finished trials are kept.</exception>
    public static TuningResult Run(TuningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Trials < 1) throw new EngineException($"tune: {options.Trials} trials; there must be at least 1.");
        options = options with
        {
            Recipe = TableRecipe.Of(options.Recipe, options.Data, options.Reading, options.Extraction.Warn).Bound(),
        };
        using var folder = RankFolder.Take(options.Extraction.Ranks, options.Output, () =>
        {
            RequireUnfinished(options.Output);
            return RunFolder.Hold(options.Output);
        });
        return new Work(options with
        {
            Output = folder.Path,
            Page = folder.IsCopy ? null : options.Page,
            Extraction = folder.Of(options.Extraction),
        }).Run();
    }

    private static void RequireUnfinished(string run)
    {
        if (RunFolder.IsFinished(run) && !RunFolder.HasLeftovers(run))
            throw new EngineException($"{run}: the run is finished; name another folder.");
    }

    private sealed class Work(TuningOptions options)
    {
        private readonly Recipe _recipe = options.Recipe;
        private readonly string _split = options.Split ?? options.Recipe.Split;
        private readonly SearchSpace _space = new(options.Recipe.Search
            ?? throw new EngineException(
                $"recipe {options.Recipe.Name} has no search: add one, such as \"search\": [{{\"path\": \"classifier.k\", "
                    + "\"kind\": \"integer\", \"low\": 1, \"high\": 30}}]."));

        public TuningResult Run()
        {
            RequireValues();
            var device = RecipeDevice.Find(options.Device, _recipe);
            var sampler = Sampler.Create(options.Method, _space, options.Trials, options.Seed);
            var frontEnd = RecipeNeeds.Afford(_recipe, options.Extraction.MemoryLimit);
            options.Extraction.UseThreads();
            var spec = SplitSpec.Parse(_split);
            var data = LabelledRows.Load(
                options.Data, frontEnd, options.Extraction, options.Reading with { SplitColumn = spec.Column });
            RankAgreement.Require(options.Extraction.Ranks, "data set", $"{data.Rows.Count} rows {data.Digest[..8]}",
                RankAgreement.SameRecordings);
            var outer = data.Split(spec, options.Seed).Folds;
            var header = new TrialsHeader(
                TrialLog.Format, _recipe, data.Digest, spec.ToString(), options.Seed, options.Folds,
                options.Method, options.Method == TuningMethod.Grid ? options.Trials : null);
            var objective = new InnerFolds(data, frontEnd, spec, outer[0].TrainAndValid, options.Folds, options.Seed,
                device, options.Extraction);
            var log = TrialLog.Open(options.Output, header, _space);
            var search = new TrialSearch(_space, sampler, Apply, objective, options.Extraction.Ranks);
            if (!RunFolder.IsFinished(options.Output))
            {
                search.Run(log, options.Trials, trial => options.Progress?.Report(new(trial.Number, options.Trials,
                    Describe(trial))), options.Extraction.Cancellation);
            }

            if (log.Trials.All(t => t.Accuracy is null))
                throw new EngineException(
                    $"tune: all {log.Trials.Count} trials failed; the first because: {log.Trials[0].Error}");
            var best = log.Trials[sampler.Choose(TrialSearch.Tried(log))];
            return new(Train(best, log.Trials.Count, outer.Count), log.Trials, best);
        }

        // The recipe with these values, without its search; throws if a value does not fit.
        private Recipe Apply(string[] values)
        {
            var recipe = _recipe with { Search = null };
            for (var p = 0; p < values.Length; p++) recipe = recipe.With(_space.Parameters[p].Path, values[p]);
            return recipe;
        }

        // An interrupted training of a network is resumed; anything else starts over.
        private TrainingResult Train(Trial best, int trials, int rounds)
        {
            // Killed after the last figures were written: only the result remains to be reported.
            if (RunFolder.IsFinished(options.Output)) return RunFolder.Finished(options.Output);
            var recipe = Apply([.. _space.Parameters.Select(p => best.Values[p.Path].GetRawText())]);
            AtomicFile.WriteText(Path.Combine(options.Output, BestFile), recipe.ToJson() + "\n");
            var training = new TrainingOptions
            {
                Data = options.Data,
                Reading = options.Reading,
                Recipe = recipe,
                Output = options.Output,
                Split = _split,
                Seed = options.Seed,
                Device = options.Device,
                Extraction = options.Extraction,
                IntoFolder = true,
                // The same on any number of ranks.
                Parts = recipe.Classifier is NetworkSpec network ? network.Training.Parts ?? 1 : null,
                Page = options.Page,
                Notes = [.. Notes(best, trials, rounds)],
            };
            if (recipe.Classifier is NetworkSpec && RunFolder.CanResume(options.Output)
                && RunFolder.Unfinished(options.Output).Recipe == recipe) return Training.Resume(training);
            RunFolder.ClearUnfinished(options.Output);
            return Training.Run(training);
        }

        private IEnumerable<string> Notes(Trial best, int trials, int rounds)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"tuned: the best of {trials} trials ({JsonNamingPolicy.KebabCaseLower.ConvertName($"{options.Method}")}), "
                    + $"{best.Accuracy:0.000} by {options.Folds} inner folds of round 1's training rows");
            if (rounds > 1)
            {
                yield return $"tracks tested in rounds 2 to {rounds} took part in the tuning; round 1 alone is unaffected";
            }
        }

        // Both ends of every range, and every category, must fit the recipe, and must not change its features.
        private void RequireValues()
        {
            for (var p = 0; p < _space.Parameters.Count; p++)
            {
                var parameter = _space.Parameters[p];
                foreach (var level in parameter.Levels(2))
                {
                    var changed = (_recipe with { Search = null }).With(parameter.Path, parameter.Value(level));
                    if (changed.FrontEnd.ToCanonicalJson() == _recipe.FrontEnd.ToCanonicalJson()) continue;
                    throw new EngineException(
                        $"recipe {_recipe.Name}: $.search[{p}].path is {parameter.Path}; a search cannot change the front "
                            + "end, whose features are computed once.");
                }
            }
        }

        private static string Describe(Trial trial) => string.Create(CultureInfo.InvariantCulture,
            $"{(trial.Accuracy is { } accuracy ? $"accuracy {accuracy:0.000}" : $"failed: {trial.Error}")}  "
                + $"{string.Join(", ", trial.Values.Select(v => $"{v.Key}={v.Value.GetRawText()}"))}");
    }
}
