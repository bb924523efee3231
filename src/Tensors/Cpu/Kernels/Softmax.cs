using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tiny = Engine.Dsp.Tiny;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Softmax, log-softmax and cross entropy of rows [rows, n]. The maximum is subtracted first, so nothing overflows; a row with a
/// NaN becomes NaN. Work is split by rows. Rows shorter than two vectors (ten genres) are transposed so that sixteen of them lie
/// side by side in the lanes. Probabilities are never subnormal, and gradients below 2⁻¹⁰⁰ are 0: see <see cref="Tiny"/>.
/// </summary>
internal static unsafe class Softmax
{
    private const int Width = 16;
    private const int Grain = 16 * 1024;
    private const int Short = 2 * Width;

    // Gets sixteen rows from `row` on, of which `count` exist, and two pieces of scratch memory.
    private delegate void LaneBody(int row, int count, float* lanes, float* others);

    /// <summary>result = eˣ / Σ eˣ, or x - max - ln Σ.</summary>
    public static void Forward(float* x, bool logarithm, int rows, int n, float* result)
    {
        if (n < Short) ForLanes(rows, n, (row, count, lanes, _) =>
        {
            Turn(x + (long)row * n, count, n, lanes);
            ForwardLanes(lanes, logarithm, n);
            TurnBack(lanes, count, n, result + (long)row * n);
        });
        else ForRows(rows, n, row =>
        {
            float* source = x + (long)row * n, target = result + (long)row * n;
            var max = Reductions.Maximum(source, n);
            var sum = Exponentials(source, max, n, logarithm ? null : target);
            if (logarithm) Line(source, max, 1, -MathF.Log(sum), n, target);
            else Line(target, 0, 1 / sum, 0, n, target);
        });
    }

    /// <summary>y·(g - Σ g·y) for the softmax y; g - eʸ·Σ g for its logarithm y.</summary>
    public static void Gradient(float* output, bool logarithm, float* gradOutput, int rows, int n, float* gradInput)
    {
        if (n < Short) ForLanes(rows, n, (row, count, lanes, others) =>
        {
            Turn(output + (long)row * n, count, n, lanes);
            Turn(gradOutput + (long)row * n, count, n, others);
            GradientLanes(lanes, logarithm, others, n);
            TurnBack(others, count, n, gradInput + (long)row * n);
        });
        else ForRows(rows, n, row =>
            GradientRow(output + (long)row * n, logarithm, gradOutput + (long)row * n, n, gradInput + (long)row * n));
    }

    /// <summary>The loss of each row and, unless null, softmax - target.</summary>
    public static void CrossEntropy(float* x, int* labels, float smoothing, int rows, int n, float* losses, float* gradient) =>
        ForRows(rows, n, row =>
    {
        var source = x + (long)row * n;
        var max = Reductions.Maximum(source, n);
        var scratch = gradient is null ? null : gradient + (long)row * n;
        var sum = Exponentials(source, max, n, scratch);
        var (offset, spread) = (max + MathF.Log(sum), smoothing / n);
        losses[row] = (1 - smoothing) * (offset - source[labels[row]]);

        // Not the sum of all distances: they share one sign, so a running sum of them would drift.
        if (smoothing > 0) losses[row] += smoothing * (offset - Reductions.Sum(source, n) / n);
        if (scratch is null) return;
        for (var i = 0; i < n; i++) scratch[i] = Tiny.Flush(scratch[i] / sum - spread);
        scratch[labels[row]] -= 1 - smoothing;
    });

    private static void ForRows(int rows, int n, Action<int> body) =>
        RowParallel.For(rows, RowParallel.Stretch(rows, Math.Max(1, Grain / Math.Max(1, n))), (from, to) =>
    {
        for (var row = from; row < to; row++) body(row);
    });

    private static void ForLanes(int rows, int n, LaneBody body) =>
        RowParallel.For(rows, RowParallel.Stretch(rows / Width, Math.Max(1, Grain / Math.Max(1, n) / Width)) * Width,
            (from, to) =>
    {
        float* lanes = stackalloc float[Short * Width], others = stackalloc float[Short * Width];
        for (var row = from; row < to; row += Width) body(row, Math.Min(Width, to - row), lanes, others);
    });

    // Transposes up to sixteen rows of n to n vectors, and back.
    private static void Turn(float* rows, int count, int n, float* lanes) =>
        new MatrixOperand<float>(rows, n, 1).Pack(0, count, Width, 0, n, lanes);

    private static void TurnBack(float* lanes, int count, int n, float* rows) =>
        new MatrixOperand<float>(lanes, Width, 1).Pack(0, n, n, 0, count, rows);

