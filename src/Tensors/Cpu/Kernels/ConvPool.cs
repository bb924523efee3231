using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// A maximum pooling of a convolution's output, done while the output is in the cache: windows side by side, 1, 2 or 4 columns
/// wide. Bias and ReLU, which keep the order of values, follow it on what is left.
/// </summary>
/// <param name="Height">Rows of a window.</param>
/// <param name="Width">Columns of a window.</param>
internal readonly unsafe record struct ConvPool(int Height, int Width)
{
    private const int Lanes = 16;

    /// <summary>No pooling.</summary>
    public static ConvPool None => new(1, 1);

    /// <summary>Whether the outputs stay as they are.</summary>
    public bool IsNone => (Height, Width) == (1, 1);

    /// <summary>Whether a pooling of a convolution's output is of this kind.</summary>
    public static bool Serves(in Pool2dGeometry g) => g.KernelWidth is 1 or 2 or 4
        && (g.KernelHeight, g.KernelWidth, 0, 0) == (g.StrideHeight, g.StrideWidth, g.PadHeight, g.PadWidth);

    /// <summary>The maximum of each pair of neighbouring values of two vectors; NaN wins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Pairs(Vector512<float> low, Vector512<float> high) =>
        Larger(PoolRows.Even(low, high), PoolRows.Odd(low, high));

    /// <summary>The larger of two values, or NaN if there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Larger(Vector512<float> a, Vector512<float> b) =>
        // The instruction gives its second operand, a, if one of them is NaN or both are zero.
        Vector512.ConditionalSelect(Vector512.Equals(b, b), Vector512.MaxNative(b, a), b);

    /// <summary>value + bias, with negatives cut to zero if <paramref name="relu"/>; a NaN stays.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Finish(Vector512<float> value, Vector512<float> bias, bool relu)
    {
        value += bias;
        return relu ? Vector512.ConditionalSelect(Vector512.LessThan(value, default), default, value) : value;
    }

    /// <summary>
    /// A row of windows. Up to 15 windows' worth of values after the last are read, and dropped.
    /// </summary>
    /// <param name="source">The first value of the first row.</param>
    /// <param name="pitch">Floats between rows.</param>
    /// <param name="count">Windows.</param>
    /// <param name="bias">What is added.</param>
    /// <param name="relu">Whether negatives are cut to zero.</param>
    /// <param name="target">The first window's maximum.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Row(float* source, int pitch, int count, float bias, bool relu, float* target)
    {
        var biases = Vector512.Create(bias);
        if ((Height, Width) == (2, 2))
        {
            // The usual windows, without the loops over their rows.
            for (var i = 0; i < count; i += Lanes, source += 2 * Lanes)
            {
                var below = source + pitch;
                var best = Pairs(
                    Larger(Vector512.Load(source), Vector512.Load(below)),
                    Larger(Vector512.Load(source + Lanes), Vector512.Load(below + Lanes)));
                Store(Finish(best, biases, relu), target + i, count - i);
            }

            return;
        }

        for (var i = 0; i < count; i += Lanes, source += Lanes * Width)
        {
            var best = Rows(source, pitch);
            if (Width > 1) best = Pairs(best, Rows(source + Lanes, pitch));
            if (Width > 2) best = Pairs(best, Pairs(Rows(source + 2 * Lanes, pitch), Rows(source + 3 * Lanes, pitch)));
            Store(Finish(best, biases, relu), target + i, count - i);
        }
    }

    /// <summary>Stores the first values of a vector, all if there are enough.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> values, float* target, int count)
    {
        if (count >= Lanes) values.Store(target);
        else StorePart(values, target, count);
    }

    private static void StorePart(Vector512<float> values, float* target, int count)
    {
        if (Avx512F.IsSupported)
        {
            var inside = Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
            Avx512F.MaskStore(target, inside, values);
            return;
        }

        var half = values.GetLower();
        if (count >= Vector256<float>.Count)
        {
            half.Store(target);
            half = values.GetUpper();
            target += Vector256<float>.Count;
            count -= Vector256<float>.Count;
        }

        for (var i = 0; i < count; i++) target[i] = half[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Rows(float* source, int pitch)
    {
        var best = Vector512.Load(source);
        for (var row = 1; row < Height; row++) best = Larger(best, Vector512.Load(source + (nint)row * pitch));
        return best;
    }
}
