namespace Engine.Classifiers.Numerics;

/// <summary>
/// The factor L of a symmetric positive definite A = L·Lᵀ, L lower triangular, and what it solves (Golub and Van Loan,
/// <em>Matrix Computations</em>, 4th ed., 4.2). Row by row, so that every step is a dot product of contiguous values.
/// </summary>
internal sealed class Cholesky
{
    private readonly FeatureMatrix _factor;

    private Cholesky(FeatureMatrix factor) => _factor = factor;

    /// <summary>Rows and columns of A.</summary>
    public int Size => _factor.Rows;

    /// <summary>L <c>[n, n]</c>, zeros above its diagonal.</summary>
    public FeatureMatrix Factor => _factor;

    /// <summary>ln det A.</summary>
    public double LogDeterminant
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < Size; i++) sum += Math.Log(_factor[i, i]);
            return 2 * sum;
        }
    }

    /// <summary>
    /// Factors the symmetric <paramref name="a"/> <c>[n, n]</c>, of which the lower triangle is read; null if it is not positive
    /// definite.
    /// </summary>
    /// <exception cref="EngineException">It is not square.</exception>
    public static Cholesky? TryFactor(FeatureMatrix a)
    {
        if (a.Rows != a.Columns)
            throw new EngineException($"Cholesky: the matrix is [{a.Rows}, {a.Columns}]; it must be square.");
        var factor = new FeatureMatrix(a.Rows, a.Rows);
        for (var i = 0; i < a.Rows; i++)
        {
            var row = factor.Row(i);
            for (var j = 0; j < i; j++)
            {
                var other = factor.Row(j);
                row[j] = (a[i, j] - Vectors.Dot(row[..j], other[..j])) / other[j];
            }

            var pivot = a[i, i] - Vectors.Dot(row[..i], row[..i]);
            if (!(pivot > 0) || double.IsInfinity(pivot)) return null;
            row[i] = Math.Sqrt(pivot);
        }

        return new Cholesky(factor);
    }

    /// <summary>The x with L·x = b.</summary>
    public double[] SolveLower(ReadOnlySpan<double> b)
    {
        var x = b.ToArray();
        for (var i = 0; i < Size; i++)
        {
            var row = _factor.Row(i);
            x[i] = (x[i] - Vectors.Dot(row[..i], x.AsSpan(0, i))) / row[i];
        }

        return x;
    }

    /// <summary>The x with Lᵀ·x = b.</summary>
    public double[] SolveUpper(ReadOnlySpan<double> b)
    {
        var x = b.ToArray();
        for (var i = Size - 1; i >= 0; i--)
        {
            var row = _factor.Row(i);
            x[i] /= row[i];
            Vectors.AddScaled(x.AsSpan(0, i), -x[i], row[..i]);
        }

        return x;
    }

    /// <summary>The x with A·x = b.</summary>
    public double[] Solve(ReadOnlySpan<double> b) => SolveUpper(SolveLower(b));

    /// <summary>A⁻¹ <c>[n, n]</c>.</summary>
    public FeatureMatrix Inverse()
    {
        var inverse = new FeatureMatrix(Size, Size);
        var unit = new double[Size];
        for (var i = 0; i < Size; i++)
        {
            unit[i] = 1;
            Solve(unit).CopyTo(inverse.Row(i));
            unit[i] = 0;
        }

        return inverse;
    }
}
