using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;
using Engine.Tensors;
using Engine.Tensors.Distributed;

namespace Engine.Pipeline.Runs;

/// <summary>
/// Measures recipes on training rows only, in folds that are the same for every recipe: by group or artist if the outer split
/// keeps these apart, otherwise stratified by track.
/// </summary>
internal sealed class InnerFolds
{
    private readonly LabelledRows _data;
    private readonly FrontEnd _frontEnd;
    private readonly Split _split;
    private readonly Fold[] _folds;
    private readonly ulong _seed;
    private readonly Device _device;
    private readonly WorkOptions _extraction;

    /// <summary>Divides the rows <paramref name="train"/> of the data into folds.</summary>
    /// <exception cref="EngineException">A genre has too few tracks or groups among them for the folds.</exception>
    public InnerFolds(
        LabelledRows data, FrontEnd frontEnd, SplitSpec outer, int[] train, int folds, ulong seed, Device device,
        WorkOptions extraction)
    {
        // A rank fits a fold alone.
        extraction = extraction with { Ranks = Communicator.Alone };
        (_data, _frontEnd, _seed, _device, _extraction) = (data, frontEnd, seed, device, extraction);
        try
        {
            _split = Splits.Inner(outer, folds, [.. train.Select(r => data.Samples[r])], seed);
        }
        catch (EngineException e)
        {
            throw new EngineException($"{data.Source}: inner folds of the {train.Length} training rows: {e.Message}", e);
        }

        _folds = [.. _split.Folds.Select(
            f => new Fold([.. f.Train.Select(i => train[i])], [], [.. f.Test.Select(i => train[i])]))];
    }

    /// <summary>How many folds there are.</summary>
    public int Count => _folds.Length;

    /// <summary>The recipe's accuracy by track in a fold, from 0.</summary>
    /// <exception cref="EngineException">The recipe cannot be fitted.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public double Accuracy(Recipe recipe, int fold)
    {
        // Accuracy needs no calibration, which would fit the recipe several more times.
        recipe = recipe with { Calibration = CalibrationKind.None };
        var rounds = new Rounds(recipe, _data, _data.Labels);
        var jobs = new RoundJobs(recipe, _frontEnd, _data, rounds, _split.Spec, _seed, _device, _extraction);
        return Accuracy(jobs, _folds[fold], fold);
    }

    private double Accuracy(RoundJobs jobs, Fold fold, int number)
    {
        _extraction.Cancellation.ThrowIfCancellationRequested();
        using var pipeline = FittedPipeline.Fit(jobs.Create(fold, number)).Pipeline;
        // Training rows are not predicted: only the test accuracy is needed.
        Fold[] tested = [new([], [], fold.Test)];
        RoundResult[] results = [jobs.Rounds.Test(tested[0], pipeline)];
        var round = (jobs.Rounds.ByTrack(tested, results) ?? jobs.Rounds.ByRow(tested, results))[0];
        return Metrics.TopKAccuracy(round.Probabilities, round.Labels, 1);
    }
}
