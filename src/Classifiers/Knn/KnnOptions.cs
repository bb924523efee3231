using Engine.Tensors;

namespace Engine.Classifiers.Knn;

/// <summary>How a neighbour's vote counts.</summary>
public enum KnnVotes
{
    /// <summary>One neighbour, one vote.</summary>
    Uniform,

    /// <summary>Each vote weighs 1 / distance; where a neighbour is at distance 0, only such neighbours vote.</summary>
    Distance,
}

/// <summary>How distance is measured. The first four are scikit-learn's definitions.</summary>
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

/// <summary>The k nearest training rows vote.</summary>
/// <param name="K">How many rows vote.</param>
/// <param name="Metric">How distance is measured.</param>
/// <param name="Votes">Whether a nearer row counts for more.</param>
public sealed record KnnOptions(
    [property: Range(Minimum = 1)] int K = 5,
    KnnMetric Metric = KnnMetric.Euclidean,
    KnnVotes Votes = KnnVotes.Uniform) : TabularOptions
{
    /// <inheritdoc/>
    public override IClassifier Create(FitSettings settings = default) => new KnnClassifier(this) { Threads = settings.Threads };
}
