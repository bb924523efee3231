using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Functions of sixteen floats that the base library lacks, each within a few units in the last place. NaN in, NaN out.
/// </summary>
internal static class VectorMath
{
    /// <summary>c - a·b, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SubtractProduct(Vector512<float> c, Vector512<float> a, Vector512<float> b) =>
        Avx512F.IsSupported ? Avx512F.FusedMultiplyAddNegated(a, b, c) : Vector512.FusedMultiplyAdd(-a, b, c);

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Vector512.Exp(-x));

    /// <summary>
    /// tanh: an odd polynomial below 0.625, where 1 - 2/(e²ˣ + 1) would cancel, that quotient above (Cephes, tanhf).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        var magnitude = Vector512.Abs(x);
        var square = x * x;
        var series = Polynomial(square, -5.70498872745E-3f, 2.06390887954E-2f, -5.37397155531E-2f, 1.33314422036E-1f, -3.33332819422E-1f);
        var small = Vector512.FusedMultiplyAdd(series * square, x, x);
        var large = Vector512<float>.One - Vector512.Create(2f) / (Vector512.Exp(magnitude + magnitude) + Vector512<float>.One);
        return Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(0.625f)), small, Vector512.CopySign(large, x));
    }

    /// <summary>
    /// ln(1 + eˣ) = max(x, 0) + ln(1 + e^-|x|); the logarithm by 2·artanh(t/(2 + t)), which keeps its precision for small t.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Softplus(Vector512<float> x)
    {
        var t = Vector512.Exp(-Vector512.Abs(x));
        var one = Vector512<float>.One;

        // ln(1 + t) = ln(u)·t/(u - 1) with u = 1 + t as rounded corrects the rounding of u (Higham, "Accuracy and Stability", 1.14.1).
        var u = one + t;
        var log = Vector512.ConditionalSelect(Vector512.Equals(u, one), t, Vector512.Log(u) * t / (u - one));
        return Vector512.ConditionalSelect(Vector512.GreaterThan(x, default), x, Vector512<float>.Zero) + log;
    }

    /// <summary>
    /// The error function: x times a polynomial of x² below 1, 1 - erfc above, with erfc(x) = e^(-x²)·P(1/x) (Cephes, ndtrf).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Erf(Vector512<float> x)
    {
        var magnitude = Vector512.Abs(x);
        var square = x * x;
        var small = x * Polynomial(
            square, 7.853861353153693E-5f, -8.010193625184903E-4f, 5.188327685732524E-3f, -2.685381193529856E-2f, 1.128358514861418E-1f, -3.761262582423300E-1f, 1.128379165726710E+0f);
        var q = Vector512<float>.One / magnitude;
        var y = q * q;
        var near = Polynomial(
            y, 2.326819970068386E-2f, -1.387039388740657E-1f, 3.687424674597105E-1f, -5.824733027278666E-1f, 6.210004621745983E-1f, -4.944515323274145E-1f, 3.404879937665872E-1f, -2.741127028184656E-1f, 5.638259427386472E-1f);
        var far = Polynomial(
            y, -1.047766399936249E+1f, 1.297719955372516E+1f, -7.495518717768503E+0f, 2.921019019210786E+0f, -1.015265279202700E+0f, 4.218463358204948E-1f, -2.820767439740514E-1f, 5.641895067754075E-1f);
        var tail = Vector512.Exp(-square) * q * Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(2f)), near, far);
        var large = Vector512.CopySign(Vector512<float>.One - tail, x);

        // e^(-x²)/x underflows to 0·0 at infinity; erf is 1 there.
        large = Vector512.ConditionalSelect(Vector512.GreaterThan(magnitude, Vector512.Create(9f)), Vector512.CopySign(Vector512<float>.One, x), large);
        return Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512<float>.One), small, large);
    }

    /// <summary>xᵖ: the common exponents by multiplication, division and square root, others element by element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Power(Vector512<float> x, float p)
    {
        if (p == 2) return x * x;
        if (p == 1) return x;
        if (p == 0.5f) return Vector512.Sqrt(x);
        if (p == -1) return Vector512<float>.One / x;
        if (p == 3) return x * x * x;
        if (p == 0) return Vector512<float>.One;
        var result = x;
        for (var i = 0; i < Vector512<float>.Count; i++) result = result.WithElement(i, MathF.Pow(x.GetElement(i), p));
        return result;
    }

    // Horner's rule, highest coefficient first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Polynomial(Vector512<float> x, params ReadOnlySpan<float> coefficients)
    {
        var sum = Vector512.Create(coefficients[0]);
        for (var i = 1; i < coefficients.Length; i++) sum = Vector512.FusedMultiplyAdd(sum, x, Vector512.Create(coefficients[i]));
        return sum;
    }
}
