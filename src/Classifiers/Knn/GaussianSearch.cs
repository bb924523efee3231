using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Classifiers.Knn;

/// <summary>
/// Exhaustive search under the <see cref="GaussianDivergence"/>. Rows become (mean, covariance triangle, triangle of the inverse
/// with the off-diagonal doubled), so that with D the triangle of the difference's outer product the distance is
/// ⟨Pⱼ, Sᵢ + D⟩ + ⟨Pᵢ, Sⱼ + D⟩ - 2d: one pass over the triangle, eight training rows at a time.
/// </summary>
internal sealed class GaussianSearch : INeighborSearch
{
    private readonly Panels _panels;
    private readonly int _dimensions;

    public GaussianSearch(FeatureMatrix train)
    {
        _dimensions = GaussianDivergence.Dimensions(train.Columns);
        _panels = new Panels(Prepare(train, "training row"));
    }

    public KnnNeighbors Find(FeatureMatrix x, int k, int threads)
    {
        var queries = Prepare(x, "row");
        return NeighborSearch.Run(x.Rows, _panels.Rows, _panels.Count * Panels.Height, k, threads,
            (row, distances) => Distances(queries.Row(row), distances), d => d);
    }

    private void Distances(ReadOnlySpan<double> query, Span<double> distances)
    {
        var d = _dimensions;
        var triangle = d * (d + 1) / 2;
        Span<Vector256<double>> difference = d <= 64 ? stackalloc Vector256<double>[d] : new Vector256<double>[d];
        for (var p = 0; p < _panels.Count; p++)
        {
            var panel = MemoryMarshal.Cast<double, Vector256<double>>(_panels[p]);
            for (var half = 0; half < 2; half++)
            {
                for (var a = 0; a < d; a++) difference[a] = Vector256.Create(query[a]) - panel[2 * a + half];
                var sum = Vector256<double>.Zero;
                var at = d;
                for (var a = 0; a < d; a++)
                {
                    for (var b = a; b < d; b++, at++)
                    {
                        var outer = difference[a] * difference[b];
                        var forward = panel[2 * (at + triangle) + half] * (Vector256.Create(query[at]) + outer);
                        var backward = Vector256.Create(query[at + triangle]) * (panel[2 * at + half] + outer);
                        sum += forward + backward;
                    }
                }

                // A divergence is at least 0: what falls below is rounding. One too large for a double may come out as ∞ - ∞.
                var distance = Vector256.Max(sum - Vector256.Create(2.0 * d), Vector256<double>.Zero);
                distance = Vector256.ConditionalSelect(Vector256.Equals(distance, distance), distance, Vector256.Create(double.PositiveInfinity));
                distance.CopyTo(distances[(p * Panels.Height + half * 4)..]);
            }
        }
    }

    private FeatureMatrix Prepare(FeatureMatrix rows, string what)
    {
        rows.RequireFinite("KnnClassifier");
        var d = _dimensions;
        var triangle = d * (d + 1) / 2;
        var prepared = new FeatureMatrix(rows.Rows, d + 2 * triangle);
        for (var r = 0; r < rows.Rows; r++)
        {
            var to = prepared.Row(r);
            rows.Row(r).CopyTo(to);
            var inverse = to[(d + triangle)..];
            if (!GaussianDivergence.TryInvert(to.Slice(d, triangle), d, inverse))
            {
                throw new EngineException($"KnnClassifier: the covariance of {what} {r} is not positive definite; a silent clip, or fewer frames than the {d} coefficients need.");
            }

            var at = 0;
            for (var a = 0; a < d; a++)
            {
                at++;
                for (var b = a + 1; b < d; b++) inverse[at++] *= 2;
            }
        }

        return prepared;
    }
}
