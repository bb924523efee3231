namespace Engine.Classifiers.Evaluation;

/// <summary>A feature row as a split sees it.</summary>
/// <param name="Track">The recording it comes from.</param>
/// <param name="Genre">The label.</param>
/// <param name="Window">Which window of the recording, from 0; 0 for a whole recording.</param>
public sealed record Sample(TrackId Track, string Genre, int Window = 0)
{
    /// <summary>Its artists as the data name them, several separated by <c>;</c>; null or empty if they do not.</summary>
    public string? Artist { get; init; }

    /// <summary>The side that a column of the data puts it on; null without such a column, empty if it says nothing.</summary>
    public string? Side { get; init; }
}

/// <summary>
/// Row indices of one train-and-test round, each list ordered by track and window, regardless of row order. Only <c>files:</c>
/// with three lists and <c>column</c> have validation rows.
/// </summary>
/// <param name="Train">Rows to learn from.</param>
/// <param name="Valid">Rows used to choose settings or when to stop.</param>
/// <param name="Test">Rows used only for testing.</param>
public sealed record Fold(int[] Train, int[] Valid, int[] Test)
{
    /// <summary>Training and validation rows together, for classifiers that do not validate, such as KNN.</summary>
    public int[] TrainAndValid => [.. Train, .. Valid];

    /// <summary>Such as <c>720 train, 80 valid, 200 test rows</c>.</summary>
    public override string ToString() => $"{Train.Length} train, {Valid.Length} valid, {Test.Length} test rows";
}

/// <summary>A finished split: its rounds, and the protocol line to print beside every figure.</summary>
/// <param name="Spec">The split requested.</param>
/// <param name="Seed">The seed of its random stream.</param>
/// <param name="Folds">One round, or K for <c>holdout:K</c>, <c>kfold:K</c> and <c>groups-kfold:K:FILE</c>.</param>
/// <param name="Protocol">A line naming the protocol, to print with every figure.</param>
/// <param name="Notes">
/// What a reader should know: listed tracks missing from the data, rows left out, genres on one side only.
/// </param>
public sealed record Split(SplitSpec Spec, ulong Seed, IReadOnlyList<Fold> Folds, string Protocol, IReadOnlyList<string> Notes)
{
    /// <summary>Whether a track may be on both sides, which makes the figures too good.</summary>
    public bool Leaky => Spec.IsLeaky;

    /// <summary>Every row that any round trains on, validates or tests, ascending.</summary>
    public int[] Used() =>
        [.. Folds.SelectMany(f => f.TrainAndValid.Concat(f.Test)).Distinct().Order()];

    /// <summary>The protocol line.</summary>
    public override string ToString() => Protocol;
}
