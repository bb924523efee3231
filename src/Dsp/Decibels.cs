using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp;

/// <summary>
/// Conversions to decibels: <c>librosa.power_to_db</c> and <c>librosa.amplitude_to_db</c>. Input and output may be the same
/// span. NaN stays NaN and does not affect other values.
/// </summary>
public static class Decibels
{
    /// <summary>
    /// <c>10·log10(max(amin, power) / max(amin, |reference|))</c>, raised to the maximum minus <paramref name="topDb"/>.
    /// </summary>
    /// <param name="power">Power values of any shape.</param>
    /// <param name="decibels">As many values, in dB.</param>
    /// <param name="reference">The power of 0 dB; <see cref="Peak"/> of the input puts its maximum at 0 dB.</param>
    /// <param name="amin">The floor for power values.</param>
    /// <param name="topDb">The range kept below the maximum of this span, in dB; null keeps everything.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">amin is not positive, or topDb negative.</exception>
    public static void FromPower(
        ReadOnlySpan<float> power, Span<float> decibels, float reference = 1, float amin = 1e-10f, float? topDb = 80)
    {
        Check(power.Length, decibels.Length, amin, topDb);
        Map(power, decibels, new(amin, 1, 10, reference), topDb);
    }

    /// <summary>
    /// <c>20·log10(max(amin, |amplitude|) / max(amin, |reference|))</c>, raised to the maximum minus <paramref name="topDb"/>.
    /// </summary>
    /// <param name="amplitude">Amplitudes of any shape.</param>
    /// <param name="decibels">As many values, in dB.</param>
    /// <param name="reference">The amplitude of 0 dB; <see cref="Peak"/> of the input puts its maximum at 0 dB.</param>
    /// <param name="amin">The floor for amplitudes.</param>
    /// <param name="topDb">The range kept below the maximum of this span, in dB; null keeps everything.</param>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">amin is not positive, or topDb negative.</exception>
    public static void FromAmplitude(
        ReadOnlySpan<float> amplitude, Span<float> decibels, float reference = 1, float amin = 1e-5f, float? topDb = 80)
    {
        Check(amplitude.Length, decibels.Length, amin, topDb);
        Map(amplitude, decibels, new(amin, -1, 20, reference), topDb);
    }

    /// <summary>The largest value, at least 0: the reference for <c>ref=np.max</c> on spectra. NaN is ignored.</summary>
    public static float Peak(ReadOnlySpan<float> values) => Math.Max(0, VectorMath.Max(values));

    /// <summary>
    /// Raises every value to <paramref name="floor"/>: what topDb does if the maximum is that of a longer series.
    /// </summary>
    internal static void Raise(Span<float> decibels, float floor) => VectorMath.Map(decibels, decibels, new Floor(floor));

    private static void Map(ReadOnlySpan<float> input, Span<float> decibels, Logarithm logarithm, float? topDb)
    {
        VectorMath.Map(input, decibels, logarithm);
        if (topDb is { } range) Raise(decibels, VectorMath.Max(decibels) - range);
    }

    private static void Check(int input, int output, float amin, float? topDb)
    {
        if (input != output)
            throw new ArgumentException($"Decibels: the input has {input} values but the output {output}; they must agree.");
        if (!(amin > 0)) throw new ArgumentOutOfRangeException(nameof(amin), $"Decibels: amin is {amin}; it must be positive.");
        if (topDb is { } range && !(range >= 0))
            throw new ArgumentOutOfRangeException(nameof(topDb), $"Decibels: topDb is {range}; it must be at least 0.");
    }

    // factor·log10(max(amin, x, sign·x) / max(amin, |reference|)), with sign -1 if x stands for |x|. Single values use
    // the vector logarithm too, so that a result does not depend on its position.
    private readonly struct Logarithm(float amin, float sign, double factor, float reference) : IMap
    {
        private readonly float _scale = (float)(factor * Math.Log10(2));
        private readonly float _offset = (float)(factor * Math.Log10(Math.Max(amin, Math.Abs(reference))));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Apply(Vector512<float> x)
        {
            x = Vector512.Max(Vector512.Max(x, x * sign), Vector512.Create(amin));
            return Vector512.Log2(x) * _scale - Vector512.Create(_offset);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Apply(Vector256<float> x)
        {
            x = Vector256.Max(Vector256.Max(x, x * sign), Vector256.Create(amin));
            return Vector256.Log2(x) * _scale - Vector256.Create(_offset);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector128<float> Apply(Vector128<float> x)
        {
            x = Vector128.Max(Vector128.Max(x, x * sign), Vector128.Create(amin));
            return Vector128.Log2(x) * _scale - Vector128.Create(_offset);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Apply(float x) => Apply(Vector128.Create(x)).ToScalar();
    }

    private readonly struct Floor(float floor) : IMap
    {
        public Vector512<float> Apply(Vector512<float> x) => Vector512.Max(x, Vector512.Create(floor));

        public Vector256<float> Apply(Vector256<float> x) => Vector256.Max(x, Vector256.Create(floor));

        public Vector128<float> Apply(Vector128<float> x) => Vector128.Max(x, Vector128.Create(floor));

        public float Apply(float x) => Math.Max(x, floor);
    }
}
