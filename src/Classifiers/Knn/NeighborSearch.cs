namespace Engine.Classifiers.Knn;

/// <summary>
/// Exhaustive search for the nearest training rows under one metric; safe for many callers at once. Queries go in blocks and
/// training rows in tiles, so that a tile is read from memory once for the whole block; each query keeps its k nearest so far.
/// Queries are independent and meet the training rows in order: the result depends neither on blocks nor on threads.
/// </summary>
internal abstract class NeighborSearch
{
    private const int Block = 16;

    // Values of a tile: 128 KB, a part of the second-level cache.
    private const int TileValues = 1 << 14;

    private readonly Panels _panels;
    private readonly int _tile;

    /// <summary>Searches among <paramref name="train"/>, prepared rows.</summary>
    protected NeighborSearch(FeatureMatrix train)
    {
        _panels = new Panels(train);
        _tile = Math.Max(1, TileValues / (Panels.Height * train.Columns));
    }

    /// <summary>The search among training rows, checked and prepared as the metric needs.</summary>
    /// <exception cref="EngineException">A value is not finite, or a row is none for this metric.</exception>
    public static NeighborSearch Over(FeatureMatrix train, KnnMetric metric) => metric switch
    {
        KnnMetric.Euclidean => new PanelSearch<Euclidean>(train),
        KnnMetric.Manhattan => new PanelSearch<Manhattan>(train),
        KnnMetric.Chebyshev => new PanelSearch<Chebyshev>(train),
        KnnMetric.Cosine => new PanelSearch<Cosine>(UnitRows.Of(train)),
        _ => new GaussianSearch(train),
    };

    /// <summary>The <paramref name="k"/> nearest of each row, on at most <paramref name="threads"/> threads (0: all processors).</summary>
    public KnnNeighbors Find(FeatureMatrix x, int k, int threads)
    {
        var queries = Prepare(x);
        var distances = new FeatureMatrix(x.Rows, k);
        var indices = new int[checked(x.Rows * k)];
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads > 0 ? threads : -1 };
        Parallel.For(0, (x.Rows + Block - 1) / Block, options, block =>
        {
            var (first, end) = (block * Block, Math.Min(x.Rows, (block + 1) * Block));
            Span<double> candidates = new double[_tile * Panels.Height];
            for (var panel = 0; panel < _panels.Count; panel += _tile)
            {
                var panels = Math.Min(_tile, _panels.Count - panel);
                var row = panel * Panels.Height;
                var rows = Math.Min(panels * Panels.Height, _panels.Rows - row);
                for (var q = first; q < end; q++)
                {
                    Accumulate(queries.Row(q), _panels.Range(panel, panels), candidates);
                    KeepSmallest(candidates[..rows], row, distances.Row(q), indices.AsSpan(q * k, k));
                }
            }

            for (var q = first; q < end; q++)
            {
                foreach (ref var d in distances.Row(q)) d = Finish(d);
            }
        });
        return new KnnNeighbors(distances, indices);
    }

    /// <summary>Rows to search for, brought to the form in which the training rows lie.</summary>
    protected abstract FeatureMatrix Prepare(FeatureMatrix x);

    /// <summary>Accumulates a prepared row against panels <c>[panels, columns, 16]</c>; sixteen values a panel.</summary>
    protected abstract void Accumulate(ReadOnlySpan<double> query, ReadOnlySpan<double> panels, Span<double> sums);

    /// <summary>The distance that an accumulated value stands for; never decreasing in it.</summary>
    protected abstract double Finish(double sum);

    // Insertion into a sorted list of k: most candidates fail the one comparison with the current k-th. A candidate goes
    // behind its equals, so the lower training row stays nearer.
    private static void KeepSmallest(ReadOnlySpan<double> candidates, int firstRow, Span<double> smallest, Span<int> indices)
    {
        for (var i = 0; i < candidates.Length; i++)
        {
            var candidate = candidates[i];
            var count = Math.Min(firstRow + i, smallest.Length);
            if (count == smallest.Length && candidate >= smallest[^1]) continue;
            var at = Math.Min(count, smallest.Length - 1);
            for (; at > 0 && smallest[at - 1] > candidate; at--) (smallest[at], indices[at]) = (smallest[at - 1], indices[at - 1]);
            (smallest[at], indices[at]) = (candidate, firstRow + i);
        }
    }
}
