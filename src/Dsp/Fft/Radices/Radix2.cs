using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>Two points.</summary>
internal readonly unsafe struct Radix2<V, T> : IRadix<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Size => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply<TSource, TBefore, TAfter, TSink>(
        T* a, T* b, nuint i, nuint step, T* w, nuint p, nuint m, T* re, T* im, nuint o, nuint stride)
        where TSource : ISource<V, T>
        where TBefore : ITwiddle<V, T>
        where TAfter : ITwiddle<V, T>
        where TSink : IRadixSink<V, T>
    {
        var x0 = TSource.Load(a, b, i);
        var x1 = TBefore.Apply(w, 1, p, m, TSource.Load(a, b, i + step));
        TSink.Store(re, im, o, stride, x0 + x1,
            TAfter.Apply(w, 1, p, m, x0 - x1));
    }
}
