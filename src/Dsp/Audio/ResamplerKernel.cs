using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp.Audio;

/// <summary>
/// Sums of products of a row of taps with windows of samples, y = Σ row[j]·x[j]. Row lengths are multiples of 16, so no width
/// has a tail. Every sum has one vector accumulator, in whichever function: an output does not depend on its neighbours.
/// </summary>
internal static class ResamplerKernel
{
    /// <summary>One window.</summary>
    public static float Dot(ReadOnlySpan<float> row, ReadOnlySpan<float> window)
    {
        ref var a = ref MemoryMarshal.GetReference(row);
        ref var x = ref MemoryMarshal.GetReference(window[..row.Length]);
        var n = (nuint)row.Length;
        nuint j = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var sum = Vector512<float>.Zero;
            for (; j < n; j += 16) sum = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref a, j), Vector512.LoadUnsafe(ref x, j), sum);
            return Vector512.Sum(sum);
        }

        if (Vector256.IsHardwareAccelerated)
        {
            var sum = Vector256<float>.Zero;
            for (; j < n; j += 8) sum = Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref a, j), Vector256.LoadUnsafe(ref x, j), sum);
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
    /// Four windows, <paramref name="shift"/> samples apart, to outputs <paramref name="stride"/> apart: five loads for four
    /// multiplications, and four independent chains.
    /// </summary>
    public static void Dot4(ReadOnlySpan<float> row, ReadOnlySpan<float> windows, int shift, Span<float> output, int stride)
    {
        ref var a = ref MemoryMarshal.GetReference(row);
        ref var x = ref MemoryMarshal.GetReference(windows[..(row.Length + 3 * shift)]);
        var n = (nuint)row.Length;
        nuint j = 0, s1 = (nuint)shift, s2 = 2 * s1, s3 = 3 * s1;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<float> y0 = default, y1 = default, y2 = default, y3 = default;
            for (; j < n; j += 16)
            {
                var tap = Vector512.LoadUnsafe(ref a, j);
                y0 = Vector512.FusedMultiplyAdd(tap, Vector512.LoadUnsafe(ref x, j), y0);
                y1 = Vector512.FusedMultiplyAdd(tap, Vector512.LoadUnsafe(ref x, j + s1), y1);
                y2 = Vector512.FusedMultiplyAdd(tap, Vector512.LoadUnsafe(ref x, j + s2), y2);
                y3 = Vector512.FusedMultiplyAdd(tap, Vector512.LoadUnsafe(ref x, j + s3), y3);
            }

            output[3 * stride] = Vector512.Sum(y3);
            output[0] = Vector512.Sum(y0);
            output[stride] = Vector512.Sum(y1);
            output[2 * stride] = Vector512.Sum(y2);
            return;
        }

        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> y0 = default, y1 = default, y2 = default, y3 = default;
            for (; j < n; j += 8)
            {
                var tap = Vector256.LoadUnsafe(ref a, j);
                y0 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref x, j), y0);
                y1 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref x, j + s1), y1);
                y2 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref x, j + s2), y2);
                y3 = Vector256.FusedMultiplyAdd(tap, Vector256.LoadUnsafe(ref x, j + s3), y3);
            }

            output[3 * stride] = Vector256.Sum(y3);
            output[0] = Vector256.Sum(y0);
            output[stride] = Vector256.Sum(y1);
            output[2 * stride] = Vector256.Sum(y2);
            return;
        }

        for (var i = 0; i < 4; i++) output[i * stride] = Dot(row, windows.Slice(i * shift, row.Length));
    }

    /// <summary>One window with two rows.</summary>
    public static (float First, float Second) DotRows(ReadOnlySpan<float> first, ReadOnlySpan<float> second, ReadOnlySpan<float> window) =>
        (Dot(first, window), Dot(second, window));
}
