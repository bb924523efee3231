using System.Diagnostics;
using System.Globalization;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Linear;
using Engine.Dsp;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Runs.Ensembles;

/// <summary>How the probabilities of runs are combined.</summary>
internal enum RunCombination
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>Their mean with the weights that make the labels of held-out tracks most likely.</summary>
    Weighted,

    /// <summary>A logistic regression, fitted to those of held-out tracks.</summary>
    Stacked,
}

/// <summary>Which runs to combine, and how.</summary>
internal sealed record EnsemblingOptions
{
    /// <summary>The run folders, at least two.</summary>
    public required IReadOnlyList<string> Runs { get; init; }

    /// <summary>The run folder to create.</summary>
    public required string Output { get; init; }

    /// <summary>How they are combined.</summary>
    public RunCombination Combine { get; init; }

    /// <summary>The device for networks, by name; null: the default.</summary>
    public string? Device { get; init; }

    /// <summary>How features are computed, if held-out tracks are needed.</summary>
    public WorkOptions Extraction { get; init; } = new();

    /// <summary>Makes the page of the run; null: none is written.</summary>
    public PageMaker<FinishedRun>? Page { get; init; }
}

/// <summary>
/// Makes one run of several: their probabilities of each tested track are combined, and the model that is stored holds the models
/// of all of them.
/// </summary>
internal static class Ensembling
{
    /// <summary>Combines runs and writes the run folder, complete or not at all.</summary>
    /// <exception cref="EngineException">
    /// A run cannot be used, runs do not fit each other, or there are no tracks to fit the combination to.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is written.</exception>
    public static TrainingResult Run(EnsemblingOptions options)
    {
        if (options.Runs.Count < 2 || options.Runs.Select(Path.GetFullPath).Distinct().Count() < options.Runs.Count)
        {
            throw new EngineException($"ensemble: {options.Runs.Count} runs ({string.Join(", ", options.Runs)}); name two or " +
                "more, each once.");
        }

        RunFolder.RequireFree(options.Output);
        using var held = RunFolder.Hold(options.Output);
        RunFolder.RequireFree(options.Output);
        options.Extraction.UseThreads();
        SavedRun[] runs = [.. options.Runs.Select(SavedRun.Load)];
        SameSplit.Require(runs);
        RecipeDevice.Find(options.Device, [.. runs.Select(r => r.Record.Recipe)]);
        var models = new List<GenreModel>();
        try
        {
            foreach (var run in runs) models.Add(run.Model(options.Device, options.Extraction.MemoryLimit));
            return new Work(options, runs, models).Run();
        }
        finally
        {
            models.ForEach(m => m.Dispose());
        }
    }

    private sealed class Work(EnsemblingOptions options, SavedRun[] runs, IReadOnlyList<GenreModel> models)
    {
        private readonly RunRecord _first = runs[0].Record;

        public TrainingResult Run()
        {
            var clock = Stopwatch.StartNew();
            var fitted = Fit();
            var seconds = clock.Elapsed.TotalSeconds;
            var rounds = Enumerable.Range(0, _first.Rounds).Select(f => Combine(f, fitted[f])).ToArray();
            var recipe = RecipeOf(fitted[0].Weights);
            var record = Describe(recipe, fitted);
            var report = Rounds.Report(rounds, _first.Labels, SplitSpec.Parse(_first.Split).Kind == SplitKind.Holdout)
                .Under(_first.Protocol, leaky: false) with
            {
                Seed = _first.Seed,
                Recipe = recipe.Name,
                Device = string.Join(", ", runs.Select(r => r.Metrics.Device ?? "cpu").Distinct()),
                FitSeconds = seconds + runs.Sum(r => r.Metrics.FitSeconds ?? 0),
                PredictSeconds = runs.Sum(r => r.Metrics.PredictSeconds ?? 0),
                Calibrated = IsCalibrated,
            };
            var learned = _first.Rows.Where(_first.HasLearned).Select(r => r.Track).Distinct().Count();
            // Its members are disposed by who loaded them.
            var model = GenreModel.Of(recipe, new((RunsSpec)recipe.Classifier, models, fitted[0].Stacker), models[0].Split,
                _first.Seed, ModelTest.Of(report, learned, _first.Final));
            var tested = Tested(rounds);
            RunFolder.Write(options.Output, begun: false, folder =>
            {
                model.Save(Path.Combine(folder, GenreModel.FileName));
                AtomicFile.WriteText(Path.Combine(folder, RunFolder.RecordFile), record.ToJson());
                PredictionsFile.Write(Path.Combine(folder, RunFolder.PredictionsFile), record.Labels, tested, report.Calibrated,
                    leaky: false);
                ReportPage.Write(folder, options.Output, options.Page,
                    () => FinishedRun.Of(folder, options.Output, record, report, tested), options.Extraction.Warn);
                AtomicFile.WriteText(Path.Combine(folder, RunFolder.MetricsFile), report.ToJson());
            });
            return new(record, report, tested);
        }

