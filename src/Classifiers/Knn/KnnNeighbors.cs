namespace Engine.Classifiers.Knn;

/// <summary>The nearest training rows of each row, nearest first; ties in training row order.</summary>
/// <param name="Distances"><c>[rows, k]</c>.</param>
/// <param name="Indices"><c>[rows, k]</c> row-major: the training rows.</param>
public sealed record KnnNeighbors(FeatureMatrix Distances, int[] Indices)
{
    /// <summary>Neighbours per row.</summary>
    public int K => Distances.Columns;

    /// <summary>The training rows nearest to row <paramref name="row"/>, k of them.</summary>
    public ReadOnlySpan<int> Row(int row) => Indices.AsSpan(row * K, K);
}
