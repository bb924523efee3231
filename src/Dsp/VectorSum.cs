using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Dsp;

/// <summary>One step of a sum over two spans, for a whole vector and for one element.</summary>
internal interface ISumStep
{
    /// <summary>Adds the terms of <paramref name="x"/> and <paramref name="y"/> to <paramref name="sum"/>.</summary>
    Vector<float> Add(Vector<float> sum, Vector<float> x, Vector<float> y);

    /// <summary>Adds one term.</summary>
    float Add(float sum, float x, float y);
}

/// <summary>
/// <c>Σ term(x[i], y[i])</c> over two spans of equal length. Four independent accumulators hide the latency of the
/// addition and keep each partial sum short, so rounding stays near that of a pairwise sum.
/// </summary>
internal static class VectorSum
{
    /// <summary>The sum of the terms of <paramref name="step"/>.</summary>
    public static float Of<TStep>(ReadOnlySpan<float> x, ReadOnlySpan<float> y, TStep step)
        where TStep : struct, ISumStep
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Length);
        ref var xs = ref MemoryMarshal.GetReference(x);
        ref var ys = ref MemoryMarshal.GetReference(y);
        var (width, length) = ((nuint)Vector<float>.Count, (nuint)x.Length);
        Vector<float> a = default, b = default, c = default, d = default;
        nuint i = 0;
        for (; i + 4 * width <= length; i += 4 * width)
        {
            a = step.Add(a, Load(ref xs, i), Load(ref ys, i));
            b = step.Add(b, Load(ref xs, i + width), Load(ref ys, i + width));
            c = step.Add(c, Load(ref xs, i + 2 * width), Load(ref ys, i + 2 * width));
            d = step.Add(d, Load(ref xs, i + 3 * width), Load(ref ys, i + 3 * width));
        }

        for (; i + width <= length; i += width) a = step.Add(a, Load(ref xs, i), Load(ref ys, i));
        var sum = Vector.Sum((a + b) + (c + d));
        for (; i < length; i++) sum = step.Add(sum, Unsafe.Add(ref xs, i), Unsafe.Add(ref ys, i));
        return sum;
    }

    /// <summary>Σ x.</summary>
    public static float Of(ReadOnlySpan<float> x) => Of(x, x, default(Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Load(ref float start, nuint index) => Vector.LoadUnsafe(ref start, index);

    private readonly struct Value : ISumStep
    {
        public Vector<float> Add(Vector<float> sum, Vector<float> x, Vector<float> y) => sum + x;

        public float Add(float sum, float x, float y) => sum + x;
    }
}