        private bool IsCalibrated => options.Combine == RunCombination.Stacked || runs.All(r => r.Metrics.Calibrated);

        // One for each round, as the tested tracks of one were learned from in another.
        private (double[]? Weights, LogisticRegression? Stacker)[] Fit()
        {
            if (options.Combine == RunCombination.Mean) return new (double[]?, LogisticRegression?)[_first.Rounds];
            var tracks = new HeldOutTracks(runs, models, options.Extraction);
            return [.. Enumerable.Range(0, _first.Rounds).Select(f => Fit(tracks.Of(f)))];
        }

        private (double[]? Weights, LogisticRegression? Stacker) Fit((FeatureMatrix[] Members, int[] Labels) held)
        {
            if (options.Combine == RunCombination.Weighted) return (Combination.Weights(held.Members, held.Labels), null);
            var work = options.Extraction;
            var stacker = new LogisticRegression(new LogisticOptions { C = new StackingSpec().C });
            (stacker.Threads, stacker.Warn, stacker.Cancellation) = (work.Threads, work.Warn, work.Cancellation);
            stacker.Fit(Combination.SideBySide(held.Members), held.Labels, _first.Labels.Count);
            return (null, stacker);
        }

        private TestedRound Combine(int round, (double[]? Weights, LogisticRegression? Stacker) fitted)
        {
            var first = runs[0].Rounds[round];
            var given = runs.Select(run =>
            {
                var (own, places) = (run.Rounds[round], new Dictionary<string, int>());
                for (var t = 0; t < own.Names.Length; t++) places[own.Names[t]] = t;
                return own.Probabilities.Select([.. first.Names.Select(n => places.TryGetValue(n, out var at) ? at
                    : throw new EngineException($"ensemble: {Path.Combine(run.Folder, RunFolder.PredictionsFile)} lacks {n}, " +
                        $"which {RunFolder.RecordFile} says was tested in round {round + 1}."))]);
            }).ToArray();
            return first with
            {
                Probabilities = Combination.Of(given, fitted.Weights, fitted.Stacker),
                TrainAccuracy = null,
            };
        }

        private Recipe RecipeOf(double[]? weights) => new(
            $"{options.Combine.ToString().ToLowerInvariant()} of {string.Join(", ", runs.Select(r => r.Record.Recipe.Name))}",
            $"{runs.Length} runs of one split, combined by track: {string.Join(", ", runs.Select(r => r.Folder))}.",
            _first.Recipe.FrontEnd, ScalerKind.None,
            new RunsSpec([.. runs.Select(r => r.Member())],
                options.Combine == RunCombination.Stacked ? new StackingSpec() : new AverageSpec(weights)),
            _first.Split);

        private RunRecord Describe(Recipe recipe, (double[]? Weights, LogisticRegression? Stacker)[] fitted)
        {
            var weights = fitted.Select(f => f.Weights).OfType<double[]>().ToArray();
            string[] notes = weights.Length == 0 ? [] :
            [
                "weights" + (weights.Length > 1 ? ", mean of the rounds" : "") + ": " + string.Join(", ", runs.Select((r, m) =>
                    string.Create(CultureInfo.InvariantCulture, $"{r.Record.Recipe.Name} {weights.Average(w => w[m]):0.0000}"))),
            ];
            return new(RunRecord.CurrentFormat, GenreModel.CurrentVersion, recipe, _first.Data, _first.Split, _first.Protocol,
                Leaky: false, [.. notes, .. runs.SelectMany(r => r.Record.Notes).Distinct()], _first.Seed,
                $"the models of {runs.Length} runs, each {_first.StoredModel}", _first.Labels,
                [.. runs.SelectMany(r => r.Record.Skipped).Distinct()],
                [.. runs[0].Tracks.Values.Select(r => r with { Name = r.Track })],
                string.Join(", ", runs.Select(r => r.Record.Device).Distinct()), _first.GenresAt, RunRecord.CurrentTrackRule,
                _first.Reading, _first.Final);
        }

        private TestedRow[] Tested(TestedRound[] rounds)
        {
            var file = Path.Combine(runs[0].Folder, RunFolder.PredictionsFile);
            var tracks = _first.Rows.ToDictionary(r => r.Name, r => r.Track);
            var paths = PredictionsFile.Read(file, _first.Labels).GroupBy(r => tracks[r.Name])
                .ToDictionary(g => g.Key, g => g.First().Path);
            return [.. rounds.SelectMany((round, f) =>
            {
                var predicted = round.Probabilities.ArgMax();
                return round.Names.Select((track, t) => new TestedRow(track, paths[track], _first.Labels[round.Labels[t]],
                    _first.Labels[predicted[t]], round.Probabilities.Row(t).ToArray(), f + 1));
            })];
        }
    }
}
