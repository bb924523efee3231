using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>Where the results of one butterfly go; one overload per radix.</summary>
internal unsafe interface IRadixSink<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    static abstract void Store(T* re, T* im, nuint o, nuint stride, ComplexLanes<V, T> y0);

    static abstract void Store(T* re, T* im, nuint o, nuint stride, ComplexLanes<V, T> y0, ComplexLanes<V, T> y1);

    static abstract void Store(
        T* re, T* im, nuint o, nuint stride, ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2);

    static abstract void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3);

    static abstract void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3,
        ComplexLanes<V, T> y4);

    static abstract void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3,
        ComplexLanes<V, T> y4, ComplexLanes<V, T> y5, ComplexLanes<V, T> y6);

    static abstract void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3,
        ComplexLanes<V, T> y4, ComplexLanes<V, T> y5, ComplexLanes<V, T> y6, ComplexLanes<V, T> y7);
}

/// <summary>Result j goes to o + j·stride: from the second pass on, where a vector holds neighbouring columns.</summary>
internal readonly unsafe struct Strided<V, T, TSink> : IRadixSink<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TSink : ISink<V, T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* re, T* im, nuint o, nuint stride, ComplexLanes<V, T> y0) => TSink.Store(re, im, o, y0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* re, T* im, nuint o, nuint stride, ComplexLanes<V, T> y0, ComplexLanes<V, T> y1)
    {
        TSink.Store(re, im, o, y0);
        TSink.Store(re, im, o + stride, y1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        T* re, T* im, nuint o, nuint stride, ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2)
    {
        TSink.Store(re, im, o, y0);
        TSink.Store(re, im, o + stride, y1);
        TSink.Store(re, im, o + 2 * stride, y2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3)
    {
        Store(re, im, o, stride, y0, y1);
        Store(re, im, o + 2 * stride, stride, y2, y3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3,
        ComplexLanes<V, T> y4)
    {
        Store(re, im, o, stride, y0, y1);
        Store(re, im, o + 2 * stride, stride, y2, y3, y4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3,
        ComplexLanes<V, T> y4, ComplexLanes<V, T> y5, ComplexLanes<V, T> y6)
    {
        Store(re, im, o, stride, y0, y1, y2, y3);
        Store(re, im, o + 4 * stride, stride, y4, y5, y6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3,
        ComplexLanes<V, T> y4, ComplexLanes<V, T> y5, ComplexLanes<V, T> y6, ComplexLanes<V, T> y7)
    {
        Store(re, im, o, stride, y0, y1, y2, y3);
        Store(re, im, o + 4 * stride, stride, y4, y5, y6, y7);
    }
}
