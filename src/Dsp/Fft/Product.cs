using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>
/// Multiplies complex points by a table of factors, point by point: what Bluestein's transform does between its passes.
/// </summary>
internal sealed unsafe class Product<V, T, TSource, TSink>(nuint count, Table<T> factors) : Pass<T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
    where TSource : ISource<V, T>
    where TSink : ISink<V, T>
{
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public override void Run(T* a, T* b, T* re, T* im)
    {
        var w = factors.Pointer;
        for (nuint i = 0; i < count; i += V.Count)
        {
            var at = Math.Min(i, count - V.Count);
            TSink.Store(re, im, at, LaneTwiddle<V, T>.Apply(w, 1, at, count, TSource.Load(a, b, at)));
        }
    }
}

/// <summary>
/// Makes the product of <paramref name="Count"/> points and a table, read in each <see cref="Layout"/> and written split.
/// </summary>
internal readonly record struct ProductInMaker<T>(int Count, Table<T> Factors) : IForWidth<T, Pass<T>[]>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Pass<T>[] Make<V>()
        where V : unmanaged, ILanes<V, T> =>
    [
        new Product<V, T, SplitPoints<V, T>, SplitPoints<V, T>>((nuint)Count, Factors),
        new Product<V, T, InterleavedPoints<V, T>, SplitPoints<V, T>>((nuint)Count, Factors),
        new Product<V, T, ExchangedPoints<V, T>, SplitPoints<V, T>>((nuint)Count, Factors),
        new Product<V, T, RealPoints<V, T>, SplitPoints<V, T>>((nuint)Count, Factors),
    ];
}

/// <summary>
/// Makes the product of <paramref name="Count"/> split points and a table, written in each <see cref="Layout"/>.
/// </summary>
internal readonly record struct ProductOutMaker<T>(int Count, Table<T> Factors) : IForWidth<T, Pass<T>[]>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Pass<T>[] Make<V>()
        where V : unmanaged, ILanes<V, T> =>
    [
        new Product<V, T, SplitPoints<V, T>, SplitPoints<V, T>>((nuint)Count, Factors),
        new Product<V, T, SplitPoints<V, T>, InterleavedPoints<V, T>>((nuint)Count, Factors),
        new Product<V, T, SplitPoints<V, T>, ExchangedPoints<V, T>>((nuint)Count, Factors),
        new Product<V, T, SplitPoints<V, T>, RealPoints<V, T>>((nuint)Count, Factors),
    ];
}
