using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Classifiers.Numerics;

/// <summary>
/// The operations on contiguous doubles that factorisations are made of. Sums run in eight lanes of four accumulators whatever
/// the processor's width, so the bits depend on the length alone. Lengths must agree; the callers' shapes see to it.
/// </summary>
internal static class Vectors
{
    private const int Lanes = 8;

    /// <summary>Σ aᵢ · bᵢ.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b[..a.Length]);
        Vector512<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        nuint i = 0, n = (nuint)a.Length;
        for (; i + 4 * Lanes <= n; i += 4 * Lanes)
        {
            sum0 += At(ref x, i) * At(ref y, i);
            sum1 += At(ref x, i + Lanes) * At(ref y, i + Lanes);
            sum2 += At(ref x, i + 2 * Lanes) * At(ref y, i + 2 * Lanes);
            sum3 += At(ref x, i + 3 * Lanes) * At(ref y, i + 3 * Lanes);
        }

        for (; i + Lanes <= n; i += Lanes) sum0 += At(ref x, i) * At(ref y, i);
        var sum = Vector512.Sum(sum0 + sum1 + (sum2 + sum3));
        for (; i < n; i++) sum += Unsafe.Add(ref x, i) * Unsafe.Add(ref y, i);
        return sum;
    }

    /// <summary>Σ (aᵢ - bᵢ)².</summary>
    public static double SquaredDistance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b[..a.Length]);
        Vector512<double> sum0 = default, sum1 = default;
        nuint i = 0, n = (nuint)a.Length;
        for (; i + 2 * Lanes <= n; i += 2 * Lanes)
        {
            var first = At(ref x, i) - At(ref y, i);
            var second = At(ref x, i + Lanes) - At(ref y, i + Lanes);
            sum0 += first * first;
            sum1 += second * second;
        }

        for (; i + Lanes <= n; i += Lanes)
        {
            var difference = At(ref x, i) - At(ref y, i);
            sum0 += difference * difference;
        }

        var sum = Vector512.Sum(sum0 + sum1);
        for (; i < n; i++)
        {
            var difference = Unsafe.Add(ref x, i) - Unsafe.Add(ref y, i);
            sum += difference * difference;
        }

        return sum;
    }

    /// <summary>y += factor · x.</summary>
    public static void AddScaled(Span<double> y, double factor, ReadOnlySpan<double> x)
    {
        ref var to = ref MemoryMarshal.GetReference(y);
        ref var from = ref MemoryMarshal.GetReference(x[..y.Length]);
        var factors = Vector512.Create(factor);
        nuint i = 0, n = (nuint)y.Length;
        for (; i + Lanes <= n; i += Lanes) (At(ref to, i) + factors * At(ref from, i)).StoreUnsafe(ref to, i);
        for (; i < n; i++) Unsafe.Add(ref to, i) += factor * Unsafe.Add(ref from, i);
    }

    /// <summary>y *= factor.</summary>
    public static void Scale(Span<double> y, double factor)
    {
        foreach (ref var v in y) v *= factor;
    }

    /// <summary>The plane rotation (x, y) ← (c·x - s·y, s·x + c·y).</summary>
    public static void Rotate(Span<double> x, Span<double> y, double c, double s)
    {
        ref var first = ref MemoryMarshal.GetReference(x);
        ref var second = ref MemoryMarshal.GetReference(y[..x.Length]);
        var (cosine, sine) = (Vector512.Create(c), Vector512.Create(s));
        nuint i = 0, n = (nuint)x.Length;
        for (; i + Lanes <= n; i += Lanes)
        {
            var (a, b) = (At(ref first, i), At(ref second, i));
            (cosine * a - sine * b).StoreUnsafe(ref first, i);
            (sine * a + cosine * b).StoreUnsafe(ref second, i);
        }

        for (; i < n; i++)
        {
            var (a, b) = (Unsafe.Add(ref first, i), Unsafe.Add(ref second, i));
            Unsafe.Add(ref first, i) = c * a - s * b;
            Unsafe.Add(ref second, i) = s * a + c * b;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> At(ref double values, nuint i) => Vector512.LoadUnsafe(ref values, i);
}
