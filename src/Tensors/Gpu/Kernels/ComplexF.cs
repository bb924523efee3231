using System.Runtime.CompilerServices;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>A complex number; real and imaginary part lie side by side in memory.</summary>
internal struct ComplexF
{
    public float Re, Im;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ComplexF(float re, float im) => (Re, Im) = (re, im);

    /// <summary>The one with the imaginary part negated.</summary>
    public readonly ComplexF Conjugate
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Re, -Im);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexF operator +(ComplexF a, ComplexF b) => new(a.Re + b.Re, a.Im + b.Im);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexF operator -(ComplexF a, ComplexF b) => new(a.Re - b.Re, a.Im - b.Im);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ComplexF operator *(ComplexF a, ComplexF b) => new(a.Re * b.Re - a.Im * b.Im, a.Re * b.Im + a.Im * b.Re);
}
