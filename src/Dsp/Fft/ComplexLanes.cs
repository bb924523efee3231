using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>As many complex numbers as <typeparamref name="V"/> has lanes, real and imaginary parts apart.</summary>
internal readonly struct ComplexLanes<V, T>(V re, V im)
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public readonly V Re = re, Im = im;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> operator +(ComplexLanes<V, T> a, ComplexLanes<V, T> b) => new(a.Re + b.Re, a.Im + b.Im);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> operator -(ComplexLanes<V, T> a, ComplexLanes<V, T> b) => new(a.Re - b.Re, a.Im - b.Im);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> operator *(ComplexLanes<V, T> a, ComplexLanes<V, T> b) =>
        new(V.MultiplyAdd(a.Re, b.Re, -(a.Im * b.Im)), V.MultiplyAdd(a.Re, b.Im, a.Im * b.Re));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> operator *(ComplexLanes<V, T> a, V s) => new(a.Re * s, a.Im * s);

    /// <summary>this + s·a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ComplexLanes<V, T> Plus(V s, ComplexLanes<V, T> a) => new(V.MultiplyAdd(s, a.Re, Re), V.MultiplyAdd(s, a.Im, Im));

    /// <summary>this - s·a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ComplexLanes<V, T> Minus(V s, ComplexLanes<V, T> a) => new(V.MultiplyAdd(-s, a.Re, Re), V.MultiplyAdd(-s, a.Im, Im));

    /// <summary>this - i·a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ComplexLanes<V, T> MinusI(ComplexLanes<V, T> a) => new(Re + a.Im, Im - a.Re);

    /// <summary>this + i·a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ComplexLanes<V, T> PlusI(ComplexLanes<V, T> a) => new(Re - a.Im, Im + a.Re);
}
