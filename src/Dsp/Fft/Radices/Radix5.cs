using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>Five points: mirrored pairs share their products.</summary>
internal readonly unsafe struct Radix5<V, T> : IRadix<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Size => 5;

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

        var cos1 = V.Broadcast(T.CreateTruncating(0.30901699437494742410)); // cos(2π/5)
        var cos2 = V.Broadcast(T.CreateTruncating(-0.80901699437494742410)); // cos(4π/5)
        var sin1 = V.Broadcast(T.CreateTruncating(0.95105651629515357212)); // sin(2π/5)
        var sin2 = V.Broadcast(T.CreateTruncating(0.58778525229247312917)); // sin(4π/5)
        var sum1 = x1 + x4;
        var sum2 = x2 + x3;
        var difference1 = x1 - x4;
        var difference2 = x2 - x3;
        var middle1 = x0.Plus(cos1, sum1).Plus(cos2, sum2);
        var middle2 = x0.Plus(cos2, sum1).Plus(cos1, sum2);
        var turned1 = (difference1 * sin1).Plus(sin2, difference2);
        var turned2 = (difference1 * sin2).Minus(sin1, difference2);

        TSink.Store(re, im, o, stride, x0 + sum1 + sum2,
            TAfter.Apply(w, 1, p, m, middle1.MinusI(turned1)),
            TAfter.Apply(w, 2, p, m, middle2.MinusI(turned2)),
            TAfter.Apply(w, 3, p, m, middle2.PlusI(turned2)),
            TAfter.Apply(w, 4, p, m, middle1.PlusI(turned1)));
    }
}
