using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Functions of sixteen floats that the base library lacks, each within a few units in the last place. NaN in, NaN out.
/// </summary>
internal static class VectorMath
{
    // The smallest float x whose e^x, rounded, is a normal number.
    private const float LowestExponent = -87.33654f;

    /// <summary>c - a·b, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SubtractProduct(Vector512<float> c, Vector512<float> a, Vector512<float> b) =>
        Avx512F.IsSupported ? Avx512F.FusedMultiplyAddNegated(a, b, c) : Vector512.FusedMultiplyAdd(-a, b, c);

    /// <summary>
    /// eˣ = 2ⁿ·eʳ with n the nearest whole number to x/ln 2, so that |r| ≤ ln 2 / 2: a polynomial of degree 6 fitted for the
    /// smallest relative error (3·10⁻⁹), all in single precision; ln 2 is subtracted in two parts (Cody and Waite 1980). Within
    /// one unit in the last place; overflows to infinity, and is 0 where it would be subnormal.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // Beyond these the result is infinite or 0. Max and Min return the second operand if one is NaN.
        var (highest, lowest) = (Vector512.Create(89f), Vector512.Create(LowestExponent));
        var y = Avx512F.IsSupported
            ? Avx512F.Max(lowest, Avx512F.Min(highest, x)) : Vector512.Max(Vector512.Min(x, highest), lowest);
        var scaled = y * 1.44269504f;
        var n = Avx512F.IsSupported ? Avx512F.RoundScale(scaled, 0) : Vector512.Round(scaled);
        var r = SubtractProduct(SubtractProduct(y, n, Vector512.Create(0.693145751953125f)), n,
            Vector512.Create(1.4286068203094172E-6f));
        var tail = Polynomial(r, 1.3814539E-03f, 8.3687454E-03f, 4.1668389E-02f, 1.6666521E-01f, 4.9999994E-01f);
        var power = Vector512.FusedMultiplyAdd(tail, r * r, r) + Vector512<float>.One;
        if (Avx512F.IsSupported) return Tail(Avx512F.Scale(power, n), x);

        // 2ⁿ in two factors, because 2¹²⁸ is not a float.
        var whole = Vector512.ConvertToInt32(n);
        var half = whole >> 1;
        return Tail(power * PowerOfTwo(half) * PowerOfTwo(whole - half), x);
    }

    /// <summary>1 / (1 + e⁻ˣ); 0 where it would be subnormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x)
    {
        // Keeps the quotient normal too, not only the result.
        var highest = Vector512.Create(-LowestExponent);
        var y = Avx512F.IsSupported ? Avx512F.Min(highest, -x) : Vector512.Min(-x, highest);
        return Tail(Vector512<float>.One / (Vector512<float>.One + Exp(y)), x);
    }

    /// <summary>
    /// tanh: an odd polynomial below 0.625, where 1 - 2/(e²ˣ + 1) would cancel, and that formula above (Cephes, tanhf).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        var magnitude = Vector512.Abs(x);
        var square = x * x;
        var series = Polynomial(square, -5.70498872745E-3f, 2.06390887954E-2f, -5.37397155531E-2f, 1.33314422036E-1f,
            -3.33332819422E-1f);
        var small = Vector512.FusedMultiplyAdd(series * square, x, x);
        var large = Vector512<float>.One - Vector512.Create(2f) / (Exp(magnitude + magnitude) + Vector512<float>.One);
        return Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(0.625f)), small,
            Vector512.CopySign(large, x));
    }

    /// <summary>ln(1 + eˣ) = max(x, 0) + ln(1 + t) with t = e^-|x|; the logarithm keeps its precision for small t.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Softplus(Vector512<float> x)
    {
        var t = Exp(-Vector512.Abs(x));
        var one = Vector512<float>.One;

        // ln(1 + t) = ln(u)·t/(u - 1), with u the rounded 1 + t, corrects the rounding of u (Higham, "Accuracy and Stability",
        // 1.14.1).
        var u = one + t;
        var log = Vector512.ConditionalSelect(Vector512.Equals(u, one), t, Vector512.Log(u) * t / (u - one));
        return Vector512.ConditionalSelect(Vector512.GreaterThan(x, default), x, Vector512<float>.Zero) + log;
    }

    /// <summary>
    /// Half of erfc(x/√2), the share of a normal distribution above x, for x from 0 to 10: 2^p(x), with p fitted to the logarithm
    /// on [0, 5.5], the more closely the larger the share. Where that is above 1/1000, the error is below 2⁻¹⁸ of it and 2⁻²³ of
    /// 1; from 5.5 on the result stays below 10⁻⁷.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> NormalTail(Vector512<float> x)
    {
        var logarithm = Polynomial(x, 2.2567532E-07f, -5.2372084E-06f, 4.8770027E-05f, -2.0220506E-04f, -1.2755691E-04f,
            7.0675653E-03f, -5.2502763E-02f, -4.5920593E-01f, -1.1511055E+00f, -1f);
        var n = Avx512F.IsSupported ? Avx512F.RoundScale(logarithm, 0) : Vector512.Round(logarithm);
        var power = Polynomial(logarithm - n, 1.5353362E-04f, 1.3398874E-03f, 9.6184369E-03f, 5.5503324E-02f, 2.4022648E-01f,
            6.9314718E-01f, 1f);
        return Avx512F.IsSupported ? Avx512F.Scale(power, n) : power * PowerOfTwo(Vector512.ConvertToInt32(n));
    }

    /// <summary>xᵖ: common exponents by multiplication, division and square root, others element by element.</summary>
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

    // 0 where e^x is below the normal numbers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Tail(Vector512<float> value, Vector512<float> x) =>
        Vector512.AndNot(value, Vector512.LessThan(x, Vector512.Create(LowestExponent)));

    // 2ⁿ for n in [-126, 127], from its exponent bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> n) => ((n + Vector512.Create(127)) << 23).AsSingle();

    // Horner's rule, highest coefficient first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Polynomial(Vector512<float> x, params ReadOnlySpan<float> coefficients)
    {
        var sum = Vector512.Create(coefficients[0]);
        for (var i = 1; i < coefficients.Length; i++) sum = Vector512.FusedMultiplyAdd(sum, x, Vector512.Create(coefficients[i]));
        return sum;
    }
}
