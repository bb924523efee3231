using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>
/// One butterfly on as many columns as <typeparamref name="V"/> has lanes: reads <see cref="Size"/> points a step apart,
/// transforms them and hands the results to the sink; the j-th twiddle rotates point j before the butterfly or result j after it.
/// </summary>
internal unsafe interface IRadix<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The number of points.</summary>
    static abstract int Size { get; }

    /// <summary>
    /// Reads at a, b + i + j·step; twiddles as <see cref="ITwiddle{V, T}"/>; writes to re, im + o (+ j·stride).
    /// </summary>
    static abstract void Apply<TSource, TBefore, TAfter, TSink>(
        T* a, T* b, nuint i, nuint step, T* w, nuint p, nuint m, T* re, T* im, nuint o, nuint stride)
        where TSource : ISource<V, T>
        where TBefore : ITwiddle<V, T>
        where TAfter : ITwiddle<V, T>
        where TSink : IRadixSink<V, T>;
}

/// <summary>
/// Rotates point j of a butterfly by w^(j·p). The table holds, for j = 1 … radix - 1, the m real and then the m imaginary parts
/// of that root for p = 0 … m - 1.
/// </summary>
internal unsafe interface ITwiddle<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    static abstract ComplexLanes<V, T> Apply(T* w, nuint j, nuint p, nuint m, ComplexLanes<V, T> x);
}

/// <summary>No rotation: before butterflies, and after those of the last pass.</summary>
internal readonly unsafe struct NoTwiddle<V, T> : ITwiddle<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> Apply(T* w, nuint j, nuint p, nuint m, ComplexLanes<V, T> x) => x;
}

/// <summary>All lanes belong to one p: the middle passes.</summary>
internal readonly unsafe struct SharedTwiddle<V, T> : ITwiddle<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> Apply(T* w, nuint j, nuint p, nuint m, ComplexLanes<V, T> x) =>
        x * new ComplexLanes<V, T> { Re = V.Broadcast(w[(2 * j - 2) * m + p]), Im = V.Broadcast(w[(2 * j - 1) * m + p]) };
}

/// <summary>Lane l belongs to p + l: the first pass.</summary>
internal readonly unsafe struct LaneTwiddle<V, T> : ITwiddle<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> Apply(T* w, nuint j, nuint p, nuint m, ComplexLanes<V, T> x) =>
        x * new ComplexLanes<V, T> { Re = V.Load(w + (2 * j - 2) * m + p), Im = V.Load(w + (2 * j - 1) * m + p) };
}
