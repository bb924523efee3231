using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Classifiers.Numerics;

/// <summary>
/// An operand of <see cref="MatrixProduct"/> in memory: element (i, p), p along the summed axis, is at
/// <c>data[i · outer + p · inner]</c>. One of the strides is 1, so row-major and transposed matrices are both operands.
/// </summary>
internal readonly unsafe struct ProductOperand(double* data, int outer, int inner)
{
    /// <summary>
    /// Writes panel[p · width + i] = element (start + i, k + p) for p &lt; depth and i &lt; count; zeros for count ≤ i &lt; width.
    /// </summary>
    public void Pack(int start, int count, int width, int k, int depth, double* panel)
    {
        var source = data + (long)start * outer + (long)k * inner;
        if (outer == 1) CopySteps(source, inner, count, width, depth, panel);
        else TransposeRows(source, outer, count, width, depth, panel);
    }

    // Each step of the summed axis is a contiguous run of the source.
    private static void CopySteps(double* source, int stride, int count, int width, int depth, double* panel)
    {
        for (var p = 0; p < depth; p++, source += stride, panel += width)
        {
            var i = 0;
            for (; i <= count - 4; i += 4) Vector256.Load(source + i).Store(panel + i);
            for (; i < count; i++) panel[i] = source[i];
            for (; i < width; i++) panel[i] = 0;
        }
    }

    // Each row of the source becomes a column of the panel, four by four where the processor can.
    private static void TransposeRows(double* source, int stride, int count, int width, int depth, double* panel)
    {
        var i = 0;
        if (Avx.IsSupported)
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
            for (var p = 0; p < depth; p++) panel[(long)p * width + i] = 0;
        }
    }

    private static void TransposeFour(double* source, int stride, int width, int depth, double* panel)
    {
        double* r0 = source, r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride;
        var p = 0;
        for (; p <= depth - 4; p += 4, panel += 4 * width)
        {
            Vector256<double> v0 = Vector256.Load(r0 + p), v1 = Vector256.Load(r1 + p), v2 = Vector256.Load(r2 + p), v3 = Vector256.Load(r3 + p);
            Vector256<double> even01 = Avx.UnpackLow(v0, v1), even23 = Avx.UnpackLow(v2, v3);
            Vector256<double> odd01 = Avx.UnpackHigh(v0, v1), odd23 = Avx.UnpackHigh(v2, v3);
            Avx.Permute2x128(even01, even23, 0x20).Store(panel);
            Avx.Permute2x128(odd01, odd23, 0x20).Store(panel + width);
            Avx.Permute2x128(even01, even23, 0x31).Store(panel + 2 * width);
            Avx.Permute2x128(odd01, odd23, 0x31).Store(panel + 3 * width);
        }

        for (; p < depth; p++, panel += width)
        {
            (panel[0], panel[1], panel[2], panel[3]) = (r0[p], r1[p], r2[p], r3[p]);
        }
    }
}
