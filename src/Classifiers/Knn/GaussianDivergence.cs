namespace Engine.Classifiers.Knn;

/// <summary>
/// Models a clip as one Gaussian over its frames; the distance of two clips is the symmetrised Kullback-Leibler divergence
/// (Mandel and Ellis, "Song-level features and support vector machines for music classification", ISMIR 2005).
/// </summary>
/// <remarks>
/// <para>
/// The well-known Python system for GTZAN computes D(i, j) = tr(Sⱼ⁻¹Sᵢ) + (mⱼ - mᵢ)ᵀSⱼ⁻¹(mⱼ - mᵢ) + ln|Sⱼ| - ln|Sᵢ| - k, which is
/// twice the divergence, and ranks by D(i, j) + D(j, i). We compute that sum: the logarithms cancel, so no determinant is formed,
/// and it is tr(Sⱼ⁻¹Sᵢ) + tr(Sᵢ⁻¹Sⱼ) + (mⱼ - mᵢ)ᵀ(Sᵢ⁻¹ + Sⱼ⁻¹)(mⱼ - mᵢ) - 2d. Their code subtracts its number of neighbours where
/// the formula has the dimension d; being constant, it changes no neighbour. With d, a clip has distance 0 from itself.
/// </para>
/// <para>
/// A feature row is the mean, d values, then the upper triangle of the covariance row by row, d(d+1)/2 values: S₀₀ S₀₁ … S₀,d₋₁
/// S₁₁ …: d(d+3)/2 columns (104 for 13 coefficients).
/// </para>
/// <para>
/// The covariance must be positive definite. That of a silent clip, or of one with no more frames than coefficients, is not; such
/// a row is an error rather than regularised, because any ridge would decide its neighbours. Call <see cref="IsValid"/> while the
/// file's name is known.
/// </para>
/// </remarks>
public static class GaussianDivergence
{
    // A pivot below this share of its diagonal element is rounding error: the frames do not span that direction.
    private const double SmallestPivot = 1e-12;

    /// <summary>Columns of a row for <paramref name="dimensions"/> coefficients: d(d+3)/2.</summary>
    /// <exception cref="EngineException">The number is below 1 or above 1000.</exception>
    public static int Columns(int dimensions)
    {
        if (dimensions is < 1 or > 1000)
            throw new EngineException($"GaussianDivergence: {dimensions} dimensions; it must be 1 to 1000.");
        return dimensions * (dimensions + 3) / 2;
    }

    /// <summary>Coefficients d of a row of <paramref name="columns"/> = d(d+3)/2 values.</summary>
    /// <exception cref="EngineException">No d has that many columns.</exception>
    public static int Dimensions(int columns)
    {
        var d = (int)((Math.Sqrt(9 + 8.0 * columns) - 3) / 2 + 0.5);
        if (d is < 1 or > 1000 || Columns(d) != columns)
        {
            throw new EngineException($"GaussianDivergence: {columns} columns are not a mean and covariance; d coefficients " +
                "have d(d+3)/2 (13 have 104).");
        }

        return d;
    }

    /// <summary>
    /// Lays out a mean <c>[d]</c> and a symmetric covariance <c>[d, d]</c> (its upper triangle is read) as a feature row.
    /// </summary>
    /// <exception cref="EngineException">The covariance does not have d × d values.</exception>
    public static double[] ToRow(ReadOnlySpan<double> mean, ReadOnlySpan<double> covariance)
    {
        var d = mean.Length;
        if (covariance.Length != d * d)
            throw new EngineException(
                $"GaussianDivergence: the mean has {d} values but the covariance {covariance.Length}; it needs {d * d}.");
        var row = new double[Columns(d)];
        mean.CopyTo(row);
        var at = d;
        for (var a = 0; a < d; a++)
            for (var b = a; b < d; b++) row[at++] = covariance[a * d + b];
        return row;
    }

    /// <summary>Whether a row is finite and its covariance positive definite, so that it has distances.</summary>
    /// <exception cref="EngineException">The length is not d(d+3)/2 for any d.</exception>
    public static bool IsValid(ReadOnlySpan<double> row)
    {
        var d = Dimensions(row.Length);
        foreach (var v in row)
        {
            if (!double.IsFinite(v)) return false;
        }

        return TryInvert(row[d..], d, new double[row.Length - d]);
    }

    /// <summary>
    /// Inverts a covariance, given as its upper triangle, by Cholesky factorisation; <paramref name="inverse"/> has the same
    /// layout. False if it is not positive definite.
    /// </summary>
    internal static bool TryInvert(ReadOnlySpan<double> triangle, int d, Span<double> inverse)
    {
        // factor = L with S = L·Lᵀ, full d × d; then L is replaced by its inverse, and S⁻¹ = L⁻ᵀ·L⁻¹.
        var factor = new double[d * d];
        for (int a = 0, at = 0; a < d; a++)
            for (var b = a; b < d; b++) factor[b * d + a] = triangle[at++];
        for (var j = 0; j < d; j++)
        {
            var diagonal = factor[j * d + j];
            for (var i = j; i < d; i++)
            {
                var sum = factor[i * d + j];
                for (var k = 0; k < j; k++) sum -= factor[i * d + k] * factor[j * d + k];
                if (i == j)
                {
                    if (!(sum > SmallestPivot * diagonal)) return false;
                    factor[j * d + j] = Math.Sqrt(sum);
                }
                else
                {
                    factor[i * d + j] = sum / factor[j * d + j];
                }
            }
        }

        for (var j = 0; j < d; j++)
        {
            factor[j * d + j] = 1 / factor[j * d + j];
            for (var i = j + 1; i < d; i++)
            {
                double sum = 0;
                for (var k = j; k < i; k++) sum += factor[i * d + k] * factor[k * d + j];
                factor[i * d + j] = -sum / factor[i * d + i];
            }
        }

        for (int a = 0, at = 0; a < d; a++)
        {
            for (var b = a; b < d; b++)
            {
                double sum = 0;
                for (var k = b; k < d; k++) sum += factor[k * d + a] * factor[k * d + b];
                if (!double.IsFinite(sum)) return false;
                inverse[at++] = sum;
            }
        }

        return true;
    }
}
