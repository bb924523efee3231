using Engine.Classifiers.Numerics;
using Engine.Tensors;

namespace Engine.Classifiers.Decomposition;

/// <summary>The leading right singular vectors of rows minus their mean.</summary>
/// <param name="Axes">The vectors as rows, <c>[count, columns]</c>, largest singular value first, with normalised signs.</param>
/// <param name="Squares">The squared singular values.</param>
/// <param name="TotalSquares">The sum of all squared singular values.</param>
internal sealed record PrincipalAxes(FeatureMatrix Axes, double[] Squares, double TotalSquares)
{
    // Squares below this share of the largest are rounding error of the Gram matrix.
    private const double Noise = 1e-14;

    // As in scikit-learn's randomized_svd.
    private const int Oversampling = 10;
    private const int PowerIterations = 7;

    /// <summary>Uses the eigenvectors of the Gram matrix of the columns or, if there are fewer of them, the rows.</summary>
    public static PrincipalAxes Full(FeatureMatrix x, double[] mean, int count, int threads)
    {
        if (x.Columns <= x.Rows)
        {
            var gram = Centered.GramOfColumns(x, mean, threads);
            var (values, vectors) = SymmetricEigen.Largest(gram, count, threads);
            return Finish(vectors, values, Trace(gram));
        }

        // With XXᵀ·u = σ²·u the axis is Xᵀ·u / σ.
        var ofRows = Centered.GramOfRows(x, mean, threads);
        var (squares, left) = SymmetricEigen.Largest(ofRows, count, threads);
        return Finish(FromLeft(Centered.LeftProduct(left, x, mean, threads), squares, threads), squares, Trace(ofRows));
    }

    /// <summary>
    /// Uses a random sketch: the range of X·Ω for a normal Ω, sharpened by power iterations with orthonormalisation in between
    /// (Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 53, 2011, algorithms 4.4 and 5.1).
    /// </summary>
    public static PrincipalAxes Randomized(FeatureMatrix x, double[] mean, int count, ulong seed, int threads)
    {
        var size = Math.Min(count + Oversampling, Math.Min(x.Rows, x.Columns));
        var random = new RandomStream(seed, "pca");
        var sketch = new FeatureMatrix(size, x.Columns);
        foreach (ref var v in sketch.Data.AsSpan()) v = random.NextGaussian();
        var range = Range(sketch);
        for (var i = 0; i < PowerIterations; i++)
        {
            var back = Centered.LeftProduct(range, x, mean, threads);
            ThinQr.Factor(back, threads);
            range = Range(back);
        }

        // B = Qᵀ·X is small on one side; its axes are the rows' axes.
        var b = Centered.LeftProduct(range, x, mean, threads);
        var (squares, left) = SymmetricEigen.Largest(MatrixProduct.Gram(b, threads: threads), count, threads);
        return Finish(FromLeft(MatrixProduct.Multiply(left, b, threads: threads), squares, threads), squares,
            Centered.Squares(x, mean));

        // An orthonormal basis of X·vectorsᵀ, as rows.
        FeatureMatrix Range(FeatureMatrix vectors)
        {
            var projected = Centered.Project(x, mean, vectors, threads);
            var basis = new FeatureMatrix(size, x.Rows);
            for (var r = 0; r < x.Rows; r++)
            {
                for (var c = 0; c < size; c++) basis.Row(c)[r] = projected[r, c];
            }

            ThinQr.Factor(basis, threads);
            return basis;
        }
    }

    // Scales uᵀX to length 1. Where σ is rounding noise, so is the row, and an orthonormal completion replaces it.
    private static FeatureMatrix FromLeft(FeatureMatrix axes, double[] squares, int threads)
    {
        var complete = true;
        for (var i = 0; i < axes.Rows; i++)
        {
            var axis = axes.Row(i);
            if (squares[i] > Noise * axes.Columns * squares[0])
            {
                Vectors.Scale(axis, 1 / Math.Sqrt(Vectors.Dot(axis, axis)));
            }
            else
            {
                axis.Clear();
                complete = false;
            }
        }

        if (!complete) ThinQr.Factor(axes, threads);
        return axes;
    }

    private static PrincipalAxes Finish(FeatureMatrix axes, double[] squares, double total)
    {
        for (var i = 0; i < axes.Rows; i++)
        {
            var axis = axes.Row(i);
            var largest = 0;
            for (var c = 1; c < axis.Length; c++)
            {
                if (Math.Abs(axis[c]) > Math.Abs(axis[largest])) largest = c;
            }

            if (axis[largest] < 0) Vectors.Scale(axis, -1);
        }

        return new(axes, [.. squares.Select(s => Math.Max(0, s))], total);
    }

    private static double Trace(FeatureMatrix gram)
    {
        var sum = 0.0;
        for (var i = 0; i < gram.Rows; i++) sum += gram[i, i];
        return sum;
    }
}
