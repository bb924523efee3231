using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Softmax, log-softmax and cross entropy of rows [rows, n]. The maximum is subtracted first, so nothing overflows; a row
/// with a NaN becomes NaN. Work is split by rows.
/// </summary>
internal static unsafe class Softmax
{
    private const int Width = 16;
    private const int Grain = 16 * 1024;

    /// <summary>result = eˣ / Σ eˣ, or x - max - ln Σ.</summary>
    public static void Forward(float* x, bool logarithm, int rows, int n, float* result) => ForRows(rows, n, row =>
    {
        float* source = x + (long)row * n, target = result + (long)row * n;
        var max = Max(source, n);
        var sum = Exponentials(source, max, n, target);
        if (!logarithm)
        {
            var scale = 1 / sum;
            var i = 0;
            for (; i <= n - Width; i += Width) (Vector512.Load(target + i) * scale).Store(target + i);
            for (; i < n; i++) target[i] *= scale;
        }
        else
        {
            var log = MathF.Log(sum);
            for (var i = 0; i < n; i++) target[i] = source[i] - max - log;
        }
    });

    /// <summary>y·(g - Σ g·y) for the softmax y, g - eʸ·Σ g for its logarithm.</summary>
    public static void Gradient(float* output, bool logarithm, float* gradOutput, int rows, int n, float* gradInput) => ForRows(rows, n, row =>
    {
        float* y = output + (long)row * n, g = gradOutput + (long)row * n, target = gradInput + (long)row * n;
        Vector512<float> sums = default;
        float sum = 0;
        var i = 0;
        for (; i <= n - Width; i += Width)
        {
            var gradient = Vector512.Load(g + i);
            sums = logarithm ? sums + gradient : Vector512.FusedMultiplyAdd(gradient, Vector512.Load(y + i), sums);
        }

        for (; i < n; i++) sum += logarithm ? g[i] : g[i] * y[i];
        sum += Vector512.Sum(sums);
        i = 0;
        for (; i <= n - Width; i += Width)
        {
            var (value, gradient) = (Vector512.Load(y + i), Vector512.Load(g + i));
            (logarithm ? gradient - Vector512.Exp(value) * sum : value * (gradient - Vector512.Create(sum))).Store(target + i);
        }

        for (; i < n; i++) target[i] = logarithm ? g[i] - MathF.Exp(y[i]) * sum : y[i] * (g[i] - sum);
    });

    /// <summary>The loss of each row and, unless null, softmax - target.</summary>
    public static void CrossEntropy(float* x, int* labels, float smoothing, int rows, int n, float* losses, float* gradient) => ForRows(rows, n, row =>
    {
        var source = x + (long)row * n;
        var max = Max(source, n);
        var scratch = gradient is null ? null : gradient + (long)row * n;
        var sum = Exponentials(source, max, n, scratch);
        var (offset, spread) = (max + MathF.Log(sum), smoothing / n);
        var loss = (1 - smoothing) * (offset - source[labels[row]]);
        if (smoothing > 0)
        {
            for (var i = 0; i < n; i++) loss += spread * (offset - source[i]);
        }

        losses[row] = loss;
        if (scratch is null) return;
        for (var i = 0; i < n; i++) scratch[i] = scratch[i] / sum - spread;
        scratch[labels[row]] -= 1 - smoothing;
    });

    private static void ForRows(int rows, int n, Action<int> body) => RowParallel.For(rows, Math.Max(1, Grain / Math.Max(1, n)), (from, to) =>
    {
        for (var row = from; row < to; row++) body(row);
    });

    private static float Max(float* x, int n)
    {
        if (n == 0) return 0;
        var max = x[0];
        var i = 0;
        if (n >= Width)
        {
            // Max hands a NaN on.
            var maxima = Vector512.Load(x);
            for (i = Width; i <= n - Width; i += Width) maxima = Vector512.Max(maxima, Vector512.Load(x + i));
            for (var lane = 0; lane < Width; lane++) max = MathF.Max(max, maxima.GetElement(lane));
        }

        for (; i < n; i++) max = MathF.Max(max, x[i]);
        return max;
    }

    // The sum of e^(x - max), whose terms go to the target unless it is null.
    private static float Exponentials(float* x, float max, int n, float* target)
    {
        Vector512<float> sums = default;
        var maxima = Vector512.Create(max);
        var i = 0;
        for (; i <= n - Width; i += Width)
        {
            var value = Vector512.Exp(Vector512.Load(x + i) - maxima);
            if (target is not null) value.Store(target + i);
            sums += value;
        }

        float rest = 0;
        if (i < n)
        {
            // The rest at once: lanes beyond the end are -∞, whose exponential is 0.
            var buffer = stackalloc float[Width];
            new Span<float>(buffer, Width).Fill(float.NegativeInfinity);
            for (var j = i; j < n; j++) buffer[j - i] = x[j] - max;
            var value = Vector512.Exp(Vector512.Load(buffer));
            value.Store(buffer);
            for (var j = i; j < n; j++)
            {
                rest += buffer[j - i];
                if (target is not null) target[j] = buffer[j - i];
            }
        }

        return Vector512.Sum(sums) + rest;
    }
}
