using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>Seven points: mirrored pairs share their products.</summary>
internal readonly unsafe struct Radix7<V, T> : IRadix<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Size => 7;

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

        var cos1 = V.Broadcast(T.CreateTruncating(0.62348980185873353053)); // cos(2π/7)
        var cos2 = V.Broadcast(T.CreateTruncating(-0.22252093395631440429)); // cos(4π/7)
        var cos3 = V.Broadcast(T.CreateTruncating(-0.90096886790241912624)); // cos(6π/7)
        var sin1 = V.Broadcast(T.CreateTruncating(0.78183148246802980871)); // sin(2π/7)
        var sin2 = V.Broadcast(T.CreateTruncating(0.97492791218182360702)); // sin(4π/7)
        var sin3 = V.Broadcast(T.CreateTruncating(0.43388373911755812048)); // sin(6π/7)
        var sum1 = x1 + x6;
        var sum2 = x2 + x5;
        var sum3 = x3 + x4;
        var difference1 = x1 - x6;
        var difference2 = x2 - x5;
        var difference3 = x3 - x4;
        var middle1 = x0.Plus(cos1, sum1).Plus(cos2, sum2).Plus(cos3, sum3);
        var middle2 = x0.Plus(cos2, sum1).Plus(cos3, sum2).Plus(cos1, sum3);
        var middle3 = x0.Plus(cos3, sum1).Plus(cos1, sum2).Plus(cos2, sum3);
        var turned1 = (difference1 * sin1).Plus(sin2, difference2).Plus(sin3, difference3);
        var turned2 = (difference1 * sin2).Minus(sin3, difference2).Minus(sin1, difference3);
        var turned3 = (difference1 * sin3).Minus(sin1, difference2).Plus(sin2, difference3);

        TSink.Store(re, im, o, stride, x0 + sum1 + sum2 + sum3,
            TAfter.Apply(w, 1, p, m, middle1.MinusI(turned1)),
            TAfter.Apply(w, 2, p, m, middle2.MinusI(turned2)),
            TAfter.Apply(w, 3, p, m, middle3.MinusI(turned3)),
            TAfter.Apply(w, 4, p, m, middle3.PlusI(turned3)),
            TAfter.Apply(w, 5, p, m, middle2.PlusI(turned2)),
            TAfter.Apply(w, 6, p, m, middle1.PlusI(turned1)));
    }
}
