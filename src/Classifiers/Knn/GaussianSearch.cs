using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Classifiers.Knn;

/// <summary>
/// Search under the <see cref="GaussianDivergence"/>. Rows are stored as mean, covariance triangle and triangle of the inverse
/// with the off-diagonal doubled. With D the triangle of the outer product of the means' difference, the distance is ⟨Pⱼ, Sᵢ + D⟩
/// + ⟨Pᵢ, Sⱼ + D⟩ - 2d: one pass over the triangle.
/// </summary>
internal sealed class GaussianSearch : NeighborSearch
{
    private const int Stride = Panels.Height / 4;

    private readonly int _dimensions;

    public GaussianSearch(FeatureMatrix train)
        : base(Prepare(train, "training row")) =>
        _dimensions = GaussianDivergence.Dimensions(train.Columns);

    protected override FeatureMatrix Prepare(FeatureMatrix x) => Prepare(x, "row");

    protected override void Accumulate(ReadOnlySpan<double> query, ReadOnlySpan<double> panels, Span<double> sums)
    {
        var d = _dimensions;
        var triangle = d * (d + 1) / 2;
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(panels);
        Span<Vector256<double>> difference = d <= 64 ? stackalloc Vector256<double>[d] : new Vector256<double>[d];
        for (var four = 0; four < vectors.Length / query.Length; four++)
        {
            // Four rows at a time; their columns are Stride vectors apart.
            var panel = vectors[(four / Stride * Stride * query.Length + four % Stride)..];
            for (var a = 0; a < d; a++) difference[a] = Vector256.Create(query[a]) - panel[Stride * a];
            var sum = Vector256<double>.Zero;
            var at = d;
            for (var a = 0; a < d; a++)
            {
                for (var b = a; b < d; b++, at++)
                {
                    var outer = difference[a] * difference[b];
                    var forward = panel[Stride * (at + triangle)] * (Vector256.Create(query[at]) + outer);
                    var backward = Vector256.Create(query[at + triangle]) * (panel[Stride * at] + outer);
                    sum += forward + backward;
                }
            }

            // A divergence is at least 0; anything below is rounding. One too large for a double may become ∞ - ∞.
            var distance = Vector256.Max(sum - Vector256.Create(2.0 * d), Vector256<double>.Zero);
            distance = Vector256.ConditionalSelect(Vector256.Equals(distance, distance), distance,
                Vector256.Create(double.PositiveInfinity));
            distance.CopyTo(sums[(four * 4)..]);
        }
    }

    protected override double Finish(double sum) => sum;

    private static FeatureMatrix Prepare(FeatureMatrix rows, string what)
    {
        rows.RequireFinite("KnnClassifier");
        var d = GaussianDivergence.Dimensions(rows.Columns);
        var triangle = d * (d + 1) / 2;
        var prepared = new FeatureMatrix(rows.Rows, d + 2 * triangle);
        for (var r = 0; r < rows.Rows; r++)
        {
            var to = prepared.Row(r);
            rows.Row(r).CopyTo(to);
            var inverse = to[(d + triangle)..];
            if (!GaussianDivergence.TryInvert(to.Slice(d, triangle), d, inverse))
            {
                throw new EngineException(
                    $"KnnClassifier: the covariance of {what} {r} is not positive definite; a silent clip, or fewer frames "
                        + $"than the {d} coefficients need.");
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
