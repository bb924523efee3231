using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>How the points that a transform reads or writes are laid out in memory.</summary>
internal enum Layout
{
    /// <summary>Real and imaginary parts in separate arrays: what the passes work on.</summary>
    Split,

    /// <summary>Real and imaginary part side by side: <see cref="Complex{T}"/>.</summary>
    Interleaved,

    /// <summary>
    /// Imaginary and real part side by side: exchanging them before and after a forward transform makes it the inverse (P.
    /// Duhamel, B. Piron, J. Etcheto, "On computing the inverse DFT", 1988).
    /// </summary>
    Exchanged,

    /// <summary>Real parts only: the imaginary parts read as zero and are dropped when written.</summary>
    Real,
}

/// <summary>Reads complex lanes; <c>re</c> is the address of the data and <c>im</c> that of split imaginary parts.</summary>
internal unsafe interface ISource<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    static abstract ComplexLanes<V, T> Load(T* re, T* im, nuint at);
}

/// <summary>Writes complex lanes.</summary>
internal unsafe interface ISink<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    static abstract void Store(T* re, T* im, nuint at, ComplexLanes<V, T> x);
}

/// <summary><see cref="Layout.Split"/>.</summary>
internal readonly unsafe struct SplitPoints<V, T> : ISource<V, T>, ISink<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> Load(T* re, T* im, nuint at) => new() { Re = V.Load(re + at), Im = V.Load(im + at) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* re, T* im, nuint at, ComplexLanes<V, T> x)
    {
        x.Re.Store(re + at);
        x.Im.Store(im + at);
    }
}

/// <summary><see cref="Layout.Interleaved"/>.</summary>
internal readonly unsafe struct InterleavedPoints<V, T> : ISource<V, T>, ISink<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> Load(T* re, T* im, nuint at)
    {
        V.Unzip(V.Load(re + 2 * at), V.Load(re + 2 * at + V.Count), out var even, out var odd);
        return new() { Re = even, Im = odd };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* re, T* im, nuint at, ComplexLanes<V, T> x)
    {
        V.Zip(x.Re, x.Im, out var low, out var high);
        low.Store(re + 2 * at);
        high.Store(re + 2 * at + V.Count);
    }
}

/// <summary><see cref="Layout.Exchanged"/>.</summary>
internal readonly unsafe struct ExchangedPoints<V, T> : ISource<V, T>, ISink<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> Load(T* re, T* im, nuint at)
    {
        V.Unzip(V.Load(re + 2 * at), V.Load(re + 2 * at + V.Count), out var even, out var odd);
        return new() { Re = odd, Im = even };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* re, T* im, nuint at, ComplexLanes<V, T> x)
    {
        V.Zip(x.Im, x.Re, out var low, out var high);
        low.Store(re + 2 * at);
        high.Store(re + 2 * at + V.Count);
    }
}

/// <summary><see cref="Layout.Real"/>.</summary>
internal readonly unsafe struct RealPoints<V, T> : ISource<V, T>, ISink<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> Load(T* re, T* im, nuint at) => new() { Re = V.Load(re + at), Im = V.Broadcast(T.Zero) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* re, T* im, nuint at, ComplexLanes<V, T> x) => x.Re.Store(re + at);
}
