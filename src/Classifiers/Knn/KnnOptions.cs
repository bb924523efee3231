namespace Engine.Classifiers.Knn;

/// <summary>How a neighbour's vote counts.</summary>
public enum KnnVotes
{
    /// <summary>One neighbour, one vote.</summary>
    Uniform,

    /// <summary>Each vote weighs 1 / distance; where a neighbour is at distance 0, only such neighbours vote.</summary>
    Distance,
}

/// <summary>What near means. The first four are scikit-learn's definitions.</summary>
public enum KnnMetric
{
    /// <summary>√Σ(a - b)².</summary>
    Euclidean,

    /// <summary>Σ|a - b|.</summary>
    Manhattan,

    /// <summary>1 - cos(a, b), from 0 to 2; 1 to a row of zeros.</summary>
    Cosine,

    /// <summary>max|a - b|.</summary>
    Chebyshev,

    /// <summary>The symmetrised divergence of two Gaussians; rows as <see cref="GaussianDivergence"/> lays them out.</summary>
    GaussianDivergence,
}

/// <summary>Settings of a <see cref="KnnClassifier"/>.</summary>
public sealed record KnnOptions
{
    /// <summary>Number of neighbours that vote, at least 1.</summary>
    public int K { get; init; } = 5;

    /// <summary>How votes weigh.</summary>
    public KnnVotes Votes { get; init; } = KnnVotes.Uniform;

    /// <summary>The distance.</summary>
    public KnnMetric Metric { get; init; } = KnnMetric.Euclidean;
}
