using System.Numerics;
using System.Runtime.CompilerServices;

namespace Engine.Dsp.Fft;

/// <summary>As many complex numbers as <typeparamref name="V"/> has lanes, with separate real and imaginary parts.</summary>
internal struct ComplexLanes<V, T>
    where V : unmanaged, ILanes<V, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public V Re, Im;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> operator +(ComplexLanes<V, T> a, ComplexLanes<V, T> b) =>
    new() { Re = a.Re + b.Re, Im = a.Im + b.Im };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> operator -(ComplexLanes<V, T> a, ComplexLanes<V, T> b) =>
    new() { Re = a.Re - b.Re, Im = a.Im - b.Im };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> operator *(ComplexLanes<V, T> a, ComplexLanes<V, T> b) =>
        new() { Re = V.MultiplySubtract(a.Re, b.Re, a.Im * b.Im), Im = V.MultiplyAdd(a.Re, b.Im, a.Im * b.Re) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexLanes<V, T> operator *(ComplexLanes<V, T> a, V s) => new() { Re = a.Re * s, Im = a.Im * s };

    /// <summary>this + s·a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ComplexLanes<V, T> Plus(V s, ComplexLanes<V, T> a) =>
    new() { Re = V.MultiplyAdd(s, a.Re, Re), Im = V.MultiplyAdd(s, a.Im, Im) };

    /// <summary>this - s·a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ComplexLanes<V, T> Minus(V s, ComplexLanes<V, T> a) =>
    new() { Re = V.SubtractProduct(Re, s, a.Re), Im = V.SubtractProduct(Im, s, a.Im) };

    /// <summary>this - i·a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ComplexLanes<V, T> MinusI(ComplexLanes<V, T> a) => new() { Re = Re + a.Im, Im = Im - a.Re };

    /// <summary>this + i·a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ComplexLanes<V, T> PlusI(ComplexLanes<V, T> a) => new() { Re = Re - a.Im, Im = Im + a.Re };
}
