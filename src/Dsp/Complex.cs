using System.Numerics;
using System.Runtime.InteropServices;

namespace Engine.Dsp;

/// <summary>
/// A complex number stored as its real and imaginary part, in that order: a span of these is NumPy's
/// <c>complex64</c> (T = float) or <c>complex128</c> (T = double) memory.
/// </summary>
/// <param name="Real">The real part.</param>
/// <param name="Imaginary">The imaginary part.</param>
/// <typeparam name="T">float or double.</typeparam>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct Complex<T>(T Real, T Imaginary)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The squared magnitude, re² + im².</summary>
    public T Power => Real * Real + Imaginary * Imaginary;

    /// <summary>The magnitude, sqrt(re² + im²).</summary>
    public T Magnitude => T.Sqrt(Power);

    /// <summary>The complex conjugate.</summary>
    public Complex<T> Conjugate => new(Real, -Imaginary);

    /// <summary>The parts, formatted as by <see cref="System.Numerics.Complex"/>; a record's default text would recurse into
    /// conjugates forever.</summary>
    public override string ToString() => $"<{Real}; {Imaginary}>";

    /// <summary>Adds two numbers.</summary>
    public static Complex<T> operator +(Complex<T> a, Complex<T> b) => new(a.Real + b.Real, a.Imaginary + b.Imaginary);

    /// <summary>Subtracts <paramref name="b"/> from <paramref name="a"/>.</summary>
    public static Complex<T> operator -(Complex<T> a, Complex<T> b) => new(a.Real - b.Real, a.Imaginary - b.Imaginary);

    /// <summary>Multiplies two numbers.</summary>
    public static Complex<T> operator *(Complex<T> a, Complex<T> b) =>
        new(a.Real * b.Real - a.Imaginary * b.Imaginary, a.Real * b.Imaginary + a.Imaginary * b.Real);

    /// <summary>Scales a number.</summary>
    public static Complex<T> operator *(Complex<T> a, T s) => new(a.Real * s, a.Imaginary * s);

    /// <summary>Adds two numbers; the named form of the operator.</summary>
    public static Complex<T> Add(Complex<T> a, Complex<T> b) => a + b;

    /// <summary>Subtracts two numbers; the named form of the operator.</summary>
    public static Complex<T> Subtract(Complex<T> a, Complex<T> b) => a - b;

    /// <summary>Multiplies two numbers; the named form of the operator.</summary>
    public static Complex<T> Multiply(Complex<T> a, Complex<T> b) => a * b;
}
