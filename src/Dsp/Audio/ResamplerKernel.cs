using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp.Audio;

/// <summary>
/// Sums of products of a row of taps with windows of samples, y = Σ row[j]·x[j]. Row lengths are multiples of 8, so no width
/// has a tail. Every function uses one vector accumulator per sum, so an output does not depend on its neighbours.
/// </summary>
internal static class ResamplerKernel
{
    /// <summary>The windows that <see cref="Dots"/> takes at a time.</summary>
    public const int Windows = 8;

    /// <summary>One window.</summary>
    public static float Dot(ReadOnlySpan<float> row, ReadOnlySpan<float> window)
    {
        ref var a = ref MemoryMarshal.GetReference(row);
        ref var x = ref MemoryMarshal.GetReference(window[..row.Length]);
        var n = (nuint)row.Length;
        nuint j = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            var sum = Vector256<float>.Zero;
            for (; j < n; j += 8)
            {
                sum = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref a, j), Vector256.LoadUnsafe(ref x, j), sum);
            }

            return Vector256.Sum(sum);
        }

        if (Vector128.IsHardwareAccelerated)
        {
            var sum = Vector128<float>.Zero;
            for (; j < n; j += 4) sum += Vector128.LoadUnsafe(ref a, j) * Vector128.LoadUnsafe(ref x, j);
            return Vector128.Sum(sum);
        }

        var scalar = 0f;
        for (var i = 0; i < row.Length; i++) scalar += row[i] * window[i];
        return scalar;
    }

    /// <summary>
    /// Eight windows, <paramref name="shift"/> samples apart, to outputs <paramref name="stride"/> apart: nine loads for eight
    /// multiplications, and eight independent chains, as many as two units of current latency need.
    /// 512-bit vectors are no faster: nearly every load of a window would cross a cache line.
    /// </summary>
    public static void Dots(ReadOnlySpan<float> row, ReadOnlySpan<float> windows, int shift, Span<float> output, int stride)
    {
        if (!Vector256.IsHardwareAccelerated)
        {
            for (var i = 0; i < Windows; i++) output[i * stride] = Dot(row, windows.Slice(i * shift, row.Length));
            return;
        }

        ref var a = ref MemoryMarshal.GetReference(row);
        ref var x = ref MemoryMarshal.GetReference(windows[..(row.Length + (Windows - 1) * shift)]);
        ref var half = ref Unsafe.Add(ref x, 4 * shift);
        nuint n = (nuint)row.Length, s1 = (nuint)shift, s2 = 2 * s1, s3 = 3 * s1;
        Vector256<float> y0 = default, y1 = default, y2 = default, y3 = default;
        Vector256<float> y4 = default, y5 = default, y6 = default, y7 = default;
        for (nuint j = 0; j < n; j += 8)
        {
            var tap = Vector256.LoadUnsafe(ref a, j);
            y0 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref x, j), y0);
            y1 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref x, j + s1), y1);
            y2 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref x, j + s2), y2);
            y3 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref x, j + s3), y3);
            y4 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref half, j), y4);
            y5 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref half, j + s1), y5);
            y6 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref half, j + s2), y6);
            y7 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref half, j + s3), y7);
        }

        output[7 * stride] = Vector256.Sum(y7);
        output[6 * stride] = Vector256.Sum(y6);
        output[5 * stride] = Vector256.Sum(y5);
        output[4 * stride] = Vector256.Sum(y4);
        output[3 * stride] = Vector256.Sum(y3);
        output[2 * stride] = Vector256.Sum(y2);
        output[stride] = Vector256.Sum(y1);
        output[0] = Vector256.Sum(y0);
    }
}
