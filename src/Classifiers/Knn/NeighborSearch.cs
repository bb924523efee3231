using Engine.Tensors.Cpu;

namespace Engine.Classifiers.Knn;

/// <summary>
/// Exhaustive search for the nearest training rows under one metric. Thread-safe. Queries are processed in blocks and training
/// rows in tiles, so a tile is read from memory once per block; each query keeps its k nearest so far. Queries are independent
/// and visit the training rows in order, so the result depends neither on blocks nor on threads.
/// </summary>
internal abstract class NeighborSearch
{
    private const int Block = 16;

    // Values in a tile: 128 KB, part of the second-level cache.
    private const int TileValues = 1 << 14;

    private readonly Panels _panels;
    private readonly int _tile;

    /// <summary>Searches among the prepared rows <paramref name="train"/>.</summary>
    protected NeighborSearch(FeatureMatrix train)
    {
        _panels = new Panels(train);
        _tile = Math.Max(1, TileValues / (Panels.Height * train.Columns));
    }

    /// <summary>How many rows are searched.</summary>
    protected int TrainingRows => _panels.Rows;

    /// <summary>Creates a search among training rows, checked and prepared for the metric.</summary>
    /// <exception cref="EngineException">A value is not finite, or a row is invalid for this metric.</exception>
    public static NeighborSearch Over(FeatureMatrix train, KnnMetric metric) => metric switch
    {
        KnnMetric.Euclidean => new PanelSearch<Euclidean>(train),
        KnnMetric.Manhattan => new PanelSearch<Manhattan>(train),
        KnnMetric.Chebyshev => new PanelSearch<Chebyshev>(train),
        KnnMetric.Cosine => new PanelSearch<Cosine>(UnitRows.Of(train)),
        _ => new GaussianSearch(train),
    };

    /// <summary>The <paramref name="k"/> nearest of each row, on one thread if <paramref name="threads"/> is 1.</summary>
    public KnnNeighbors Find(FeatureMatrix x, int k, int threads)
    {
        var queries = Prepare(x);
        var distances = new FeatureMatrix(x.Rows, k);
        var indices = new int[checked(x.Rows * k)];
        Search(queries, new KnnNeighbors(distances, indices), threads);
        foreach (ref var d in distances.Data.AsSpan()) d = Finish(d);
        return new KnnNeighbors(distances, indices);
    }

    /// <summary>
    /// Finds the neighbours of prepared rows: fills in training rows and accumulated values, which are not yet distances.
    /// </summary>
    protected virtual void Search(FeatureMatrix queries, KnnNeighbors found, int threads)
    {
        void Blocks(int first, int end)
        {
            Span<double> candidates = new double[_tile * Panels.Height];
            for (var panel = 0; panel < _panels.Count; panel += _tile)
            {
                var panels = Math.Min(_tile, _panels.Count - panel);
                var row = panel * Panels.Height;
                var rows = Math.Min(panels * Panels.Height, _panels.Rows - row);
                for (var q = first; q < end; q++)
                {
                    Accumulate(queries.Row(q), _panels.Range(panel, panels), candidates);
                    var smallest = found.Distances.Row(q);
                    var indices = found.Indices.AsSpan(q * found.K, found.K);
                    for (var i = 0; i < rows; i++) SmallestValues.Keep(candidates[i], row + i, row + i, smallest, indices);
                }
            }
        }

        if (threads != 1) RowParallel.For(queries.Rows, Block, Blocks);
        else for (var first = 0; first < queries.Rows; first += Block) Blocks(first, Math.Min(queries.Rows, first + Block));
    }

    /// <summary>Converts queries to the form of the training rows.</summary>
    protected abstract FeatureMatrix Prepare(FeatureMatrix x);

    /// <summary>Accumulates a prepared row against panels <c>[panels, columns, 16]</c>; sixteen values per panel.</summary>
    protected abstract void Accumulate(ReadOnlySpan<double> query, ReadOnlySpan<double> panels, Span<double> sums);

    /// <summary>Converts an accumulated value to a distance; monotonic.</summary>
    protected abstract double Finish(double sum);
}
