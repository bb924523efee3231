namespace Engine.Classifiers.Knn;

/// <summary>Exhaustive search over <see cref="Panels"/> for a metric that accumulates column by column.</summary>
internal sealed class PanelSearch<TMetric> : INeighborSearch where TMetric : IPanelMetric
{
    private readonly Panels _panels;
    private readonly bool _normalize;

    /// <summary>Lays out the training rows, at unit length if <paramref name="normalize"/>.</summary>
    public PanelSearch(FeatureMatrix train, bool normalize)
    {
        train.RequireFinite("KnnClassifier");
        _normalize = normalize;
        _panels = new Panels(Prepare(train));
    }

    public KnnNeighbors Find(FeatureMatrix x, int k, int threads)
    {
        x.RequireFinite("KnnClassifier");
        var queries = Prepare(x);
        return NeighborSearch.Run(x.Rows, _panels.Rows, _panels.Count * Panels.Height, k, threads,
            (row, sums) => _panels.Accumulate<TMetric>(queries.Row(row), sums), TMetric.Finish);
    }

    // Dividing by the largest value first keeps the squares of huge and tiny rows in range.
    private FeatureMatrix Prepare(FeatureMatrix rows)
    {
        if (!_normalize) return rows;
        var unit = new FeatureMatrix(rows.Rows, rows.Columns);
        for (var r = 0; r < rows.Rows; r++)
        {
            var from = rows.Row(r);
            var to = unit.Row(r);
            double largest = 0, squares = 0;
            foreach (var v in from) largest = Math.Max(largest, Math.Abs(v));
            if (largest == 0) continue;
            foreach (var v in from) squares += v / largest * (v / largest);
            var length = Math.Sqrt(squares);
            for (var c = 0; c < from.Length; c++) to[c] = from[c] / largest / length;
        }

        return unit;
    }
}
