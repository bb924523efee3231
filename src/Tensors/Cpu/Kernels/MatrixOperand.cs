using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// An operand of <see cref="Gemm"/> in memory: element (i, p), with i a row of a or a column of b and p along the summed axis, is
/// at <c>data[i · outer + p · inner]</c>. One of the two strides is 1: row-major and transposed matrices alike.
/// </summary>
/// <remarks>
/// The product asks for panels, slices of some rows of a (or columns of b) by some of the summed axis, and works on copies; only
/// a b that few rows use, with contiguous steps, is read in place.
/// </remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="data">Element (0, 0).</param>
/// <param name="outer">The distance between neighbours along i.</param>
/// <param name="inner">The distance between neighbours along p.</param>
public readonly unsafe struct MatrixOperand<T>(T* data, int outer, int inner)
    where T : unmanaged
{
    /// <summary>Whether each step's elements are contiguous, so that a tile can read them without a packed copy.</summary>
    internal bool HasContiguousSteps => outer == 1;

    /// <summary>The panel from (start, k) on, in place; only if steps are contiguous.</summary>
    internal PackedColumns<T> InPlace(int start, int k) => new(data + start + (long)k * inner, inner);

    /// <summary>
    /// Writes panel[p · width + i] = element (start + i, k + p) for p &lt; depth and i &lt; count, and zeros up to i &lt; width.
    /// </summary>
    internal void Pack(int start, int count, int width, int k, int depth, T* panel)
    {
        var source = data + (long)start * outer + (long)k * inner;
        if (outer == 1) CopyRows(source, inner, count, width, depth, panel);
        else TransposeRows(source, outer, count, width, depth, panel);
    }

    // Each step of k is a contiguous run of the source.
    private static void CopyRows(T* source, int stride, int count, int width, int depth, T* panel)
    {
        if (count == 2 * Vector512<T>.Count && width == count)
        {
            for (var p = 0; p < depth; p++, source += stride, panel += 2 * Vector512<T>.Count)
            {
                Vector512.Load(source).Store(panel);
                Vector512.Load(source + Vector512<T>.Count).Store(panel + Vector512<T>.Count);
            }

            return;
        }

        for (var p = 0; p < depth; p++, source += stride, panel += width)
        {
            var i = 0;
            for (; i <= count - Vector512<T>.Count; i += Vector512<T>.Count) Vector512.Load(source + i).Store(panel + i);
            for (; i <= count - Vector128<T>.Count; i += Vector128<T>.Count) Vector128.Load(source + i).Store(panel + i);
            for (; i < count; i++) panel[i] = source[i];
            for (; i < width; i++) panel[i] = default;
        }
    }

    // Each row of the source becomes a column of the panel, four by four where the processor supports it.
    private static void TransposeRows(T* source, int stride, int count, int width, int depth, T* panel)
    {
        var i = 0;
        if (typeof(T) == typeof(float) ? Sse.IsSupported : Avx.IsSupported)
        {
            for (; i <= count - 4; i += 4) TransposeFour(source + (long)i * stride, stride, width, depth, panel + i);
        }

        for (; i < count; i++)
        {
            var row = source + (long)i * stride;
            for (var p = 0; p < depth; p++) panel[(long)p * width + i] = row[p];
        }

        for (; i < width; i++)
        {
            for (var p = 0; p < depth; p++) panel[(long)p * width + i] = default;
        }
    }

    private static void TransposeFour(T* source, int stride, int width, int depth, T* panel)
    {
        var p = 0;
        for (; p <= depth - 4; p += 4, panel += 4 * width)
        {
            if (typeof(T) == typeof(float)) Square((float*)source + p, stride, (float*)panel, width);
            else Square((double*)source + p, stride, (double*)panel, width);
        }

        for (; p < depth; p++, panel += width)
        {
            for (var i = 0; i < 4; i++) panel[i] = source[(long)i * stride + p];
        }
    }

    // Four rows of four become four columns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(float* source, nint stride, float* panel, int width)
    {
        Vector128<float> v0 = Vector128.Load(source), v1 = Vector128.Load(source + stride);
        Vector128<float> v2 = Vector128.Load(source + 2 * stride), v3 = Vector128.Load(source + 3 * stride);
        Vector128<float> low01 = Sse.UnpackLow(v0, v1), low23 = Sse.UnpackLow(v2, v3);
        Vector128<float> high01 = Sse.UnpackHigh(v0, v1), high23 = Sse.UnpackHigh(v2, v3);
        Sse.MoveLowToHigh(low01, low23).Store(panel);
        Sse.MoveHighToLow(low23, low01).Store(panel + width);
        Sse.MoveLowToHigh(high01, high23).Store(panel + 2 * width);
        Sse.MoveHighToLow(high23, high01).Store(panel + 3 * width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(double* source, nint stride, double* panel, int width)
    {
        Vector256<double> v0 = Vector256.Load(source), v1 = Vector256.Load(source + stride);
        Vector256<double> v2 = Vector256.Load(source + 2 * stride), v3 = Vector256.Load(source + 3 * stride);
        Vector256<double> even01 = Avx.UnpackLow(v0, v1), even23 = Avx.UnpackLow(v2, v3);
        Vector256<double> odd01 = Avx.UnpackHigh(v0, v1), odd23 = Avx.UnpackHigh(v2, v3);
        Avx.Permute2x128(even01, even23, 0x20).Store(panel);
        Avx.Permute2x128(odd01, odd23, 0x20).Store(panel + width);
        Avx.Permute2x128(even01, even23, 0x31).Store(panel + 2 * width);
        Avx.Permute2x128(odd01, odd23, 0x31).Store(panel + 3 * width);
    }
}
