using System.Runtime.CompilerServices;
using Engine.Tensors.Cpu.Kernels;

namespace Engine.Tensors.Operators;

/// <summary>
/// The functions of <see cref="VectorMath"/> for one number, in arithmetic that a GPU can compile too: no tables, no calls. A
/// compiler may fuse a product and a sum into one rounding or leave them apart; where that matters, products are exact.
/// </summary>
internal static class ScalarMath
{
    // The least and the greatest float x whose e^x, rounded, is a normal number.
    private const float LowestExponent = -87.33654f;
    private const float HighestExponent = 88.72283f;

    // Added and taken away again, it rounds to a whole number, which its last bits then hold.
    private const float Rounder = 12582912f;
    private const int RounderBits = 0x4B400000;

    // ln 2 in two parts, of which the first times any exponent is exact.
    private const float Ln2High = 0.693145751953125f;
    private const float Ln2Low = 1.4286068203094172E-6f;

    /// <summary>The larger of two, NaN if one is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float a, float b) => a > b || float.IsNaN(a) ? a : b;

    /// <summary>eˣ; see <see cref="VectorMath.Exp"/>. Overflows to infinity, and is 0 where it would be subnormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exp(float x)
    {
        var rounded = x * 1.44269504f + Rounder;
        var n = rounded - Rounder;
        var power = Series(x - n * Ln2High - n * Ln2Low);
        var result = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(power) + (Whole(rounded) << 23));

