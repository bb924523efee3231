using System.Diagnostics;
using Engine.Classifiers;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Fitting.Calibrating;

/// <summary>
/// Fits a recipe and, if it asks for one, a calibration: to scores of training and listed validation rows from copies fitted
/// without them or, for networks, which take too long to train again, to scores of the validation rows. The model itself is
/// fitted on all rows, as it would be without calibration.
/// </summary>
internal static class Calibrator
{
    /// <summary>Fits the recipe of a job.</summary>
    public static FitResult Fit(FitJob job)
    {
        if (job.Recipe.Calibration == CalibrationKind.None) return FittedPipeline.FitScores(job);
        return job.Recipe.Classifier is NetworkSpec ? FitNetwork(job) : FitOthers(job);
    }

    private static FitResult FitNetwork(FitJob job)
    {
        var fitted = FittedPipeline.FitScores(job);
        if (job.Valid is not { } valid)
        {
            WarnOfScores(job, "the network has no validation rows to calibrate with; set training.validation");
        }
        else if (job.DrawnValidation && (job.Groups is not null || job.NeighborsTogether))
        {
            WarnOfScores(job, "the split keeps artists apart but the network's validation tracks, drawn at random, do not, so " +
                "its probabilities would be too high; list the tracks: files:TRAIN,VALID,TEST");
        }
        else if (valid.Samples.Select(s => s.Track).Distinct().Count() is var tracks && tracks < HeldOutParts.FewestTracks)
        {
            WarnOfScores(job, $"{tracks} validation tracks are too few to calibrate with; at least {HeldOutParts.FewestTracks} " +
                "are needed");
        }
        else
        {
            fitted.Pipeline.Calibration =
                Calibration.Fit(
                    fitted.Pipeline.PredictProbabilities(valid, job.Ranks), valid.Samples, job.ValidLabels,
                    job.Recipe.Calibration);
        }

        return fitted;
    }

    private static FitResult FitOthers(FitJob job)
    {
        var clock = Stopwatch.StartNew();
        var sharesKernel = TabularPipeline.SharesKernel(job.Recipe);
        var parts = HeldOutParts.Of(job, sharesKernel ? 0 : RowSet.FlatColumns(job.FrontEnd));
        // No warning: it would appear in each round of each small table, and the report says that there is no calibration and
        // what it needs.
        if (parts.Count == 0) return FittedPipeline.FitScores(job);
        var all = job.Valid is not { } valid ? job : job with
        {
            Train = job.Train.Join(valid),
            TrainLabels = [.. job.TrainLabels, .. job.ValidLabels],
            Valid = null,
            ValidLabels = [],
        };
        var (fitted, scores) = sharesKernel ? TabularPipeline.FitAndHoldOut(job, parts) : (null, null);
        // Runs before fitting the model, so that two are never in memory at once.
        scores ??= TryScore(all, parts);
        fitted ??= FittedPipeline.FitScores(job);
        if (scores is null) return fitted;
        int[] rows = [.. parts.SelectMany(p => p)];
        var samples = all.Train.Samples;
        fitted.Pipeline.Calibration =
            Calibration.Fit(scores, [.. rows.Select(r => samples[r])], [.. rows.Select(r => all.TrainLabels[r])],
                job.Recipe.Calibration);
        return fitted with { Seconds = clock.Elapsed.TotalSeconds };
    }

    // A copy may fail where the model does not: it may, for example, have fewer rows than neighbours to vote.
    private static FeatureMatrix? TryScore(FitJob job, IReadOnlyList<int[]> parts)
    {
        try
        {
            return Score(job, parts);
        }
        catch (EngineException e)
        {
            WarnOfScores(job, $"calibration cannot fit the classifier without {parts[0].Length} of the {job.Train.Count} rows: " +
                $"{e.Message.TrimEnd('.')}");
            return null;
        }
    }

    private static FeatureMatrix Score(FitJob job, IReadOnlyList<int[]> parts)
    {
        var scores = new FeatureMatrix(parts.Sum(p => p.Length), job.Classes);
        var at = 0;
        foreach (var part in parts)
        {
            job.Cancellation.ThrowIfCancellationRequested();
            var held = part.ToHashSet();
            int[] rest = [.. Enumerable.Range(0, job.Train.Count).Where(r => !held.Contains(r))];
            var without = job with
            {
                Train = job.Train.Select(rest),
                TrainLabels = [.. rest.Select(r => job.TrainLabels[r])],
                Checkpoint = null,
                Epochs = null
            };
            using var copy = FittedPipeline.FitScores(without).Pipeline;
            copy.PredictProbabilities(job.Train.Select(part)).Data.CopyTo(scores.Data, at);
            at += part.Length * job.Classes;
        }

        return scores;
    }

    private static void WarnOfScores(FitJob job, string reason) =>
        job.Warn?.Invoke($"{job.Recipe.Name}: {reason}. The model gives scores, not probabilities.");
}
