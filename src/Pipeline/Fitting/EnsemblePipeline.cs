using System.Diagnostics;
using Engine.Classifiers;
using Engine.Classifiers.Linear;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Serialization;

namespace Engine.Pipeline.Fitting;

/// <summary>The fitted members of an ensemble, and the classifier that combines them, if any.</summary>
internal sealed class EnsemblePipeline : FittedPipeline
{
    private const string StackerPrefix = "stacking.";

    private readonly EnsembleSpec _spec;
    private readonly FittedPipeline[] _members;
    private readonly LogisticRegression? _stacker;
    private readonly int _classes;

    private EnsemblePipeline(EnsembleSpec spec, FittedPipeline[] members, LogisticRegression? stacker, int classes) =>
        (_spec, _members, _stacker, _classes) = (spec, members, stacker, classes);

    /// <summary>Fits the members on all rows and, for stacking, on parts of the training rows first.</summary>
    /// <exception cref="EngineException">
    /// A member cannot be fitted, or a genre has too few training tracks for stacking.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing is kept.</exception>
    public static FitResult Fit(FitJob job, EnsembleSpec spec)
    {
        var clock = Stopwatch.StartNew();
        var jobs = new MemberJobs(job, spec);
        var stacker = spec.Combine is StackingSpec stacking ? Stack(job, stacking, jobs) : null;
        var members = new List<FittedPipeline>();
        try
        {
            for (var m = 0; m < spec.Members.Count; m++) members.Add(FitScores(jobs.Whole(m)).Pipeline);
        }
        catch
        {
            members.ForEach(m => m.Dispose());
            throw;
        }

        return new(new EnsemblePipeline(spec, [.. members], stacker, job.Classes), clock.Elapsed.TotalSeconds, []);
    }

    /// <summary>Restores what <see cref="SaveState"/> returned.</summary>
    public static EnsemblePipeline Load(
        Recipe recipe, EnsembleSpec spec, FrontEnd frontEnd, IReadOnlyDictionary<string, StoredTensor> state, int classes,
        Device device)
    {
        var stacker = spec.Combine is StackingSpec stacking ? Stacker(stacking) : null;
        var prefixes = Enumerable.Range(0, spec.Members.Count).Select(MemberPrefix);
        RequireKnown(recipe, state, [.. prefixes, .. stacker is null ? [] : new[] { StackerPrefix }]);
        stacker?.LoadState(Part(state, StackerPrefix));
        if (stacker is not null && (stacker.Columns != classes * spec.Members.Count || stacker.Classes != classes))
        {
            throw new EngineException($"the stacking maps {stacker.Columns} probabilities to {stacker.Classes} classes, but " +
                $"{spec.Members.Count} members return {classes} each.");
        }

        var members = new List<FittedPipeline>();
        try
        {
            for (var m = 0; m < spec.Members.Count; m++)
                members.Add(Load(spec.RecipeOf(m, recipe), frontEnd, Part(state, MemberPrefix(m)), classes, device));
        }
        catch (Exception e)
        {
            members.ForEach(m => m.Dispose());
            if (e is EngineException) throw new EngineException($"member {members.Count + 1}: {e.Message}", e);
            throw;
        }

        return new(spec, [.. members], stacker, classes);
    }

    public override Device Device => _members.Select(m => m.Device).FirstOrDefault(d => d != Device.Cpu, Device.Cpu);

    // Batches are powers of two.
    public override int Batch => _members.Max(m => m.Batch);

    public override FeatureMatrix PredictProbabilities(RowSet rows)
    {
        var given = _members.Select(m => m.PredictProbabilities(rows)).ToArray();
        return Combination.Of(given, (_spec.Combine as AverageSpec)?.Weights, _stacker);
    }

    public override IEnumerable<KeyValuePair<string, StoredTensor>> SaveState() =>
        _members.SelectMany((member, m) => Prefixed(MemberPrefix(m), member.SaveState().ToDictionary()))
            .Concat(Prefixed(StackerPrefix, _stacker?.SaveState()));

    public override void Dispose()
    {
        foreach (var member in _members) member.Dispose();
    }

    private static string MemberPrefix(int member) => $"members.{member}.";

    private static LogisticRegression Stacker(StackingSpec spec) => new(new LogisticOptions { C = spec.C });

    // Each training row's probabilities come from members that never saw its track.
    private static LogisticRegression Stack(FitJob job, StackingSpec spec, MemberJobs jobs)
    {
        var probabilities = new FeatureMatrix(job.Train.Count, jobs.Members * job.Classes);
        var folds = jobs.Folds(spec.Folds);
        for (var f = 0; f < folds.Count; f++)
        {
            var test = job.Train.Select(folds[f].Test);
            var given = new FeatureMatrix[jobs.Members];
            for (var m = 0; m < given.Length; m++)
            {
                job.Cancellation.ThrowIfCancellationRequested();
                using var member = FitScores(jobs.Part(m, f, folds[f].Train)).Pipeline;
                given[m] = member.PredictProbabilities(test);
            }

            var part = Combination.SideBySide(given);
            for (var r = 0; r < part.Rows; r++) part.Row(r).CopyTo(probabilities.Row(folds[f].Test[r]));
        }

        var stacker = Stacker(spec);
        (stacker.Threads, stacker.Warn, stacker.Cancellation) = (job.Threads, job.Warn, job.Cancellation);
        stacker.Fit(probabilities, job.TrainLabels, job.Classes);
        return stacker;
    }
}
