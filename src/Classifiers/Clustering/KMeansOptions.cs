using Engine.Tensors;

namespace Engine.Classifiers.Clustering;

/// <summary>Settings of <see cref="KMeans"/>; the defaults are scikit-learn's.</summary>
public sealed record KMeansOptions
{
    /// <summary>Number of clusters, at most the number of rows.</summary>
    [Range(Minimum = 1)]
    public int Clusters { get; init; } = 8;

    /// <summary>How often to start anew; the start that ends with the least inertia is kept.</summary>
    [Range(1, 10_000)]
    public int Starts { get; init; } = 10;

    /// <summary>The most passes of a start over the rows.</summary>
    [Range(Minimum = 1)]
    public int MaxIterations { get; init; } = 300;

    /// <summary>
    /// A start ends when the squared movement of all centres falls to this share of the columns' mean variance.
    /// </summary>
    [Range(Minimum = 0)]
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>Rows per step if the centres learn from random batches (Sculley 2010); null: from all rows.</summary>
    [Range(Minimum = 1)]
    public int? Batch { get; init; }

    /// <summary>The seed for all starts.</summary>
    public ulong Seed { get; init; }

    /// <summary>1: work stays on the calling thread; otherwise it uses the worker pool. The result is the same.</summary>
    public int Threads { get; init; }
}
