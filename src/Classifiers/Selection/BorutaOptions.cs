namespace Engine.Classifiers.Selection;

/// <summary>What Boruta found out about a column.</summary>
public enum BorutaVerdict
{
    /// <summary>Not known when the runs were over.</summary>
    Tentative,

    /// <summary>It says something about the labels that chance does not.</summary>
    Confirmed,

    /// <summary>It says no more than a shuffled column.</summary>
    Rejected,
}

/// <summary>Settings of a <see cref="BorutaSelection"/>.</summary>
public sealed record BorutaOptions
{
    /// <summary>Trees of each run's forest, at least 1.</summary>
    public int Trees { get; init; } = 200;

    /// <summary>Most runs, at least 1.</summary>
    public int MaxRuns { get; init; } = 100;

    /// <summary>The chance, over all columns, of a wrong verdict that is accepted; above 0 and below 1.</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>Whether columns that are tentative in the end are kept.</summary>
    public bool KeepTentative { get; init; } = true;
}
