using Engine.Classifiers.Evaluation;

namespace Engine.Classifiers.Pipeline;

/// <summary>What to train, on what.</summary>
public sealed record TrainingOptions
{
    /// <summary>A folder with one sub-folder of recordings per genre, or a feature table ending in .csv.</summary>
    public required string Data { get; init; }

    /// <summary>The system.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>The run folder to make: one that does not exist, or an empty one.</summary>
    public required string Output { get; init; }

    /// <summary>The split by name; null: the recipe's.</summary>
    public string? Split { get; init; }

    /// <summary>The seed of everything random.</summary>
    public ulong Seed { get; init; }

    /// <summary>How features are computed; its threads hold for the classifier, too.</summary>
    public ExtractionOptions Extraction { get; init; } = new();
}

/// <summary>A finished run, as its folder holds it.</summary>
/// <param name="Record">Recipe, data and split.</param>
/// <param name="Metrics">The figures.</param>
/// <param name="Tested">One entry per tested row.</param>
public sealed record TrainingResult(RunRecord Record, MetricsReport Metrics, IReadOnlyList<TestedRow> Tested);

/// <summary>
/// Trains a recipe: features, split, fit, test, run folder. Of a split with several rounds every round is fitted and tested and
/// the figures are of all of them; the model that is stored is that of the first round, which never saw that round's test rows.
/// </summary>
public static class Training
{
    /// <summary>Trains and writes the run folder, which is there whole or not at all.</summary>
    /// <exception cref="EngineException">The data, the split, the recipe or the output cannot be used; the message says why.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing was written.</exception>
    public static TrainingResult Run(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        RunFolder.RequireFree(options.Output);
        var spec = SplitSpec.Parse(options.Split ?? options.Recipe.Split);
        var recipe = options.Recipe;
        var frontEnd = new FrontEnd(recipe.FrontEnd);
        var data = LabelledRows.Load(options.Data, frontEnd, options.Extraction);
        var split = MakeSplit(spec, data, options.Seed);

        var rounds = new Rounds(recipe, data, data.Labels, options.Extraction.Threads);
        var (first, report, tested) = rounds.Run(split.Folds, spec.Kind == SplitKind.Holdout, cancellation: options.Extraction.Cancellation);
        report = report with { Protocol = split.Protocol, Leaky = split.Leaky, Seed = options.Seed };

        var record = Describe(options, data, split);
        using var model = new GenreModel(recipe, frontEnd, first, data.Labels, split.Spec.ToString(), options.Seed);
        RunFolder.Write(options.Output, folder =>
        {
            model.Save(Path.Combine(folder, GenreModel.FileName));
            RunFolder.WriteText(Path.Combine(folder, RunFolder.RecordFile), record.ToJson());
            RunFolder.WriteText(Path.Combine(folder, RunFolder.MetricsFile), report.ToJson());
            RunFolder.WritePredictions(Path.Combine(folder, RunFolder.PredictionsFile), data.Labels, tested, split.Leaky);
        });
        return new(record, report, tested);
    }

    private static Split MakeSplit(SplitSpec spec, LabelledRows data, ulong seed)
    {
        try
        {
            return Splits.Create(spec, data.Samples, seed);
        }
        catch (EngineException e)
        {
            throw new EngineException($"{data.Source}: {e.Message}", e);
        }
    }

    private static RunRecord Describe(TrainingOptions options, LabelledRows data, Split split)
    {
        var uses = RunRecord.Uses(split.Folds, data.Rows.Count);
        var rows = data.Rows.Select((r, i) => new RunRow(r.Name, r.Track.Value, r.Label, r.Digest, uses[i]));
        var learned = split.Folds[0].Valid.Length > 0 ? "training and validation rows" : "training rows";
        return new(RunRecord.CurrentFormat, GenreModel.CurrentVersion, options.Recipe, Path.GetFullPath(options.Data), split.Spec.ToString(),
            split.Protocol, split.Leaky, split.Notes, options.Seed, $"fitted on the {learned} of round 1 of {split.Folds.Count}",
            data.Labels, data.Skipped, [.. rows]);
    }
}