    private static void ForwardLanes(float* lanes, bool logarithm, int n)
    {
        var max = Vector512.Create(float.NegativeInfinity);
        for (var i = 0; i < n; i++) max = Vector512.Max(max, Vector512.Load(lanes + i * Width));
        Vector512<float> sum = default;
        for (var i = 0; i < n; i++)
        {
            var value = VectorMath.Exp(Vector512.Load(lanes + i * Width) - max);
            if (!logarithm) value.Store(lanes + i * Width);
            sum += value;
        }

        var (log, scale) = (Vector512.Log(sum), Vector512<float>.One / sum);
        for (var i = 0; i < n; i++)
        {
            var value = Vector512.Load(lanes + i * Width);
            (logarithm ? value - max - log : Tiny.FlushSubnormal(value * scale)).Store(lanes + i * Width);
        }
    }

    private static void GradientLanes(float* output, bool logarithm, float* gradient, int n)
    {
        Vector512<float> sum = default;
        for (var i = 0; i < n; i++)
        {
            var g = Vector512.Load(gradient + i * Width);
            sum = logarithm ? sum + g : Vector512.FusedMultiplyAdd(g, Vector512.Load(output + i * Width), sum);
        }

        for (var i = 0; i < n; i++)
        {
            var (y, g) = (Vector512.Load(output + i * Width), Vector512.Load(gradient + i * Width));
            Tiny.Flush(logarithm ? g - VectorMath.Exp(y) * sum : y * (g - sum)).Store(gradient + i * Width);
        }
    }

    private static void GradientRow(float* y, bool logarithm, float* g, int n, float* target)
    {
        if (logarithm)
        {
            var sum = Reductions.Sum(g, n);
            var i = 0;
            for (; i <= n - Width; i += Width)
                Tiny.Flush(Vector512.Load(g + i) - VectorMath.Exp(Vector512.Load(y + i)) * sum).Store(target + i);
            for (; i < n; i++) target[i] = Tiny.Flush(g[i] - MathF.Exp(y[i]) * sum);
        }
        else
        {
            var sum = Product(g, y, n);
            var i = 0;
            for (; i <= n - Width; i += Width)
            {
                Prefetch(y + n + i);
                Prefetch(g + n + i);
                Tiny.Flush(Vector512.Load(y + i) * (Vector512.Load(g + i) - Vector512.Create(sum))).Store(target + i);
            }

            for (; i < n; i++) target[i] = Tiny.Flush(y[i] * (g[i] - sum));
        }
    }

    // Fetches the next row's values while this row is computed; beyond the last row it does no harm.
    private static void Prefetch(float* next)
    {
        if (Sse.IsSupported) Sse.Prefetch0(next);
    }

    // Σ a·b, in four sums of sixteen lanes.
    private static float Product(float* a, float* b, int n)
    {
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        var i = 0;
        for (; i <= n - 4 * Width; i += 4 * Width)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + Width), Vector512.Load(b + i + Width), s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + 2 * Width), Vector512.Load(b + i + 2 * Width), s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i + 3 * Width), Vector512.Load(b + i + 3 * Width), s3);
        }

        for (; i <= n - Width; i += Width) s0 = Vector512.FusedMultiplyAdd(Vector512.Load(a + i), Vector512.Load(b + i), s0);
        var sum = Vector512.Sum(s0 + s1 + (s2 + s3));
        for (; i < n; i++) sum += a[i] * b[i];
        return sum;
    }

    // target = (x - shift)·scale + offset.
    private static void Line(float* x, float shift, float scale, float offset, int n, float* target)
    {
        var (a, b, c) = (Vector512.Create(shift), Vector512.Create(scale), Vector512.Create(offset));
        var i = 0;
        for (; i <= n - Width; i += Width)
            Tiny.FlushSubnormal(Vector512.FusedMultiplyAdd(Vector512.Load(x + i) - a, b, c)).Store(target + i);
        for (; i < n; i++) target[i] = Tiny.FlushSubnormal(MathF.FusedMultiplyAdd(x[i] - shift, scale, offset));
    }

    // The sum of e^(x - max), with its terms written to the target unless null.
    private static float Exponentials(float* x, float max, int n, float* target)
    {
        Vector512<float> sums = default;
        var maxima = Vector512.Create(max);
        var i = 0;
        for (; i <= n - Width; i += Width)
        {
            Prefetch(x + n + i);
            var value = VectorMath.Exp(Vector512.Load(x + i) - maxima);
            if (target is not null) value.Store(target + i);
            sums += value;
        }

        float rest = 0;
        if (i < n)
        {
            // The rest in one vector: lanes beyond the end are -∞, whose exponential is 0.
            var buffer = stackalloc float[Width];
            new Span<float>(buffer, Width).Fill(float.NegativeInfinity);
            for (var j = i; j < n; j++) buffer[j - i] = x[j] - max;
            var value = VectorMath.Exp(Vector512.Load(buffer));
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