        // Beyond these the bits mean nothing. A NaN stays.
        return x < LowestExponent ? 0 : x <= HighestExponent ? result : x * float.PositiveInfinity;
    }

    /// <summary>
    /// The natural logarithm: x = 2ⁿ·m with m in [√½, √2), and ln m by a polynomial of m - 1 (Cephes, logf). Within one unit in
    /// the last place.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Log(float x)
    {
        var f = Significand(x, out var n) - 1;
        var sum = 7.0376836292E-2f * f - 1.1514610310E-1f;
        sum = (sum * f + 1.1676998740E-1f) * f - 1.2420140846E-1f;
        sum = (sum * f + 1.4249322787E-1f) * f - 1.6668057665E-1f;
        sum = (sum * f + 2.0000714765E-1f) * f - 2.4999993993E-1f;
        sum = sum * f + 3.3333331174E-1f;
        var square = f * f;
        var result = f - (0.5f * square - (sum * f * square + n * Ln2Low)) + n * Ln2High;
        return x > 0 ? (x < float.PositiveInfinity ? result : x) : x == 0 ? float.NegativeInfinity : float.NaN;
    }

    /// <summary>tanh; see <see cref="VectorMath.Tanh"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tanh(float x)
    {
        var magnitude = MathF.Abs(x);
        var square = x * x;
        var series = 2.06390887954E-2f - 5.70498872745E-3f * square;
        series = ((series * square - 5.37397155531E-2f) * square + 1.33314422036E-1f) * square - 3.33332819422E-1f;
        var large = 1 - 2 / (Exp(magnitude + magnitude) + 1);
        return magnitude < 0.625f ? series * square * x + x : x < 0 ? -large : large;
    }

    /// <summary>1 / (1 + e⁻ˣ); 0 where it would be subnormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sigmoid(float x) => x < LowestExponent ? 0 : 1 / (1 + Exp(-x));

    /// <summary>ln(1 + eˣ); see <see cref="VectorMath.Softplus"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Softplus(float x)
    {
        var t = Exp(-MathF.Abs(x));
        var u = 1 + t;
        return (x > 0 ? x : 0) + (u == 1 ? t : Log(u) * t / (u - 1));
    }

    /// <summary>The share of a normal distribution above x, from 0 to 10; see <see cref="VectorMath.NormalTail"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float NormalTail(float x)
    {
        var logarithm = ((2.2567532E-07f * x - 5.2372084E-06f) * x + 4.8770027E-05f) * x - 2.0220506E-04f;
        logarithm = ((logarithm * x - 1.2755691E-04f) * x + 7.0675653E-03f) * x - 5.2502763E-02f;
        logarithm = ((logarithm * x - 4.5920593E-01f) * x - 1.1511055E+00f) * x - 1f;
        var rounded = logarithm + Rounder;
        var r = logarithm - (rounded - Rounder);
        var power = ((1.5353362E-04f * r + 1.3398874E-03f) * r + 9.6184369E-03f) * r + 5.5503324E-02f;
        power = ((power * r + 2.4022648E-01f) * r + 6.9314718E-01f) * r + 1;
        return power * PowerOfTwo(Whole(rounded));
    }

    /// <summary>xᵖ: the common exponents by multiplication, division and square root.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Power(float x, float p)
    {
        if (p == 2) return x * x;
        if (p == 1) return x;
        if (p == 0.5f) return MathF.Sqrt(x);
        if (p == -1) return 1 / x;
        if (p == 3) return x * x * x;
        return p == 0 || x == 1 ? 1 : AnyPower(x, p);
    }

    // Of a negative number only whole powers exist; odd ones are negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float AnyPower(float x, float p)
    {
        if (float.IsNaN(x) || float.IsNaN(p)) return float.NaN;
        var magnitude = MathF.Abs(x);
        var ends = magnitude == 0 || magnitude == float.PositiveInfinity;
        var result = !ends ? PositivePower(magnitude, p) : magnitude > 1 == p > 0 ? float.PositiveInfinity : 0;
        if (BitConverter.SingleToInt32Bits(x) >= 0) return result;
        if (MathF.Floor(p) != p) return ends ? result : float.NaN;
        return MathF.Floor(0.5f * p) != 0.5f * p ? -result : result;
    }

    /// <summary>
    /// xᵖ = 2^(p·log₂ x) of a positive x. The exponent may be above 100, so log₂ x is needed to eight bits more than a float
    /// has: numbers are sums of a head of twelve bits, whose products are exact, and a tail (Dekker 1971). The logarithm is that
    /// of x = 2ⁿ·m with m in [√½, √2): ln m = 2·artanh(s) with s = (m - 1)/(m + 1). Within two units in the last place.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float PositivePower(float x, float p)
    {
        var m = Significand(x, out var n);
        float difference = m - 1, sum = m + 1, sumHead = Head(sum);
        float s = difference / sum, head = Head(s);
        var tail = (difference - head * sumHead - head * (m - (sumHead - 1))) / sum;

        // 3·artanh(s)/s = 3 + s² + 3s⁴/5 + ...
        float square = s * s, headSquare = head * head;
        var terms = (((0.23076923f * square + 0.27272727f) * square + 0.33333333f) * square + 0.42857143f) * square + 0.6f;
        var rest = (s + head) * tail + square * square * terms;
        var seriesHead = Head(3 + headSquare + rest);
        var seriesTail = rest - (seriesHead - 3 - headSquare);
        float product = head * seriesHead, productTail = tail * seriesHead + seriesTail * s;
        var lnHead = Head(product + productTail);
        var lnTail = productTail - (lnHead - product);

        // Times 2/(3·ln 2), whose head is 0.9619140625.
        float log = lnHead * 0.9619140625f, logTail = lnTail * 0.961796701f - lnHead * 1.17368574E-04f;
        var log2Head = Head(log + logTail + n);
        var log2Tail = logTail - (log2Head - n - log);

        // From 2³³ on even the float beside 1 gives 0 or infinity.
        var limited = p > 8589934592f ? 8589934592f : p < -8589934592f ? -8589934592f : p;
        var power = Head(limited);
        float exponent = power * log2Head, exponentTail = (limited - power) * log2Head + limited * log2Tail;
        var whole = exponent + exponentTail;
        if (whole > 129) return float.PositiveInfinity;
        if (whole < -151) return 0;
        var rounded = whole + Rounder;
        var fraction = exponent - (rounded - Rounder) + exponentTail;

        // 2ⁿ in two factors: the result may be subnormal, and 2¹²⁸ is not a float.
        int power2 = Whole(rounded), half = power2 >> 1;
        return Series(fraction * 0.693147181f) * PowerOfTwo(half) * PowerOfTwo(power2 - half);
    }

    // eʳ for |r| up to ln 2 / 2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Series(float r)
    {
        var tail = 1.3814539E-03f * r + 8.3687454E-03f;
        tail = ((tail * r + 4.1668389E-02f) * r + 1.6666521E-01f) * r + 4.9999994E-01f;
        return tail * (r * r) + r + 1;
    }

    // The whole number that the rounder left in the last bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Whole(float rounded) => BitConverter.SingleToInt32Bits(rounded) - RounderBits;

    // 2ⁿ for n from -126 to 127, by its exponent's bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float PowerOfTwo(int n) => BitConverter.Int32BitsToSingle((n + 127) << 23);

    // m in [√½, √2) with x = 2ⁿ·m, of a positive finite x.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Significand(float x, out float n)
    {
        const int rootOfHalf = 0x3F3504F3;
        var subnormal = x < 1.17549435E-38f;
        var bits = BitConverter.SingleToInt32Bits(subnormal ? x * 8388608 : x);
        var exponent = (bits - rootOfHalf) >> 23;
        n = subnormal ? exponent - 23 : exponent;
        return BitConverter.Int32BitsToSingle(bits - (exponent << 23));
    }

    // The first twelve bits of the significand.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Head(float x) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(x) & -4096);
}
