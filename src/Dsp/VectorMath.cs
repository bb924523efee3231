using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp;

/// <summary>
/// Vector kernels shared by the spectral front ends. Each falls through from 512, 256 and 128 bits to scalars, each
/// narrower loop being the tail of the wider one. Callers must ensure that all spans are as long as the first.
/// Compiled with full optimisation at the first call: a clip is done before the runtime would notice that they are hot.
/// </summary>
internal static class VectorMath
{
    /// <summary>
    /// <c>Σ a[i]·b[i]</c>. One accumulator per width: callers compute many short products in a row, whose dependency chains
    /// overlap.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Dot<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        var n = (nuint)a.Length;
        nuint i = 0;
        var sum = T.Zero;
        if (Vector512.IsHardwareAccelerated && n >= (nuint)Vector512<T>.Count)
        {
            var acc = Vector512<T>.Zero;
            for (; i + (nuint)Vector512<T>.Count <= n; i += (nuint)Vector512<T>.Count)
                acc = MultiplyAdd(Vector512.LoadUnsafe(ref x, i), Vector512.LoadUnsafe(ref y, i), acc);
            sum += Sum(acc.GetLower() + acc.GetUpper());
        }

        if (Vector256.IsHardwareAccelerated && i + (nuint)Vector256<T>.Count <= n)
        {
            var acc = Vector256<T>.Zero;
            for (; i + (nuint)Vector256<T>.Count <= n; i += (nuint)Vector256<T>.Count)
                acc = MultiplyAdd(Vector256.LoadUnsafe(ref x, i), Vector256.LoadUnsafe(ref y, i), acc);
            sum += Sum(acc);
        }

        if (Vector128.IsHardwareAccelerated && i + (nuint)Vector128<T>.Count <= n)
        {
            var acc = Vector128<T>.Zero;
            for (; i + (nuint)Vector128<T>.Count <= n; i += (nuint)Vector128<T>.Count)
                acc = MultiplyAdd(Vector128.LoadUnsafe(ref x, i), Vector128.LoadUnsafe(ref y, i), acc);
            sum += Vector128.Sum(acc);
        }

