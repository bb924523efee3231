using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>Four points, without a multiplication.</summary>
internal readonly unsafe struct Radix4<V, T> : IRadix<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Size => 4;

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
        var x2 = TBefore.Apply(w, 2, p, m, TSource.Load(a, b, i + 2 * step));
        var x3 = TBefore.Apply(w, 3, p, m, TSource.Load(a, b, i + 3 * step));

        var even = x0 + x2;
        var evenTurned = x0 - x2;
        var odd = x1 + x3;
        var oddTurned = x1 - x3;

        TSink.Store(re, im, o, stride, even + odd,
            TAfter.Apply(w, 1, p, m, evenTurned.MinusI(oddTurned)),
            TAfter.Apply(w, 2, p, m, even - odd),
            TAfter.Apply(w, 3, p, m, evenTurned.PlusI(oddTurned)));
    }
}
