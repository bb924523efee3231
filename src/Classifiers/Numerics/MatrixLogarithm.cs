using System.ComponentModel;

namespace Engine.Classifiers.Numerics;

/// <summary>
/// The logarithm of symmetric positive definite matrices, which turns covariances into vectors whose Euclidean distance respects
/// their geometry (Arsigny, Fillard, Pennec and Ayache, "Log-Euclidean metrics", 2006).
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class MatrixLogarithm
{
    /// <summary>
    /// The upper triangle of log(<paramref name="a"/> + <paramref name="ridge"/>·I), row by row; what is off the diagonal stands
    /// for two entries and is multiplied by √2.
    /// </summary>
    /// <param name="a">A symmetric matrix <c>[n, n]</c> without negative eigenvalues, but for rounding.</param>
    /// <param name="ridge">Added to the eigenvalues, and the least that any counts as; above 0.</param>
    /// <exception cref="EngineException">The matrix is not square, or holds a value that is not finite.</exception>
    public static double[] UpperTriangle(FeatureMatrix a, double ridge)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(ridge);
        var n = a.Rows;
        var (values, vectors) = SymmetricEigen.Largest(a, threads: 1);
        var triangle = new double[n * (n + 1) / 2];
        for (var e = 0; e < n; e++)
        {
            var (log, vector) = (Math.Log(Math.Max(values[e], 0) + ridge), vectors.Row(e).ToArray());
            for (int i = 0, at = 0; i < n; i++)
            {
                var weight = log * vector[i];
                triangle[at++] += weight * vector[i];
                for (var j = i + 1; j < n; j++) triangle[at++] += Math.Sqrt(2) * weight * vector[j];
            }
        }

        return triangle;
    }
}
