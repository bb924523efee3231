using Engine.Tensors.Cpu;

namespace Engine.Classifiers.Numerics;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix: Householder's reduction to tridiagonal form, then the implicit QL
/// method (Golub and Van Loan, <em>Matrix Computations</em>, 4th ed., 8.3; Martin and Wilkinson 1968). Independent rows and
/// columns are shared out over threads; the result does not depend on their number.
/// </summary>
internal static class SymmetricEigen
{
    // Values that are worth a task of their own.
    private const int ParallelValues = 1 << 14;

    // A strip of the vectors, with 1,000 rows half a megabyte, stays in the second-level cache while rotations run over it.
    private const int StripColumns = 64;

    /// <summary>
    /// The <paramref name="count"/> largest eigenvalues (all by default) of the symmetric <paramref name="a"/> <c>[n, n]</c>,
    /// largest first, and their orthonormal vectors as rows <c>[count, n]</c>. A vector's sign is as it comes.
    /// </summary>
    /// <exception cref="EngineException">
    /// The matrix is not square, has a value that is not finite, or fewer rows than values asked for.
    /// </exception>
    public static (double[] Values, FeatureMatrix Vectors) Largest(FeatureMatrix a, int? count = null, int threads = 0)
    {
        var n = a.Rows;
        var wanted = count ?? n;
        if (n != a.Columns) throw new EngineException($"SymmetricEigen: the matrix is [{n}, {a.Columns}]; it must be square.");
        if (wanted < 0 || wanted > n)
            throw new EngineException($"SymmetricEigen: {wanted} eigenvalues were asked for; the matrix has {n}.");
        a.RequireFinite("SymmetricEigen");
        if (n == 0) return ([], new FeatureMatrix(0, 0));

        // Scaled to at most 1, so that no square overflows.
        var scale = 0.0;
        foreach (var v in a.Data) scale = Math.Max(scale, Math.Abs(v));
        if (scale == 0) scale = 1;
        var work = new FeatureMatrix(n, n);
        for (var i = 0; i < work.Data.Length; i++) work.Data[i] = a.Data[i] / scale;

        var (values, offDiagonal, tau) = Tridiagonalize(work, threads);
        var vectors = new FeatureMatrix(n, n);
        for (var i = 0; i < n; i++) vectors.Row(i)[i] = 1;
        new ImplicitQl(values, offDiagonal, rotations => Rotate(vectors, rotations, threads)).Run();

        var order = Enumerable.Range(0, n).OrderByDescending(i => values[i]).Take(wanted).ToArray();
        vectors = vectors.Select(order);
        TransformBack(work, tau, vectors, threads);
        return ([.. order.Select(i => values[i] * scale)], vectors);
    }

    // A = Q·T·Qᵀ with Q = H₀·H₁·…: returns T's diagonal and off-diagonal and each τ; the v of Hⱼ is left in row j of a, from
    // column j + 1 on. The two-sided update A - v·wᵀ - w·vᵀ of one step is made in the pass that forms the next step's A·v.
    private static (double[] Diagonal, double[] OffDiagonal, double[] Tau) Tridiagonalize(FeatureMatrix a, int threads)
    {
        var n = a.Rows;
        var (diagonal, offDiagonal, tau) = (new double[n], new double[n], new double[n]);
        double[] v = [], w = [], product = new double[n];
        for (var j = 0; j < n; j++)
        {
            // v and w of step j - 1 begin at index j.
            var row = a.Row(j)[j..];
            if (j > 0) Update(row, 0, v, w);
            diagonal[j] = row[0];
            if (j == n - 1) break;
            var next = row[1..];
            (tau[j], offDiagonal[j]) = Householder.Make(next);
            var (reflection, lastV, lastW) = (next.ToArray(), v, w);
            For(n - j - 1, Math.Max(1, ParallelValues / next.Length), threads, (from, to) =>
            {
                for (var i = from; i < to; i++)
                {
                    var current = a.Row(j + 1 + i)[(j + 1)..];
                    if (lastV.Length > 0) Update(current, i + 1, lastV, lastW, skip: 1);
                    product[i] = Vectors.Dot(current, reflection);
                }
            });
            var u = product.AsSpan(0, next.Length);
            Vectors.Scale(u, tau[j]);
            Vectors.AddScaled(u, -tau[j] / 2 * Vectors.Dot(u, reflection), reflection);
            (v, w) = (reflection, u.ToArray());
        }

        return (diagonal, offDiagonal, tau);
    }

    // Row i of A - v·wᵀ - w·vᵀ, from column `skip` on.
    private static void Update(Span<double> row, int i, ReadOnlySpan<double> v, ReadOnlySpan<double> w, int skip = 0)
    {
        Vectors.AddScaled(row, -v[i], w[skip..]);
        Vectors.AddScaled(row, -w[i], v[skip..]);
    }

    private static void Rotate(FeatureMatrix vectors, ReadOnlyMemory<ImplicitQl.Rotation> rotations, int threads) =>
        For(vectors.Columns, StripColumns, threads, (from, to) =>
        {
            foreach (var (row, cosine, sine) in rotations.Span)
            {
                Vectors.Rotate(vectors.Row(row)[from..to], vectors.Row(row + 1)[from..to], cosine, sine);
            }
        });

    // Rows of Sᵀ become rows of (Q·S)ᵀ.
    private static void TransformBack(FeatureMatrix reflections, double[] tau, FeatureMatrix vectors, int threads) =>
        For(vectors.Rows, Math.Max(1, ParallelValues / vectors.Columns), threads, (from, to) =>
        {
            for (var j = vectors.Columns - 2; j >= 0; j--)
            {
                var v = reflections.Row(j)[(j + 1)..];
                for (var i = from; i < to; i++) Householder.Apply(tau[j], v, vectors.Row(i)[(j + 1)..]);
            }
        });

    private static void For(int count, int grain, int threads, Action<int, int> body)
    {
        if (threads == 1) body(0, count);
        else RowParallel.For(count, grain, body);
    }
}
