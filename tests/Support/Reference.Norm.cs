namespace Engine.Tests.Support;

internal static partial class Reference
{
    /// <summary>Batch normalisation of x [n, channels, length], with the batch's statistics or given ones; epsilon 1e-5.</summary>
    public static double[] BatchNorm(double[] x, double[] w, double[] b, int n, int channels, int length, (double Mean, double Variance)? running)
    {
        var y = new double[x.Length];
        for (var c = 0; c < channels; c++)
        {
            var places = Enumerable.Range(0, n).SelectMany(i => Enumerable.Range((i * channels + c) * length, length)).ToArray();
            var mean = running?.Mean ?? places.Average(p => x[p]);
            var variance = running?.Variance ?? places.Average(p => (x[p] - mean) * (x[p] - mean));
            foreach (var p in places) y[p] = (x[p] - mean) / Math.Sqrt(variance + 1e-5f) * w[c] + b[c];
        }

        return y;
    }

    /// <summary>Layer normalisation of rows of n; epsilon 1e-5.</summary>
    public static double[] LayerNorm(double[] x, double[] w, double[] b, int n)
    {
        var y = new double[x.Length];
        for (var row = 0; row < x.Length / n; row++)
        {
            var values = x.AsSpan(row * n, n).ToArray();
            var mean = values.Average();
            var deviation = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) + 1e-5f);
            for (var i = 0; i < n; i++) y[row * n + i] = (values[i] - mean) / deviation * w[i] + b[i];
        }

        return y;
    }

    /// <summary>Softmax, or its logarithm, over n values that lie <paramref name="inner"/> apart.</summary>
    public static double[] Softmax(double[] x, int n, int inner, bool logarithm)
    {
        var y = new double[x.Length];
        for (var i = 0; i < x.Length / n; i++)
        {
            var start = i / inner * n * inner + i % inner;
            var sum = Enumerable.Range(0, n).Sum(j => Math.Exp(x[start + j * inner]));
            for (var j = 0; j < n; j++)
            {
                var at = start + j * inner;
                y[at] = logarithm ? x[at] - Math.Log(sum) : Math.Exp(x[at]) / sum;
            }
        }

        return y;
    }
}
