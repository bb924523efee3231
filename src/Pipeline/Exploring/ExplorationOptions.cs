using Engine.Classifiers.Selection;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Exploring;

/// <summary>How a table is explored.</summary>
public sealed record ExplorationOptions
{
    /// <summary>How the table is read.</summary>
    public DataOptions Reading { get; init; } = new();

    /// <summary>Clusters of k-means; null: as many as there are genres.</summary>
    public int? Clusters { get; init; }

    /// <summary>How the columns are scaled before clusters and components are sought: both are made of distances.</summary>
    public ScalerKind Scaler { get; init; } = ScalerKind.Standard;

    /// <summary>How Boruta judges the columns; null: not at all.</summary>
    public BorutaOptions? Boruta { get; init; } = new();

    /// <summary>How many of the most correlated pairs of columns are listed.</summary>
    public int Pairs { get; init; } = 20;

    /// <summary>The seed of k-means and Boruta.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>1: work stays on the calling thread; otherwise it uses the worker pool. The result is the same.</summary>
    public int Threads { get; init; }

    /// <summary>Receives progress after each step; Boruta may need fewer runs than the total counts.</summary>
    public IProgress<PipelineProgress>? Progress { get; init; }

    /// <summary>Receives one-line warnings for the user.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Stops the work after the current step.</summary>
    public CancellationToken Cancellation { get; init; }
}
