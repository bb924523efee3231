using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp;

/// <summary>
/// What pre-trained networks do to a spectrum before they read it. A value's bits depend neither on its place nor on the width
/// of the vectors.
/// </summary>
public static class Compression
{
    /// <summary>Replaces x by <c>log(factor·x + offset)</c> to a base.</summary>
    /// <param name="values">Values of any shape; overwritten.</param>
    /// <param name="factor">What they are multiplied by.</param>
    /// <param name="offset">What is then added.</param>
    /// <param name="logBase">The logarithm's base, such as e or 10.</param>
    public static void Log(Span<float> values, float factor, float offset, double logBase) =>
        VectorMath.Map(values, values, new OffsetLogarithm(factor, offset, (float)(1 / Math.Log2(logBase))));

    /// <summary>Replaces x by <c>(x - mean) / deviation</c>.</summary>
    /// <param name="values">Values of any shape; overwritten.</param>
    /// <param name="mean">What is taken off.</param>
    /// <param name="deviation">What they are then divided by.</param>
    public static void Standardize(Span<float> values, float mean, float deviation) =>
        VectorMath.Map(values, values, new Standard(mean, deviation));

    private readonly struct OffsetLogarithm(float factor, float offset, float scale) : IMap
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Apply(Vector512<float> x) =>
            Vector512.Log2(x * factor + Vector512.Create(offset)) * scale;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Apply(Vector256<float> x) =>
            Vector256.Log2(x * factor + Vector256.Create(offset)) * scale;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector128<float> Apply(Vector128<float> x) =>
            Vector128.Log2(x * factor + Vector128.Create(offset)) * scale;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float Apply(float x) => Apply(Vector128.Create(x)).ToScalar();
    }

    private readonly struct Standard(float mean, float deviation) : IMap
    {
        public Vector512<float> Apply(Vector512<float> x) => (x - Vector512.Create(mean)) / deviation;

        public Vector256<float> Apply(Vector256<float> x) => (x - Vector256.Create(mean)) / deviation;

        public Vector128<float> Apply(Vector128<float> x) => (x - Vector128.Create(mean)) / deviation;

        public float Apply(float x) => (x - mean) / deviation;
    }
}
