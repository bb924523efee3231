using System.Numerics;

namespace Engine.Dsp.Fft;

/// <summary>
/// Makes the first pass of <paramref name="Radix"/> over <paramref name="M"/> columns, for each <see cref="Layout"/>.
/// </summary>
internal readonly record struct FirstPassMaker<T>(int Radix, int M, Table<T> Twiddles) : IForWidth<T, Pass<T>[]>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Pass<T>[] Make<V>()
        where V : unmanaged, ILanes<V, T> => Radix switch
        {
            1 => Make<V, Radix1<V, T>>(),
            2 => Make<V, Radix2<V, T>>(),
            3 => Make<V, Radix3<V, T>>(),
            4 => Make<V, Radix4<V, T>>(),
            5 => Make<V, Radix5<V, T>>(),
            7 => Make<V, Radix7<V, T>>(),
            _ => Make<V, Radix8<V, T>>(),
        };

    // In the order of Layout.
    private Pass<T>[] Make<V, TRadix>()
        where V : unmanaged, ILanes<V, T>
        where TRadix : IRadix<V, T> =>
    [
        new FirstPass<V, T, TRadix, SplitPoints<V, T>>((nuint)M, Twiddles),
        new FirstPass<V, T, TRadix, InterleavedPoints<V, T>>((nuint)M, Twiddles),
        new FirstPass<V, T, TRadix, ExchangedPoints<V, T>>((nuint)M, Twiddles),
        new FirstPass<V, T, TRadix, RealPoints<V, T>>((nuint)M, Twiddles),
    ];
}

/// <summary>Makes a middle pass of <paramref name="Radix"/> over M rows of <paramref name="S"/> columns.</summary>
internal readonly record struct MiddlePassMaker<T>(int Radix, int M, int S, Table<T> Twiddles) : IForWidth<T, Pass<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Pass<T> Make<V>()
        where V : unmanaged, ILanes<V, T> => Radix switch
        {
            2 => new MiddlePass<V, T, Radix2<V, T>>((nuint)M, (nuint)S, Twiddles),
            3 => new MiddlePass<V, T, Radix3<V, T>>((nuint)M, (nuint)S, Twiddles),
            4 => new MiddlePass<V, T, Radix4<V, T>>((nuint)M, (nuint)S, Twiddles),
            5 => new MiddlePass<V, T, Radix5<V, T>>((nuint)M, (nuint)S, Twiddles),
            7 => new MiddlePass<V, T, Radix7<V, T>>((nuint)M, (nuint)S, Twiddles),
            _ => new MiddlePass<V, T, Radix8<V, T>>((nuint)M, (nuint)S, Twiddles),
        };
}

/// <summary>
/// Makes the last pass of <paramref name="Radix"/> over <paramref name="S"/> columns, for each <see cref="Layout"/>.
/// </summary>
internal readonly record struct LastPassMaker<T>(int Radix, int S) : IForWidth<T, Pass<T>[]>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Pass<T>[] Make<V>()
        where V : unmanaged, ILanes<V, T> => Radix switch
        {
            1 => Make<V, Radix1<V, T>>(),
            2 => Make<V, Radix2<V, T>>(),
            3 => Make<V, Radix3<V, T>>(),
            4 => Make<V, Radix4<V, T>>(),
            5 => Make<V, Radix5<V, T>>(),
            7 => Make<V, Radix7<V, T>>(),
            _ => Make<V, Radix8<V, T>>(),
        };

    // In the order of Layout.
    private Pass<T>[] Make<V, TRadix>()
        where V : unmanaged, ILanes<V, T>
        where TRadix : IRadix<V, T> =>
    [
        new LastPass<V, T, TRadix, SplitPoints<V, T>>((nuint)S),
        new LastPass<V, T, TRadix, InterleavedPoints<V, T>>((nuint)S),
        new LastPass<V, T, TRadix, ExchangedPoints<V, T>>((nuint)S),
        new LastPass<V, T, TRadix, RealPoints<V, T>>((nuint)S),
    ];
}
