using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>
/// The results of one column go side by side: the first pass, where a vector holds one result of many columns, so the block is
/// transposed on its way out. Powers of two use a network of zips; odd radices use the network of the next power of two where
/// that is the vector's width, with each column's surplus lanes overwritten by the next column (so the buffer needs room after
/// the last one), and go through memory otherwise.
/// </summary>
internal readonly unsafe struct Transposed<V, T> : IRadixSink<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* re, T* im, nuint o, nuint stride, ComplexLanes<V, T> y0) =>
    SplitPoints<V, T>.Store(re, im, o, y0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* re, T* im, nuint o, nuint stride, ComplexLanes<V, T> y0, ComplexLanes<V, T> y1)
    {
        Zip(re + o, V.Count, y0.Re, y1.Re);
        Zip(im + o, V.Count, y0.Im, y1.Im);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        T* re, T* im, nuint o, nuint stride, ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2)
    {
        if (V.Count == 4) Zip(re + o, 3, y0.Re, y1.Re, y2.Re, y2.Re);
        else Scatter(re + o, y0.Re, y1.Re, y2.Re);
        if (V.Count == 4) Zip(im + o, 3, y0.Im, y1.Im, y2.Im, y2.Im);
        else Scatter(im + o, y0.Im, y1.Im, y2.Im);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3)
    {
        Zip(re + o, V.Count, y0.Re, y1.Re, y2.Re, y3.Re);
        Zip(im + o, V.Count, y0.Im, y1.Im, y2.Im, y3.Im);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3,
        ComplexLanes<V, T> y4)
    {
        if (V.Count == 8) Zip(re + o, 5, y0.Re, y1.Re, y2.Re, y3.Re, y4.Re, y4.Re, y4.Re, y4.Re);
        else Scatter(re + o, y0.Re, y1.Re, y2.Re, y3.Re, y4.Re);
        if (V.Count == 8) Zip(im + o, 5, y0.Im, y1.Im, y2.Im, y3.Im, y4.Im, y4.Im, y4.Im, y4.Im);
        else Scatter(im + o, y0.Im, y1.Im, y2.Im, y3.Im, y4.Im);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3,
        ComplexLanes<V, T> y4, ComplexLanes<V, T> y5, ComplexLanes<V, T> y6)
    {
        if (V.Count == 8) Zip(re + o, 7, y0.Re, y1.Re, y2.Re, y3.Re, y4.Re, y5.Re, y6.Re, y6.Re);
        else Scatter(re + o, y0.Re, y1.Re, y2.Re, y3.Re, y4.Re, y5.Re, y6.Re);
        if (V.Count == 8) Zip(im + o, 7, y0.Im, y1.Im, y2.Im, y3.Im, y4.Im, y5.Im, y6.Im, y6.Im);
        else Scatter(im + o, y0.Im, y1.Im, y2.Im, y3.Im, y4.Im, y5.Im, y6.Im);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(
        T* re, T* im, nuint o, nuint stride,
        ComplexLanes<V, T> y0, ComplexLanes<V, T> y1, ComplexLanes<V, T> y2, ComplexLanes<V, T> y3,
        ComplexLanes<V, T> y4, ComplexLanes<V, T> y5, ComplexLanes<V, T> y6, ComplexLanes<V, T> y7)
    {
        Zip(re + o, V.Count, y0.Re, y1.Re, y2.Re, y3.Re, y4.Re, y5.Re, y6.Re, y7.Re);
        Zip(im + o, V.Count, y0.Im, y1.Im, y2.Im, y3.Im, y4.Im, y5.Im, y6.Im, y7.Im);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Zip(T* to, nuint step, V y0, V y1)
    {
        V.Zip(y0, y1, out var low, out var high);
        low.Store(to);
        high.Store(to + step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Zip(T* to, nuint step, V y0, V y1, V y2, V y3)
    {
        V.Zip(y0, y2, out var evenLow, out var evenHigh);
        V.Zip(y1, y3, out var oddLow, out var oddHigh);
        Zip(to, step, evenLow, oddLow);
        Zip(to + 2 * step, step, evenHigh, oddHigh);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Zip(T* to, nuint step, V y0, V y1, V y2, V y3, V y4, V y5, V y6, V y7)
    {
        V.Zip(y0, y4, out var low0, out var high0);
        V.Zip(y1, y5, out var low1, out var high1);
        V.Zip(y2, y6, out var low2, out var high2);
        V.Zip(y3, y7, out var low3, out var high3);
        Zip(to, step, low0, low1, low2, low3);
        Zip(to + 4 * step, step, high0, high1, high2, high3);
    }

    [MethodImpl(MethodImplOptions.NoInlining), SkipLocalsInit]
    private static void Scatter(T* to, V y0, V y1, V y2)
    {
        var rows = stackalloc T[3 * 16];
        y0.Store(rows);
        y1.Store(rows + V.Count);
        y2.Store(rows + 2 * V.Count);
        for (nuint lane = 0; lane < V.Count; lane++, to += 3)
        {
            to[0] = rows[lane];
            to[1] = rows[lane + V.Count];
            to[2] = rows[lane + 2 * V.Count];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining), SkipLocalsInit]
    private static void Scatter(T* to, V y0, V y1, V y2, V y3, V y4)
    {
        var rows = stackalloc T[5 * 16];
        y0.Store(rows);
        y1.Store(rows + V.Count);
        y2.Store(rows + 2 * V.Count);
        y3.Store(rows + 3 * V.Count);
        y4.Store(rows + 4 * V.Count);
        for (nuint lane = 0; lane < V.Count; lane++, to += 5)
        {
            to[0] = rows[lane];
            to[1] = rows[lane + V.Count];
            to[2] = rows[lane + 2 * V.Count];
            to[3] = rows[lane + 3 * V.Count];
            to[4] = rows[lane + 4 * V.Count];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining), SkipLocalsInit]
    private static void Scatter(T* to, V y0, V y1, V y2, V y3, V y4, V y5, V y6)
    {
        var rows = stackalloc T[7 * 16];
        y0.Store(rows);
        y1.Store(rows + V.Count);
        y2.Store(rows + 2 * V.Count);
        y3.Store(rows + 3 * V.Count);
        y4.Store(rows + 4 * V.Count);
        y5.Store(rows + 5 * V.Count);
        y6.Store(rows + 6 * V.Count);
        for (nuint lane = 0; lane < V.Count; lane++, to += 7)
        {
            to[0] = rows[lane];
            to[1] = rows[lane + V.Count];
            to[2] = rows[lane + 2 * V.Count];
            to[3] = rows[lane + 3 * V.Count];
            to[4] = rows[lane + 4 * V.Count];
            to[5] = rows[lane + 5 * V.Count];
            to[6] = rows[lane + 6 * V.Count];
        }
    }
}
