using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>
/// Eight points: two radix-4 halves joined by eighth roots of unity, whose products are fused into the last additions.
/// </summary>
internal readonly unsafe struct Radix8<V, T> : IRadix<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Size => 8;

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
        var x4 = TBefore.Apply(w, 4, p, m, TSource.Load(a, b, i + 4 * step));
        var x5 = TBefore.Apply(w, 5, p, m, TSource.Load(a, b, i + 5 * step));
        var x6 = TBefore.Apply(w, 6, p, m, TSource.Load(a, b, i + 6 * step));
        var x7 = TBefore.Apply(w, 7, p, m, TSource.Load(a, b, i + 7 * step));

        var half = V.Broadcast(T.CreateTruncating(0.70710678118654752440)); // √½

        var a0 = x0 + x4;
        var a1 = x0 - x4;
        var a2 = x2 + x6;
        var a3 = x2 - x6;
        var even0 = a0 + a2;
        var even1 = a1.MinusI(a3);
        var even2 = a0 - a2;
        var even3 = a1.PlusI(a3);

        var b0 = x1 + x5;
        var b1 = x1 - x5;
        var b2 = x3 + x7;
        var b3 = x3 - x7;
        var odd0 = b0 + b2;
        var odd1 = b1.MinusI(b3);
        var odd2 = b0 - b2;
        var odd3 = b1.PlusI(b3);

        // (1 - i)·odd1 and (1 + i)·odd3: the eighth roots without their factor √½.
        odd1 = odd1.MinusI(odd1);
        odd3 = odd3.PlusI(odd3);

        TSink.Store(re, im, o, stride, even0 + odd0,
            TAfter.Apply(w, 1, p, m, even1.Plus(half, odd1)),
            TAfter.Apply(w, 2, p, m, even2.MinusI(odd2)),
            TAfter.Apply(w, 3, p, m, even3.Minus(half, odd3)),
            TAfter.Apply(w, 4, p, m, even0 - odd0),
            TAfter.Apply(w, 5, p, m, even1.Minus(half, odd1)),
            TAfter.Apply(w, 6, p, m, even2.PlusI(odd2)),
            TAfter.Apply(w, 7, p, m, even3.Plus(half, odd3)));
    }
}
