using Engine.Tensors;

namespace Engine.Classifiers.Selection;

/// <summary>What Boruta found about a column.</summary>
public enum BorutaVerdict
{
    /// <summary>Still undecided after the last run.</summary>
    Tentative,

    /// <summary>It says more about the labels than chance would.</summary>
    Confirmed,

    /// <summary>It says no more than a shuffled column.</summary>
    Rejected,
}

/// <summary>What Boruta found about all columns.</summary>
/// <param name="Verdicts">The verdict on each column.</param>
/// <param name="Importance">Each column's mean Z-score, over the runs until it was rejected.</param>
/// <param name="Hits">In how many runs each column's Z-score beat that of the best shuffled column.</param>
/// <param name="ShadowImportance">The mean Z-score of the best shuffled column.</param>
/// <param name="Runs">How many runs there were.</param>
public sealed record BorutaFindings(
    IReadOnlyList<BorutaVerdict> Verdicts,
    IReadOnlyList<double> Importance,
    IReadOnlyList<int> Hits,
    double ShadowImportance,
    int Runs);

/// <summary>Keeps columns that say more about the labels than shuffled ones, by Boruta on random forests.</summary>
/// <param name="Trees">Trees of each run's forest.</param>
/// <param name="MaxRuns">The most runs.</param>
/// <param name="Alpha">The accepted chance of a wrong verdict, over all columns.</param>
/// <param name="KeepTentative">Whether columns still tentative in the end are kept.</param>
public sealed record BorutaOptions(
    [property: Range(1, 100_000)] int Trees = 200,
    [property: Range(1, 10_000)] int MaxRuns = 100,
    [property: Range(Above = 0, Below = 1)] double Alpha = 0.01,
    bool KeepTentative = true) : SelectionOptions
{
    /// <inheritdoc/>
    public override IColumnStep Create(FitSettings settings = default) =>
        new BorutaSelection(this) { Threads = settings.Threads, Seed = settings.Seed, Cancellation = settings.Cancellation };

    /// <inheritdoc/>
    public override string Describe() =>
        FormattableString.Invariant(
            $"columns that say more about the labels than shuffled ones (Boruta, at most {MaxRuns} forests of {Trees} trees)");
}
