using Engine.Tensors.Cpu;

namespace Engine.Classifiers.Numerics;

/// <summary>
/// The thin QR factorisation A = Q·R of a tall matrix by Householder reflections (Golub and Van Loan, <em>Matrix
/// Computations</em>, 4th ed., 5.2). The columns of A are given as rows, so that each is contiguous. Q is orthonormal to
/// rounding whatever the rank of A.
/// </summary>
internal static class ThinQr
{
    // Values of a vector's update that are worth a task of their own.
    private const int ParallelValues = 1 << 14;

    /// <summary>
    /// Overwrites the k vectors of n values in the rows of <paramref name="vectors"/> <c>[k, n]</c>, k ≤ n, with an orthonormal
    /// basis: row j spans, with those before it, what the first j + 1 vectors spanned.
    /// </summary>
    /// <returns>R <c>[k, k]</c>, upper triangular: vector j was Σᵢ Rᵢⱼ · basis i.</returns>
    /// <exception cref="EngineException">There are more vectors than values.</exception>
    public static FeatureMatrix Factor(FeatureMatrix vectors, int threads = 0)
    {
        var (k, n) = (vectors.Rows, vectors.Columns);
        if (k > n) throw new EngineException($"ThinQr: {k} vectors of {n} values; there must be no more vectors than values.");
        var r = new FeatureMatrix(k, k);
        var tau = new double[k];
        for (var j = 0; j < k; j++)
        {
            var v = vectors.Row(j)[j..];
            for (var i = 0; i < j; i++) r.Row(i)[j] = vectors[j, i];
            (tau[j], r.Row(j)[j]) = Householder.Make(v);
            Reflect(vectors, j, j + 1, k, tau[j], threads);
        }

        // Q = H₀ · H₁ · …, applied to the unit vectors from the last reflection back, each into the row its v leaves.
        for (var j = k - 1; j >= 0; j--)
        {
            Reflect(vectors, j, j + 1, k, tau[j], threads);
            var row = vectors.Row(j);
            row[..j].Clear();
            Vectors.Scale(row[j..], -tau[j]);
            row[j] += 1;
        }

        return r;
    }

    // Applies reflection j, whose v lies in row j from value j on, to the rows [from, to).
    private static void Reflect(FeatureMatrix vectors, int j, int from, int to, double tau, int threads)
    {
        void Rows(int first, int end)
        {
            var v = vectors.Row(j)[j..];
            for (var i = first; i < end; i++) Householder.Apply(tau, v, vectors.Row(from + i)[j..]);
        }

        var length = vectors.Columns - j;
        if (threads == 1) Rows(0, to - from);
        else RowParallel.For(to - from, Math.Max(1, ParallelValues / length), Rows);
    }
}
