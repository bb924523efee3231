using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Turns numbers too small to matter into 0. An operation with a subnormal operand or result takes over a hundred cycles on many
/// processors, and what shrinks at every step (a gradient through time, a running mean) stays subnormal for long, or for ever.
/// The bits are compared as integers, which costs the same for any value, so every processor and vector width
/// gives the same.
/// </summary>
internal static class Tiny
{
    /// <summary>
    /// 2⁻¹⁰⁰: products with any reasonable weight, and differences, of numbers above it are still normal. For gradients and
    /// for whatever is carried from step to step.
    /// </summary>
    public const float Least = 7.8886091e-31f;

    private const int LeastBits = (127 - 100) << 23;

    private const int NormalBits = 1 << 23;

    private const int Magnitude = int.MaxValue;

    /// <summary>Below 2⁻¹⁰⁰ in magnitude: 0; NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Flush(Vector512<float> x) => FromBits(x, LeastBits);

    /// <summary>The same for one number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Flush(float x) => (BitConverter.SingleToInt32Bits(x) & Magnitude) < LeastBits ? 0 : x;

    /// <summary>The same for many, in place.</summary>
    public static unsafe void Flush(float* values, long count)
    {
        long i = 0;
        for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count) Flush(Vector512.Load(values + i)).Store(values + i);
        for (; i < count; i++) values[i] = Flush(values[i]);
    }

    /// <summary>Subnormal numbers as 0, for results whose small values may mean something.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FlushSubnormal(Vector512<float> x) => FromBits(x, NormalBits);

    /// <summary>The same for one number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FlushSubnormal(float x) => (BitConverter.SingleToInt32Bits(x) & Magnitude) < NormalBits ? 0 : x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FromBits(Vector512<float> x, int least)
    {
        var bits = x.AsInt32();
        return Vector512.AndNot(bits, Vector512.LessThan(bits & Vector512.Create(Magnitude), Vector512.Create(least))).AsSingle();
    }
}
