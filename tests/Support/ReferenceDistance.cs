namespace Engine.Tests.Support;

/// <summary>Distances of two rows by their definitions, one term after the other.</summary>
public static class ReferenceDistance
{
    public static double Euclidean(double[] a, double[] b) =>
        Math.Sqrt(a.Zip(b).Sum(p => (p.First - p.Second) * (p.First - p.Second)));

    public static double Manhattan(double[] a, double[] b) => a.Zip(b).Sum(p => Math.Abs(p.First - p.Second));

    public static double Chebyshev(double[] a, double[] b) => a.Zip(b).Max(p => Math.Abs(p.First - p.Second));

    public static double Cosine(double[] a, double[] b)
    {
        var lengths = Math.Sqrt(a.Sum(v => v * v)) * Math.Sqrt(b.Sum(v => v * v));
        return lengths == 0 ? 1 : 1 - a.Zip(b).Sum(p => p.First * p.Second) / lengths;
    }

    /// <summary>D(a, b) + D(b, a) with determinants and all: D = tr(B⁻¹A) + (b - a)ᵀB⁻¹(b - a) + ln|B| - ln|A| - d.</summary>
    public static double Gaussian(double[] meanA, double[,] covA, double[] meanB, double[,] covB) =>
        OneWay(meanA, covA, meanB, covB) + OneWay(meanB, covB, meanA, covA);

    private static double OneWay(double[] meanA, double[,] covA, double[] meanB, double[,] covB)
    {
        var d = meanA.Length;
        var (inverse, logDetB) = Invert(covB);
        var logDetA = Invert(covA).LogDeterminant;
        var sum = logDetB - logDetA - d;
        for (var i = 0; i < d; i++)
        {
            for (var j = 0; j < d; j++)
            {
                sum += inverse[i, j] * covA[j, i] + (meanB[i] - meanA[i]) * inverse[i, j] * (meanB[j] - meanA[j]);
            }
        }

        return sum;
    }

    // Gauss and Jordan with pivoting: another way than the Cholesky factor of the code under test.
    private static (double[,] Inverse, double LogDeterminant) Invert(double[,] matrix)
    {
        var d = matrix.GetLength(0);
        var a = (double[,])matrix.Clone();
        var inverse = new double[d, d];
        for (var i = 0; i < d; i++) inverse[i, i] = 1;
        double logDeterminant = 0;
        for (var c = 0; c < d; c++)
        {
            var pivot = Enumerable.Range(c, d - c).MaxBy(r => Math.Abs(a[r, c]));
            for (var k = 0; k < d; k++)
            {
                (a[c, k], a[pivot, k]) = (a[pivot, k], a[c, k]);
                (inverse[c, k], inverse[pivot, k]) = (inverse[pivot, k], inverse[c, k]);
            }

            logDeterminant += Math.Log(Math.Abs(a[c, c]));
            var scale = a[c, c];
            for (var k = 0; k < d; k++) (a[c, k], inverse[c, k]) = (a[c, k] / scale, inverse[c, k] / scale);
            for (var r = 0; r < d; r++)
            {
                if (r == c) continue;
                var factor = a[r, c];
                for (var k = 0; k < d; k++)
                    (a[r, k], inverse[r, k]) = (a[r, k] - factor * a[c, k], inverse[r, k] - factor * inverse[c, k]);
            }
        }

        return (inverse, logDeterminant);
    }
}
