using Engine.Classifiers.Numerics;

namespace Engine.Classifiers.Linear;

/// <summary>
/// The mean cross-entropy of softmax(x·Wᵀ + b) plus <c>penalty/2·ΣW²</c>, and its gradient. The parameters are W <c>[classes,
/// columns]</c> followed by b <c>[classes]</c>; b is not penalised.
/// </summary>
internal sealed class LogisticLoss(FeatureMatrix x, int[] labels, int classes, double[] weights, double penalty, int threads)
{
    private readonly double _total = weights.Sum();

    /// <summary>Number of parameters.</summary>
    public int Parameters => checked(classes * (x.Columns + 1));

    /// <summary>Value and gradient at <paramref name="point"/>.</summary>
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        var coefficients = new FeatureMatrix(classes, x.Columns, point[..(classes * x.Columns)].ToArray());
        var bias = point[coefficients.Data.Length..];
        var residuals = MatrixProduct.Multiply(x, coefficients, transposeB: true, threads: threads);
        var biasGradient = gradient[coefficients.Data.Length..];
        biasGradient.Clear();
        double loss = 0;
        for (var r = 0; r < x.Rows; r++)
        {
            var row = residuals.Row(r);
            for (var k = 0; k < row.Length; k++) row[k] += bias[k];
            var weight = weights[r] / _total;
            var score = row[labels[r]];
            loss += weight * (Softmax.Apply(row) - score);
            row[labels[r]] -= 1;
            for (var k = 0; k < row.Length; k++) biasGradient[k] += row[k] *= weight;
        }

        MatrixProduct.Multiply(residuals, x, transposeA: true, threads: threads).Data.CopyTo(gradient);
        for (var i = 0; i < coefficients.Data.Length; i++) gradient[i] += penalty * point[i];
        return loss + penalty / 2 * Vectors.Dot(coefficients.Data, coefficients.Data);
    }
}
