using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Ranks;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Runs;

/// <summary>What to compare, and on which data.</summary>
public sealed record ComparisonOptions
{
    /// <summary>
    /// A folder with one sub-folder of recordings per genre, a manifest of recordings, or a feature table ending in .csv.
    /// </summary>
    public required string Data { get; init; }

    /// <summary>How <see cref="Data"/> are read.</summary>
    public DataOptions Reading { get; init; } = new();

    /// <summary>The systems, each with a different name.</summary>
    public required IReadOnlyList<Recipe> Recipes { get; init; }

    /// <summary>The folder for tables and finished rounds: new, empty, or that of a comparison to continue or extend.</summary>
    public required string Output { get; init; }

    /// <summary>The split to measure all systems with, whatever their recipes say.</summary>
    public string Split { get; init; } = "holdout:10";

    /// <summary>The random seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// The device to train networks on, by name: <c>cpu</c>, <c>opencl</c>, <c>opencl:1</c>, <c>cuda</c>, <c>cuda:1</c>, or
    /// <c>auto</c> for the best available; null: <see cref="Engine.Tensors.Device.Default"/>. Classifiers run on the processor.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>How features are computed; its thread count also applies to classifiers and networks.</summary>
    public WorkOptions Extraction { get; init; } = new();

    /// <summary>The longest time between two checkpoints of a network; zero: one after every batch.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Makes the page of the comparison, <see cref="RunFolder.ReportFile"/>; null: none is written.</summary>
    internal PageMaker<Comparison>? Page { get; init; }

    /// <summary>Called after each round of a system.</summary>
    public IProgress<PipelineProgress>? Rounds { get; init; }
}

/// <summary>
/// Trains and tests several recipes over the same rounds. Each round of each recipe is exactly that of <see cref="Training"/>
/// with the same split and seed. Finished rounds are kept, so that the same call continues after an interruption, and a call with
/// additional recipes runs only those.
/// </summary>
public static class Comparing
{
    /// <summary>Compares and writes <c>compare.json</c>, <c>compare.csv</c> and <c>compare.md</c>.</summary>
    /// <exception cref="EngineException">
    /// A recipe, the data, the split or the folder cannot be used, or the data differ from those of the rounds kept there.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the finished rounds are kept.</exception>
    public static Comparison Run(ComparisonOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options = options with
        {
            Recipes = [.. TableRecipe.Of(options.Recipes, options.Data, options.Reading, options.Extraction.Warn)
                .Select(r => r.Bound())],
        };
        var spec = SplitSpec.Parse(options.Split);
        RequireNames(options.Recipes);
        var device = RecipeDevice.Find(options.Device, options.Recipes);
        using var folder = RankFolder.Take(options.Extraction.Ranks, options.Output, () =>
        {
            new ComparisonFolder(options.Output).RequireOwn();
            return RunFolder.Hold(options.Output);
        });
        return new Work(options with
        {
            Output = folder.Path,
            Page = folder.IsCopy ? null : options.Page,
            Extraction = folder.Of(options.Extraction),
        }, spec, device).Run();
    }

    private static void RequireNames(IReadOnlyList<Recipe> recipes)
    {
        if (recipes.Count == 0) throw new EngineException("compare: there is no recipe to compare.");
        var twice = recipes.GroupBy(r => r.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1);
        if (twice is null) return;
        throw new EngineException($"compare: {twice.Count()} recipes are named '{twice.Key}'; give each its own name.");
    }

    /// <summary>
    /// Compares saved runs by their predictions. All must have the same split and seed, and so have been tested on the same
    /// tracks.
    /// </summary>
    /// <param name="runs">The run folders, at least two.</param>
    /// <param name="output">A new or empty folder for the tables; null: none are written.</param>
    /// <exception cref="EngineException">A run cannot be used, or the runs cannot be compared.</exception>
    public static Comparison OfRuns(IReadOnlyList<string> runs, string? output = null) => OfRuns(runs, output, null, null);

