using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Fitting;

namespace Engine.Pipeline.Runs.Ensembles;

/// <summary>What a fitted recipe gives for whole tracks.</summary>
/// <param name="Tracks">The tracks, in order.</param>
/// <param name="Values">Their probabilities, or scores if the recipe is not calibrated, <c>[tracks, labels]</c>.</param>
/// <param name="Labels">Their right labels.</param>
internal sealed record TrackScores(TrackId[] Tracks, FeatureMatrix Values, int[] Labels)
{
    /// <summary>Labels the tracks of some rows.</summary>
    public static TrackScores Of(FittedPipeline pipeline, LabelledRows data, Rounds rounds, int[] rows)
    {
        TrackId[] tracks = [.. rows.Select(r => data.Rows[r].Track)];
        var (means, labels) = TrackAverage.ByTrack(tracks, pipeline.PredictProbabilities(RowSet.Of(data, rows)),
            rounds.Targets(rows));
        var values = pipeline.Calibration is { } calibration ? calibration.Tracks.Apply(means) : means;
        return new([.. tracks.Distinct()], values, labels);
    }

    /// <summary>These tracks, then others.</summary>
    public TrackScores Then(TrackScores more) => new([.. Tracks, .. more.Tracks],
        new(Values.Rows + more.Values.Rows, Values.Columns, [.. Values.Data, .. more.Values.Data]), [.. Labels, .. more.Labels]);
}
