using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>Three points: two real factors, one of them fused into an addition.</summary>
internal readonly unsafe struct Radix3<V, T> : IRadix<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static int Size => 3;

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

        var half = V.Broadcast(T.CreateTruncating(-0.5));
        var sine = V.Broadcast(T.CreateTruncating(0.86602540378443864676)); // sin(2π/3)
        var sum = x1 + x2;
        var turned = (x1 - x2) * sine;
        var middle = x0.Plus(half, sum);

        TSink.Store(re, im, o, stride, x0 + sum,
            TAfter.Apply(w, 1, p, m, middle.MinusI(turned)),
            TAfter.Apply(w, 2, p, m, middle.PlusI(turned)));
    }
}
