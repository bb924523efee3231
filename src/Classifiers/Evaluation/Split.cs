namespace Engine.Classifiers.Evaluation;

/// <summary>One feature row as a split sees it.</summary>
/// <param name="Track">The recording it comes from.</param>
/// <param name="Genre">The label.</param>
/// <param name="Window">Which window of the recording, from 0; 0 for a whole recording.</param>
public sealed record Sample(TrackId Track, string Genre, int Window = 0);

/// <summary>
/// Row indices of one train-and-test round, each list ordered by track and window, whatever the order of the rows. Only
/// <c>files:</c> with three lists has validation rows.
/// </summary>
/// <param name="Train">Rows to learn from.</param>
/// <param name="Valid">Rows to choose settings or the moment to stop by.</param>
/// <param name="Test">Rows that are only tested.</param>
public sealed record Fold(int[] Train, int[] Valid, int[] Test)
{
    /// <summary>Train and validation rows together: what a classifier that validates nothing, like KNN, learns from.</summary>
    public int[] TrainAndValid => [.. Train, .. Valid];
}

/// <summary>A split that was made: its rounds and how to name it beside every figure.</summary>
/// <param name="Spec">What was asked for.</param>
/// <param name="Seed">The seed of the stream it was drawn from.</param>
/// <param name="Folds">One round, or K of <c>holdout:K</c> and <c>kfold:K</c>.</param>
/// <param name="Protocol">One line that names the protocol, for printing with every figure.</param>
/// <param name="Notes">What a reader should know: listed tracks that the data lacks, rows left out, genres on one side only.</param>
public sealed record Split(SplitSpec Spec, ulong Seed, IReadOnlyList<Fold> Folds, string Protocol, IReadOnlyList<string> Notes)
{
    /// <summary>Whether one track may be on both sides, so that the figures are too good.</summary>
    public bool Leaky => Spec.IsLeaky;
}
