using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Layer normalisation of rows [rows, n] (Ba, Kiros and Hinton 2016): y = (x - mean)·inverse·weight + bias. Work is split
/// by rows, the gradients of weight and bias by columns.
/// </summary>
internal static unsafe class LayerNorm
{
    private const int Width = 16;
    private const int Grain = 16 * 1024;

    /// <summary>Fills result and, for each row, (mean, 1/√(variance + epsilon)).</summary>
    public static void Forward(
        float* x, int rows, int n, float* weight, float* bias, float epsilon, float* result, float* statistics) =>
            ForRows(rows, n, row =>
    {
        float* from = x + (long)row * n, to = result + (long)row * n;
        var mean = Reductions.Sum(from, n) / n;
        var inverse = (float)(1 / Math.Sqrt(BatchNorm.SquaredDeviations(from, n, mean) / n + epsilon));
        statistics[2 * row] = mean;
        statistics[2 * row + 1] = inverse;
        var (m, s) = (Vector512.Create(mean), Vector512.Create(inverse));
        var j = 0;
        for (; j <= n - Width; j += Width)
            Vector512.FusedMultiplyAdd((Vector512.Load(from + j) - m) * s, Vector512.Load(weight + j), Vector512.Load(bias + j))
                .Store(to + j);
        for (; j < n; j++) to[j] = MathF.FusedMultiplyAdd((from[j] - mean) * inverse, weight[j], bias[j]);
    });

    /// <summary>
    /// gradBias = Σ g, gradWeight = Σ g·x̂ over the rows; in each row, with h = g·weight, gradInput = inverse·(h - mean(h) -
    /// x̂·mean(h·x̂)).
    /// </summary>
    public static void Gradient(
        float* x, int rows, int n, float* statistics, float* weight, float* gradOutput, float* gradInput, float* gradWeight,
        float* gradBias)
    {
        RowParallel.For(n, Math.Max(Width, Grain / Math.Max(1, rows)), (from, to) =>
        {
            new Span<float>(gradWeight + from, to - from).Clear();
            new Span<float>(gradBias + from, to - from).Clear();
            for (var row = 0; row < rows; row++)
            {
                float* g = gradOutput + (long)row * n, v = x + (long)row * n;
                var (mean, inverse) = (statistics[2 * row], statistics[2 * row + 1]);
                for (var i = from; i < to; i++)
                {
                    gradBias[i] += g[i];
                    gradWeight[i] += g[i] * (v[i] - mean) * inverse;
                }
            }
        });
        ForRows(rows, n, row =>
        {
            float* g = gradOutput + (long)row * n, v = x + (long)row * n, to = gradInput + (long)row * n;
            var (mean, inverse) = (statistics[2 * row], statistics[2 * row + 1]);
            double sum = 0, product = 0;
            for (var i = 0; i < n; i++)
            {
                var h = g[i] * weight[i];
                sum += h;
                product += (double)h * (v[i] - mean) * inverse;
            }

            var (constant, slope) = ((float)(sum / n), (float)(product / n));
            for (var i = 0; i < n; i++) to[i] = inverse * (g[i] * weight[i] - constant - (v[i] - mean) * inverse * slope);
        });
    }

    private static void ForRows(int rows, int n, Action<int> body) =>
        RowParallel.For(rows, Math.Max(1, Grain / Math.Max(1, n)), (from, to) =>
    {
        for (var row = from; row < to; row++) body(row);
    });
}
