using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp;

/// <summary>
/// Flushes numbers too small to matter to 0: those below 2⁻¹⁰⁰, which for samples is 600 dB below full scale, and whose products
/// with any reasonable number would leave the normal range. An operation with a subnormal operand or result takes over a hundred
/// cycles on many processors, and values that shrink at every step (a long fade, a gradient through time, a running mean) stay
/// subnormal for a long time, or forever. The bits are compared as integers, which costs the same for any value and gives the
/// same result on every processor and vector width. NaN is kept.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct Tiny : IMap
{
    private const int LeastBits = (127 - 100) << 23;

    private const int NormalBits = 1 << 23;

    private const int Magnitude = int.MaxValue;

    /// <summary>Flushes one number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Flush(float x) => (BitConverter.SingleToInt32Bits(x) & Magnitude) < LeastBits ? 0 : x;

    /// <summary>Flushes sixteen numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Flush(Vector512<float> x) => From(x, LeastBits);

    /// <summary>Flushes eight numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Flush(Vector256<float> x) => From(x, LeastBits);

    /// <summary>Flushes four numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Flush(Vector128<float> x) => From(x, LeastBits);

    /// <summary>Flushes one subnormal number to 0, for results whose small values may be significant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FlushSubnormal(float x) => (BitConverter.SingleToInt32Bits(x) & Magnitude) < NormalBits ? 0 : x;

    /// <summary>Flushes subnormal numbers, sixteen at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FlushSubnormal(Vector512<float> x) => From(x, NormalBits);

    /// <summary>Flushes subnormal numbers, eight at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FlushSubnormal(Vector256<float> x) => From(x, NormalBits);

    /// <summary>Flushes subnormal numbers, four at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FlushSubnormal(Vector128<float> x) => From(x, NormalBits);

    /// <summary>Flushes all of them in place.</summary>
    public static void Flush(Span<float> values) => VectorMath.Map(values, values, default(Tiny));

    /// <summary>The same for more values than a span can hold.</summary>
    public static unsafe void Flush(float* values, long count)
    {
        for (long done = 0, part; done < count; done += part)
        {
            part = Math.Min(count - done, int.MaxValue);
            Flush(new Span<float>(values + done, (int)part));
        }
    }

    /// <summary>Whether there is a nonzero number that <see cref="Flush(Span{float})"/> would set to 0.</summary>
    public static bool Any(ReadOnlySpan<float> values)
    {
        var bits = MemoryMarshal.Cast<float, uint>(values);
        var i = 0;

        // Subtracting 1 turns 0 into the largest value, so only tiny numbers remain below the limit.
        var (magnitude, least) = (new Vector<uint>(Magnitude), new Vector<uint>(LeastBits - 1));
        for (; i <= bits.Length - Vector<uint>.Count; i += Vector<uint>.Count)
        {
            if (Vector.LessThanAny((new Vector<uint>(bits[i..]) & magnitude) - Vector<uint>.One, least)) return true;
        }

        for (; i < bits.Length; i++)
        {
            if ((bits[i] & Magnitude) - 1u < LeastBits - 1) return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public Vector512<float> Apply(Vector512<float> x) => Flush(x);

    /// <inheritdoc/>
    public Vector256<float> Apply(Vector256<float> x) => Flush(x);

    /// <inheritdoc/>
    public Vector128<float> Apply(Vector128<float> x) => Flush(x);

    /// <inheritdoc/>
    public float Apply(float x) => Flush(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> From(Vector512<float> x, int least) =>
        Vector512.AndNot(x.AsInt32(), Vector512.LessThan(x.AsInt32() & Vector512.Create(Magnitude), Vector512.Create(least)))
            .AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> From(Vector256<float> x, int least) =>
        Vector256.AndNot(x.AsInt32(), Vector256.LessThan(x.AsInt32() & Vector256.Create(Magnitude), Vector256.Create(least)))
            .AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> From(Vector128<float> x, int least) =>
        Vector128.AndNot(x.AsInt32(), Vector128.LessThan(x.AsInt32() & Vector128.Create(Magnitude), Vector128.Create(least)))
            .AsSingle();
}
