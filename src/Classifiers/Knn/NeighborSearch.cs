using System.Buffers;

namespace Engine.Classifiers.Knn;

/// <summary>Finds the nearest training rows; safe for many callers at once.</summary>
internal interface INeighborSearch
{
    /// <summary>The <paramref name="k"/> nearest of each row, on at most <paramref name="threads"/> threads (0: all processors).</summary>
    KnnNeighbors Find(FeatureMatrix x, int k, int threads);
}

/// <summary>Chooses and runs the search that fits a metric.</summary>
internal static class NeighborSearch
{
    // Rows of one work item: enough that handing it out costs nothing beside it.
    private const int Block = 16;

    public static INeighborSearch Over(FeatureMatrix train, KnnMetric metric) => metric switch
    {
        KnnMetric.Euclidean => new PanelSearch<Euclidean>(train, normalize: false),
        KnnMetric.Manhattan => new PanelSearch<Manhattan>(train, normalize: false),
        KnnMetric.Chebyshev => new PanelSearch<Chebyshev>(train, normalize: false),
        KnnMetric.Cosine => new PanelSearch<Cosine>(train, normalize: true),
        _ => new GaussianSearch(train),
    };

    /// <summary>
    /// Fills a buffer of <paramref name="width"/> distances (the first <paramref name="trainRows"/> count) for each row and keeps
    /// the k smallest. Rows are independent, so any number of threads gives the same bits.
    /// </summary>
    public static KnnNeighbors Run(int rows, int trainRows, int width, int k, int threads, Action<int, double[]> fill, Func<double, double> finish)
    {
        var distances = new FeatureMatrix(rows, k);
        var indices = new int[checked(rows * k)];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : -1 };
        Parallel.For(0, (rows + Block - 1) / Block, options, block =>
        {
            var buffer = ArrayPool<double>.Shared.Rent(width);
            for (var r = block * Block; r < Math.Min(rows, (block + 1) * Block); r++)
            {
                fill(r, buffer);
                var nearest = distances.Row(r);
                SelectSmallest(buffer.AsSpan(0, trainRows), nearest, indices.AsSpan(r * k, k));
                foreach (ref var d in nearest) d = finish(d);
            }

            ArrayPool<double>.Shared.Return(buffer);
        });
        return new KnnNeighbors(distances, indices);
    }

    // Insertion into a sorted list of k: most candidates fail the one comparison with the current k-th. A candidate goes
    // behind its equals, so the lower index stays nearer.
    private static void SelectSmallest(ReadOnlySpan<double> candidates, Span<double> smallest, Span<int> indices)
    {
        var count = 0;
        for (var i = 0; i < candidates.Length; i++)
        {
            var candidate = candidates[i];
            if (count == smallest.Length && candidate >= smallest[^1]) continue;
            if (count < smallest.Length) count++;
            var at = count - 1;
            for (; at > 0 && smallest[at - 1] > candidate; at--) (smallest[at], indices[at]) = (smallest[at - 1], indices[at - 1]);
            (smallest[at], indices[at]) = (candidate, i);
        }
    }
}
