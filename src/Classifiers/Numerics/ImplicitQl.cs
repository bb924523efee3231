namespace Engine.Classifiers.Numerics;

/// <summary>
/// Diagonalises a symmetric tridiagonal matrix by the QL method with implicit shifts (Dubrulle, Martin and Wilkinson,
/// "The implicit QL algorithm", Numerische Mathematik 12, 1968). What the rotations do to the eigenvectors is handed out in
/// batches, so that the caller can run many rotations over each part of the vectors while the caches hold it.
/// </summary>
/// <param name="diagonal">The diagonal; <see cref="Run"/> leaves the eigenvalues in it, in no order.</param>
/// <param name="offDiagonal">Element i couples i and i + 1; the last is not used. Overwritten.</param>
/// <param name="apply">
/// Takes rotations to apply, in order, to the vectors in rows of a matrix that begins as the identity.
/// </param>
internal sealed class ImplicitQl(double[] diagonal, double[] offDiagonal, Action<ReadOnlyMemory<ImplicitQl.Rotation>> apply)
{
    private const int BatchSize = 1 << 13;

    // LAPACK's limit; about 1.7 are needed.
    private const int MaxSweepsPerValue = 30;

    private readonly Rotation[] _batch = new Rotation[BatchSize];
    private int _count;

    /// <summary>A rotation of rows <c>Row</c> and <c>Row + 1</c>: (x, y) ← (c·x - s·y, s·x + c·y).</summary>
    public readonly record struct Rotation(int Row, double Cosine, double Sine);

    /// <summary>Does it.</summary>
    /// <exception cref="EngineException">It did not converge, which finite values never cause in practice.</exception>
    public void Run()
    {
        var n = diagonal.Length;
        var sweeps = 0;
        for (var first = 0; first < n; first++)
        {
            while (BlockEnd(first) is var last && last > first)
            {
                if (sweeps++ == MaxSweepsPerValue * n)
                    throw new EngineException($"SymmetricEigen: no convergence in {sweeps - 1} sweeps of a matrix of {n} rows.");
                Sweep(first, last);
            }
        }

        Flush();
    }

    // The end of the block that begins at `first`: the couplings inside it are not negligible.
    private int BlockEnd(int first)
    {
        var last = first;
        for (; last < diagonal.Length - 1; last++)
        {
            var size = Math.Abs(diagonal[last]) + Math.Abs(diagonal[last + 1]);
            if (size + Math.Abs(offDiagonal[last]) == size) break;
        }

        return last;
    }

    // One QL sweep over the block, from its end to its beginning, shifted by the eigenvalue of the first 2 × 2 that is nearer
    // to its first element (Wilkinson's shift).
    private void Sweep(int first, int last)
    {
        var (d, e) = (diagonal, offDiagonal);
        var half = (d[first + 1] - d[first]) / (2 * e[first]);
        var root = double.Hypot(half, 1);
        var g = d[last] - d[first] + e[first] / (half + (half >= 0 ? root : -root));
        double sine = 1, cosine = 1, shift = 0;
        for (var i = last - 1; i >= first; i--)
        {
            var (f, b) = (sine * e[i], cosine * e[i]);
            var length = double.Hypot(f, g);
            e[i + 1] = length;
            if (length == 0)
            {
                // The block falls apart here.
                d[i + 1] -= shift;
                e[last] = 0;
                return;
            }

            (sine, cosine) = (f / length, g / length);
            g = d[i + 1] - shift;
            var r = (d[i] - g) * sine + 2 * cosine * b;
            shift = sine * r;
            d[i + 1] = g + shift;
            g = cosine * r - b;
            _batch[_count++] = new Rotation(i, cosine, sine);
            if (_count == BatchSize) Flush();
        }

        d[first] -= shift;
        e[first] = g;
        e[last] = 0;
    }

    private void Flush()
    {
        apply(_batch.AsMemory(0, _count));
        _count = 0;
    }
}
