namespace Engine.Tests.Support;

/// <summary>Naive loops in double: what the kernels are measured against. One file per family, <c>Reference.*.cs</c>.</summary>
internal static partial class Reference
{
    /// <summary>a [m, k] · b [k, n], either stored transposed.</summary>
    public static double[] MatMul(double[] a, double[] b, int m, int n, int k, bool transposeA = false, bool transposeB = false)
    {
        var c = new double[m * n];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                for (var p = 0; p < k; p++) c[i * n + j] += a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j];
            }
        }

        return c;
    }
}