    /// <summary>The same, with a page; see <see cref="ComparisonOptions.Page"/>.</summary>
    internal static Comparison OfRuns(
        IReadOnlyList<string> runs, string? output, PageMaker<Comparison>? page, Action<string>? warn)
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count < 2 || runs.Distinct().Count() < runs.Count)
            throw new EngineException($"compare: {runs.Count} runs ({string.Join(", ", runs)}); name two or more, each once.");
        if (output is not null) RunFolder.RequireFree(output);
        var records = runs.Select(RunRecord.Load).ToArray();
        var first = records[0];
        for (var r = 1; r < runs.Count; r++)
        {
            if (records[r].Split != first.Split || records[r].Seed != first.Seed)
            {
                throw new EngineException(
                    $"compare: {runs[r]} was split by {records[r].Split} with seed {records[r].Seed}, but {runs[0]} by " +
                    $"{first.Split} with seed {first.Seed}; only runs of the same split can be compared.");
            }
        }

        var systems = runs.Zip(records, SavedRounds.Load).ToArray();
        var comparison = new ComparisonBuilder(SplitSpec.Parse(first.Split), first.Rounds)
            .Build(systems, first.Data, first.Seed, runs.Zip(records, (run, record) => $"{run} is recipe {record.Recipe.Name}"));
        if (comparison.Pairs.Count == 0)
            throw new EngineException(
                $"compare: {string.Join(" and ", runs)} were not tested on the same rows; train them on the same data.");
        if (output is null) return comparison;
        RunFolder.Write(output, begun: false, folder =>
        {
            ComparisonFiles.Write(folder, comparison);
            ReportPage.Write(folder, output, page, () => comparison, warn);
        });
        return comparison;
    }

    private sealed class Work(ComparisonOptions options, SplitSpec spec, Device device)
    {
        private readonly DataOptions _reading = options.Reading with { SplitColumn = spec.Column };
        private readonly Dictionary<Recipe, SystemRounds> _done = [];
        private readonly List<string> _notes = [];
        private (string Name, HashSet<TrackId>[] Tested)? _first;

        public Comparison Run()
        {
            var cells = new ComparisonFolder(options.Output);
            var frontEnds = options.Recipes.GroupBy(r => r.FrontEnd.ToCanonicalJson())
                .Select(g => (FrontEnd: g.Select(r => RecipeNeeds.Afford(r, options.Extraction.MemoryLimit)).Last(),
                    Recipes: g.ToArray())).ToArray();
            foreach (var (frontEnd, _) in frontEnds) DataKinds.Of(options.Data, frontEnd, _reading);
            options.Extraction.UseThreads();
            foreach (var (frontEnd, recipes) in frontEnds)
            {
                var data = LabelledRows.Load(options.Data, frontEnd, options.Extraction, _reading);
                RankAgreement.Require(options.Extraction.Ranks, "data set", $"{data.Rows.Count} rows {data.Digest[..8]}",
                    RankAgreement.SameRecordings);
                var split = data.Split(spec, options.Seed);
                RequireSameTracks(recipes[0].Name, data, split);
                foreach (var recipe in recipes) _done.Add(recipe, Test(cells, recipe, frontEnd, data, split));
            }

            var systems = options.Recipes.Select(r => _done[r]).ToArray();
            var comparison = new ComparisonBuilder(spec, systems[0].Rows.Length).Build(systems, Path.GetFullPath(options.Data),
                options.Seed, _notes.Distinct()) with
            {
                Reading = options.Reading.ToRecord(),
            };
            if (!options.Extraction.Ranks.IsFirst) return comparison;
            ComparisonFiles.Write(options.Output, comparison);
            ReportPage.Write(options.Output, options.Output, options.Page, () => comparison, options.Extraction.Warn);
            return comparison;
        }

        private SystemRounds Test(ComparisonFolder cells, Recipe recipe, FrontEnd frontEnd, LabelledRows data, Split split)
        {
            var rounds = new Rounds(recipe, data, data.Labels);
            var jobs = new RoundJobs(recipe, frontEnd, data, rounds, spec, options.Seed, device, options.Extraction with
            {
                // A rank fits its rounds alone.
                Ranks = Communicator.Alone,
            });
            var (folder, store) = cells.Open(jobs, split.Folds.Count, options.Extraction.Warn);
            var (count, done) = (split.Folds.Count, 0);
            SharedRounds.Run(options.Extraction.Ranks, store, count, jobs.Identity,
                round => Fit(jobs, split.Folds[round], round, folder),
                round => options.Rounds?.Report(new(_done.Count * count + ++done, options.Recipes.Count * count,
                    $"{recipe.Name}, round {round + 1} of {count}")),
                options.Extraction.Cancellation);
            RoundResult[] results = [.. Enumerable.Range(0, count).Select(r => store.TryLoad(r)!)];
            RunFolder.DeleteCheckpoint(folder);
            if (_reading.Columns is not null) _notes.Add(TableRecipe.Note(recipe));
            _notes.AddRange(split.Notes);
            if (data.Skipped.Count > 0)
                _notes.Add($"{data.Skipped.Count} recordings were skipped, the first because: {data.Skipped[0].Reason}");
            return new(
                recipe.Name, split.Protocol, data.Labels, rounds.ByRow(split.Folds, results),
                rounds.ByTrack(split.Folds, results),
                results.Sum(r => r.FitSeconds), results.Sum(r => r.PredictSeconds), Rounds.Devices(results));
        }

        private RoundResult Fit(RoundJobs jobs, Fold fold, int round, string folder)
        {
            RunFolder.DeleteCheckpointOfOthers(folder, round);
            var checkpoint = Path.Combine(folder, RunFolder.CheckpointFile);
            var fitted = FittedPipeline.Fit(jobs.Create(fold, round, checkpoint, options.CheckpointInterval, epochs: null));
            using var pipeline = fitted.Pipeline;
            return jobs.Rounds.Test(fold, pipeline, fitted.Seconds);
        }

        // Front ends may skip different recordings, which would change the random split.
        private void RequireSameTracks(string name, LabelledRows data, Split split)
        {
            if (split.Leaky) return;
            var tested = split.Folds.Select(f => f.Test.Select(r => data.Rows[r].Track).ToHashSet()).ToArray();
            _first ??= (name, tested);
            if (_first.Value.Tested.Zip(tested).All(p => p.First.SetEquals(p.Second))) return;
            throw new EngineException(
                $"{options.Data}: {name} and {_first.Value.Name} cannot be compared: their front ends skip different "
                    + "recordings, so they are not tested on the same tracks. Remove the recordings that either skips.");
        }
    }
}