        for (; i < n; i++) sum += Unsafe.Add(ref x, i) * Unsafe.Add(ref y, i);
        return sum;
    }

    /// <summary><c>result[i] = a[i]·b[i]</c>.</summary>
    public static void Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> result) =>
        Update<ProductOperator>(a, b, result);

    /// <summary><c>result[i] = a[i]·b[i]</c>, with 0 for anything below 2⁻¹⁰⁰.</summary>
    public static void MultiplyFlushed(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> result) =>
        Update<FlushedProductOperator>(a, b, result);

    /// <summary><c>sum[i] += a[i]·b[i]</c>, rounded after each operation, so that every width gives the same bits.</summary>
    public static void AddProduct(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> sum) =>
        Update<AddProductOperator>(a, b, sum);

    /// <summary><c>sum[i] += scale·a[i]</c>, rounded after each operation, so that every width gives the same bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled<T>(ReadOnlySpan<T> a, T scale, Span<T> sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var z = ref MemoryMarshal.GetReference(sum);
        var n = (nuint)a.Length;
        nuint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + (nuint)Vector512<T>.Count <= n; i += (nuint)Vector512<T>.Count)
                (Vector512.LoadUnsafe(ref z, i) + Vector512.LoadUnsafe(ref x, i) * scale).StoreUnsafe(ref z, i);
        }

        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + (nuint)Vector256<T>.Count <= n; i += (nuint)Vector256<T>.Count)
                (Vector256.LoadUnsafe(ref z, i) + Vector256.LoadUnsafe(ref x, i) * scale).StoreUnsafe(ref z, i);
        }

        if (Vector128.IsHardwareAccelerated)
        {
            for (; i + (nuint)Vector128<T>.Count <= n; i += (nuint)Vector128<T>.Count)
                (Vector128.LoadUnsafe(ref z, i) + Vector128.LoadUnsafe(ref x, i) * scale).StoreUnsafe(ref z, i);
        }

        for (; i < n; i++) Unsafe.Add(ref z, i) += Unsafe.Add(ref x, i) * scale;
    }

    /// <summary><c>result[i] = f(x[i])</c>; the spans may be the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<TMap>(ReadOnlySpan<float> values, Span<float> result, TMap map)
        where TMap : struct, IMap
    {
        ref var x = ref MemoryMarshal.GetReference(values);
        ref var z = ref MemoryMarshal.GetReference(result);
        var n = (nuint)values.Length;
        nuint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 16 <= n; i += 16) map.Apply(Vector512.LoadUnsafe(ref x, i)).StoreUnsafe(ref z, i);
        }

        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 8 <= n; i += 8) map.Apply(Vector256.LoadUnsafe(ref x, i)).StoreUnsafe(ref z, i);
        }

        if (Vector128.IsHardwareAccelerated)
        {
            for (; i + 4 <= n; i += 4) map.Apply(Vector128.LoadUnsafe(ref x, i)).StoreUnsafe(ref z, i);
        }

        for (; i < n; i++) Unsafe.Add(ref z, i) = map.Apply(Unsafe.Add(ref x, i));
    }

    /// <summary>The largest value; NaN is ignored; returns negative infinity if nothing is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(ReadOnlySpan<float> values)
    {
        ref var x = ref MemoryMarshal.GetReference(values);
        var n = (nuint)values.Length;
        nuint i = 0;
        var max = Vector128.Create(float.NegativeInfinity);
        if (Vector512.IsHardwareAccelerated)
        {
            var wide = Vector512.Create(float.NegativeInfinity);
            for (; i + 16 <= n; i += 16) wide = Vector512.MaxNumber(wide, Vector512.LoadUnsafe(ref x, i));
            var half = Vector256.MaxNumber(wide.GetLower(), wide.GetUpper());
            max = Vector128.MaxNumber(half.GetLower(), half.GetUpper());
        }

        for (; i + 4 <= n; i += 4) max = Vector128.MaxNumber(max, Vector128.LoadUnsafe(ref x, i));
        for (; i < n; i++) max = Vector128.MaxNumber(max, Vector128.Create(Unsafe.Add(ref x, i)));
        return float.MaxNumber(float.MaxNumber(max[0], max[1]), float.MaxNumber(max[2], max[3]));
    }

    /// <summary>The sum of a vector's values by halving; <c>Vector256.Sum</c> uses an order that takes twice as long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum<T>(Vector256<T> x)
        where T : unmanaged => Vector128.Sum(x.GetLower() + x.GetUpper());

    // The runtime has no generic fused multiply-add; the type tests vanish at compile time.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> MultiplyAdd<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
            return Vector512.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector512.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
        return a * b + c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> MultiplyAdd<T>(Vector256<T> a, Vector256<T> b, Vector256<T> c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
            return Vector256.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector256.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
        return a * b + c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> MultiplyAdd<T>(Vector128<T> a, Vector128<T> b, Vector128<T> c)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
            return Vector128.MultiplyAddEstimate(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector128.MultiplyAddEstimate(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();
        return a * b + c;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update<TOperator>(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> result)
        where TOperator : struct, IUpdate
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        ref var z = ref MemoryMarshal.GetReference(result);
        var n = (nuint)a.Length;
        nuint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i + 16 <= n; i += 16)
            {
                var (a16, b16) = (Vector512.LoadUnsafe(ref x, i), Vector512.LoadUnsafe(ref y, i));
                TOperator.Apply(a16, b16, Vector512.LoadUnsafe(ref z, i)).StoreUnsafe(ref z, i);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            for (; i + 8 <= n; i += 8)
            {
                var (a8, b8) = (Vector256.LoadUnsafe(ref x, i), Vector256.LoadUnsafe(ref y, i));
                TOperator.Apply(a8, b8, Vector256.LoadUnsafe(ref z, i)).StoreUnsafe(ref z, i);
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            for (; i + 4 <= n; i += 4)
            {
                var (a4, b4) = (Vector128.LoadUnsafe(ref x, i), Vector128.LoadUnsafe(ref y, i));
                TOperator.Apply(a4, b4, Vector128.LoadUnsafe(ref z, i)).StoreUnsafe(ref z, i);
            }
        }

        for (; i < n; i++)
            Unsafe.Add(ref z, i) = TOperator.Apply(Unsafe.Add(ref x, i), Unsafe.Add(ref y, i), Unsafe.Add(ref z, i));
    }

    // The new value of z from a, b and the old z.
    private interface IUpdate
    {
        static abstract Vector512<float> Apply(Vector512<float> a, Vector512<float> b, Vector512<float> z);

        static abstract Vector256<float> Apply(Vector256<float> a, Vector256<float> b, Vector256<float> z);

        static abstract Vector128<float> Apply(Vector128<float> a, Vector128<float> b, Vector128<float> z);

        static abstract float Apply(float a, float b, float z);
    }

    private readonly struct ProductOperator : IUpdate
    {
        public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b, Vector512<float> z) => a * b;

        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, Vector256<float> z) => a * b;

        public static Vector128<float> Apply(Vector128<float> a, Vector128<float> b, Vector128<float> z) => a * b;

        public static float Apply(float a, float b, float z) => a * b;
    }

    private readonly struct FlushedProductOperator : IUpdate
    {
        public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b, Vector512<float> z) => Tiny.Flush(a * b);

        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, Vector256<float> z) => Tiny.Flush(a * b);

        public static Vector128<float> Apply(Vector128<float> a, Vector128<float> b, Vector128<float> z) => Tiny.Flush(a * b);

        public static float Apply(float a, float b, float z) => Tiny.Flush(a * b);
    }

    private readonly struct AddProductOperator : IUpdate
    {
        public static Vector512<float> Apply(Vector512<float> a, Vector512<float> b, Vector512<float> z) => z + a * b;

        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, Vector256<float> z) => z + a * b;

        public static Vector128<float> Apply(Vector128<float> a, Vector128<float> b, Vector128<float> z) => z + a * b;

        public static float Apply(float a, float b, float z) => z + a * b;
    }
}
