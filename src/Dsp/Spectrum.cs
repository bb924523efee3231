using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp;

/// <summary>
/// Element-wise maps of complex spectra. The rounding of a value does not depend on its position or the vector width.
/// </summary>
public static class Spectrum
{
    /// <summary>The power re² + im² of each bin: <c>abs(S)**2</c>; 0 where it would be subnormal.</summary>
    /// <exception cref="ArgumentException">The spans have different lengths.</exception>
    public static void Power(ReadOnlySpan<Complex<float>> spectrum, Span<float> power)
    {
        CheckSizes(spectrum.Length, power.Length);
        Map<Square>(ref MemoryMarshal.GetReference(MemoryMarshal.Cast<Complex<float>, float>(spectrum)),
            ref MemoryMarshal.GetReference(power), (nuint)power.Length);
    }

    /// <summary>The magnitude sqrt(re² + im²) of each bin: <c>abs(S)</c>.</summary>
    /// <exception cref="ArgumentException">The spans have different lengths.</exception>
    public static void Magnitude(ReadOnlySpan<Complex<float>> spectrum, Span<float> magnitude)
    {
        CheckSizes(spectrum.Length, magnitude.Length);
        Map<SquareRoot>(ref MemoryMarshal.GetReference(MemoryMarshal.Cast<Complex<float>, float>(spectrum)),
            ref MemoryMarshal.GetReference(magnitude), (nuint)magnitude.Length);
    }

    /// <summary>The power of every frame.</summary>
    public static Frames<float> Power(Frames<Complex<float>> spectrum)
    {
        ArgumentNullException.ThrowIfNull(spectrum);
        var power = new Frames<float>(spectrum.Count, spectrum.Bins);
        Power(spectrum.Data, power.Data);
        return power;
    }

    /// <summary>The magnitude of every frame.</summary>
    public static Frames<float> Magnitude(Frames<Complex<float>> spectrum)
    {
        ArgumentNullException.ThrowIfNull(spectrum);
        var magnitude = new Frames<float>(spectrum.Count, spectrum.Bins);
        Magnitude(spectrum.Data, magnitude.Data);
        return magnitude;
    }

    // What becomes of re² + im².
    private interface IFinish
    {
        static abstract Vector512<float> Apply(Vector512<float> power);

        static abstract Vector256<float> Apply(Vector256<float> power);

        static abstract Vector128<float> Apply(Vector128<float> power);

        static abstract float Apply(float power);
    }

    private readonly struct Square : IFinish
    {
        public static Vector512<float> Apply(Vector512<float> power) => Tiny.FlushSubnormal(power);

        public static Vector256<float> Apply(Vector256<float> power) => Tiny.FlushSubnormal(power);

        public static Vector128<float> Apply(Vector128<float> power) => Tiny.FlushSubnormal(power);

        public static float Apply(float power) => Tiny.FlushSubnormal(power);
    }

    private readonly struct SquareRoot : IFinish
    {
        public static Vector512<float> Apply(Vector512<float> power) => Vector512.Sqrt(power);

        public static Vector256<float> Apply(Vector256<float> power) => Vector256.Sqrt(power);

        public static Vector128<float> Apply(Vector128<float> power) => Vector128.Sqrt(power);

        public static float Apply(float power) => MathF.Sqrt(power);
    }

    // Squares are added to their swapped neighbours, so that both values of a pair hold its power. Two such vectors are merged,
    // the first into the even places, and then put in order. No fused multiply-add: every width rounds like the scalar code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Map<TFinish>(ref float spectrum, ref float result, nuint n)
        where TFinish : struct, IFinish
    {
        nuint i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var even = Vector512.Create(0x00000000_FFFFFFFFul).AsSingle();
            for (; i + 16 <= n; i += 16)
            {
                var first = Pairs(Vector512.LoadUnsafe(ref spectrum, 2 * i));
                var second = Pairs(Vector512.LoadUnsafe(ref spectrum, 2 * i + 16));
                var power = Vector512.ConditionalSelect(even, first, second);
                power = Vector512.Shuffle(power, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15));
                TFinish.Apply(power).StoreUnsafe(ref result, i);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            var even = Vector256.Create(0x00000000_FFFFFFFFul).AsSingle();
            for (; i + 8 <= n; i += 8)
            {
                var first = Pairs(Vector256.LoadUnsafe(ref spectrum, 2 * i));
                var second = Pairs(Vector256.LoadUnsafe(ref spectrum, 2 * i + 8));
                var power = Vector256.ConditionalSelect(even, first, second);
                TFinish.Apply(Vector256.Shuffle(power, Vector256.Create(0, 2, 4, 6, 1, 3, 5, 7))).StoreUnsafe(ref result, i);
            }
        }

        if (Vector128.IsHardwareAccelerated)
        {
            var even = Vector128.Create(0x00000000_FFFFFFFFul).AsSingle();
            for (; i + 4 <= n; i += 4)
            {
                var first = Pairs(Vector128.LoadUnsafe(ref spectrum, 2 * i));
                var second = Pairs(Vector128.LoadUnsafe(ref spectrum, 2 * i + 4));
                var power = Vector128.ConditionalSelect(even, first, second);
                TFinish.Apply(Vector128.Shuffle(power, Vector128.Create(0, 2, 1, 3))).StoreUnsafe(ref result, i);
            }
        }

        for (; i < n; i++)
        {
            var real = Unsafe.Add(ref spectrum, 2 * i);
            var imaginary = Unsafe.Add(ref spectrum, 2 * i + 1);
            Unsafe.Add(ref result, i) = TFinish.Apply(real * real + imaginary * imaginary);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Pairs(Vector512<float> x)
    {
        x *= x;
        return x + Vector512.Shuffle(x, Vector512.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Pairs(Vector256<float> x)
    {
        x *= x;
        return x + Vector256.Shuffle(x, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Pairs(Vector128<float> x)
    {
        x *= x;
        return x + Vector128.Shuffle(x, Vector128.Create(1, 0, 3, 2));
    }

    private static void CheckSizes(int input, int output)
    {
        if (input != output) Throw(input, output);

        static void Throw(int input, int output) =>
            throw new ArgumentException($"Spectrum: the spectrum has {input} bins but the output {output}; they must agree.");
    }
}
