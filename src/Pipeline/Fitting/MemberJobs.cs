using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Recipes;
using Engine.Tensors;

namespace Engine.Pipeline.Fitting;

/// <summary>
/// The fits that make up the fit of an ensemble. Each has its own seed, and a network that validates on a share of its training
/// tracks holds them out of the rows it is given, as it would alone.
/// </summary>
internal sealed class MemberJobs(FitJob job, EnsembleSpec spec)
{
    /// <summary>How many members there are.</summary>
    public int Members => spec.Members.Count;

    /// <summary>The fit of a member on all rows.</summary>
    public FitJob Whole(int member) => Create(member, [.. Enumerable.Range(0, job.Train.Count)], $"member/{member}");

    /// <summary>The fit of a member on some of the training rows.</summary>
    public FitJob Part(int member, int fold, int[] rows) => Create(member, rows, $"member/{member}/fold/{fold}");

    /// <summary>The training rows divided into folds by track, every genre in proportion.</summary>
    /// <exception cref="EngineException">A genre has only one training track.</exception>
    public IReadOnlyList<Fold> Folds(int wanted)
    {
        var samples = job.Train.Samples;
        var fewest = samples.GroupBy(s => s.Genre).Select(g => (Genre: g.Key, Tracks: g.Select(s => s.Track).Distinct().Count()))
            .MinBy(g => g.Tracks);
        if (fewest.Tracks < 2)
            throw new EngineException($"{job.Recipe.Name}: stacking holds out a part of every genre's training tracks, but " +
                $"'{fewest.Genre}' has only one.");
        if (fewest.Tracks < wanted)
            job.Warn?.Invoke($"{job.Recipe.Name}: stacking by {fewest.Tracks} folds instead of {wanted}, as "
                + $"'{fewest.Genre}' has {fewest.Tracks} training tracks");
        return Splits.Create(SplitSpec.KFold(Math.Min(wanted, fewest.Tracks)), samples, SeedOf("stacking")).Folds;
    }

    private FitJob Create(int member, int[] rows, string stream)
    {
        var seed = SeedOf(stream);
        var (valid, validLabels) = (job.Valid, job.ValidLabels);
        if (spec.Members[member].Classifier is NetworkSpec { Training.Validation: > 0 and var share } && valid is null)
        {
            var fold = Splits.HoldOutValidation(new Fold(rows, [], []), job.Train.Samples, share, seed);
            (rows, valid, validLabels) = (fold.Train, job.Train.Select(fold.Valid), Labels(fold.Valid));
        }

        return job with
        {
            Recipe = spec.RecipeOf(member, job.Recipe),
            Train = job.Train.Select(rows),
            TrainLabels = Labels(rows),
            Valid = valid,
            ValidLabels = validLabels,
            Seed = seed,
            Checkpoint = null,
            Epochs = null,
        };
    }

    private int[] Labels(int[] rows) => [.. rows.Select(r => job.TrainLabels[r])];

    private ulong SeedOf(string stream)
    {
        var random = new RandomStream(job.Seed, stream);
        return ((ulong)random.NextUInt32() << 32) | random.NextUInt32();
    }
}
