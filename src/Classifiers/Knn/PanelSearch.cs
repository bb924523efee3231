using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Classifiers.Knn;

/// <summary>
/// Search under a metric that accumulates column by column. For many queries among many rows under a dot-product metric, a matrix
/// product selects the candidates first.
/// </summary>
internal sealed class PanelSearch<TMetric> : NeighborSearch where TMetric : IPanelMetric
{
    private readonly Lazy<ProductSearch<TMetric>>? _product;

    public PanelSearch(FeatureMatrix train)
        : base(train)
    {
        train.RequireFinite("KnnClassifier");
        if (typeof(TMetric) == typeof(Euclidean) || typeof(TMetric) == typeof(Cosine))
            _product = new(() => new ProductSearch<TMetric>(train));
    }

    protected override FeatureMatrix Prepare(FeatureMatrix x)
    {
        if (typeof(TMetric) == typeof(Cosine)) return UnitRows.Of(x);
        x.RequireFinite("KnnClassifier");
        return x;
    }

    protected override void Search(FeatureMatrix queries, KnnNeighbors found, int threads)
    {
        if (_product is null || !ProductSearch<TMetric>.PaysFor(queries.Rows, TrainingRows, found.K)
            || !_product.Value.TryFind(queries, found, threads))
        {
            base.Search(queries, found, threads);
        }
    }

    protected override void Accumulate(ReadOnlySpan<double> query, ReadOnlySpan<double> panels, Span<double> sums)
    {
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(panels);
        var results = MemoryMarshal.Cast<double, Vector256<double>>(sums);
        for (int at = 0, panel = 0; at < vectors.Length; panel += 4)
        {
            Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            foreach (var value in query)
            {
                var q = Vector256.Create(value);
                var column = vectors.Slice(at, 4);
                sum0 = TMetric.Step(sum0, q, column[0]);
                sum1 = TMetric.Step(sum1, q, column[1]);
                sum2 = TMetric.Step(sum2, q, column[2]);
                sum3 = TMetric.Step(sum3, q, column[3]);
                at += 4;
            }

            (results[panel], results[panel + 1], results[panel + 2], results[panel + 3]) = (sum0, sum1, sum2, sum3);
        }
    }

    protected override double Finish(double sum) => TMetric.Finish(sum);
}
