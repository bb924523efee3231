using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Where a product's operand comes from. The product asks for panels, slices of some rows of a (or columns of b) by some of
/// the summed axis, and works on the copy; only a b that few rows use, and that lies suitably, is read in place.
/// </summary>
internal unsafe interface IGemmOperand
{
    /// <summary>
    /// Writes panel[p · width + i] = element (start + i, k + p) for p &lt; depth and i &lt; count; zeros for count ≤ i &lt; width.
    /// </summary>
    void Pack(int start, int count, int width, int k, int depth, float* panel);

    /// <summary>Whether each step's elements lie side by side, so that a tile can read them without a packed copy.</summary>
    bool HasContiguousSteps { get; }

    /// <summary>The panel from (start, k) on as it lies in memory; only where steps are contiguous.</summary>
    PackedColumns InPlace(int start, int k);
}

/// <summary>
/// A matrix in memory, element (i, p) at <c>data[i · outer + p · inner]</c>, one of the two strides being 1: row-major and
/// transposed matrices alike.
/// </summary>
internal readonly unsafe struct MatrixOperand(float* data, int outer, int inner) : IGemmOperand
{
    public bool HasContiguousSteps => outer == 1;

    public PackedColumns InPlace(int start, int k) => new(data + start + (long)k * inner, inner);

    public void Pack(int start, int count, int width, int k, int depth, float* panel)
    {
        var source = data + (long)start * outer + (long)k * inner;
        if (outer == 1) CopyRows(source, inner, count, width, depth, panel);
        else TransposeRows(source, outer, count, width, depth, panel);
    }

    // Each step of k is a contiguous run of the source.
    private static void CopyRows(float* source, int stride, int count, int width, int depth, float* panel)
    {
        if (count == 32 && width == 32)
        {
            for (var p = 0; p < depth; p++, source += stride, panel += 32)
            {
                Vector512.Load(source).Store(panel);
                Vector512.Load(source + 16).Store(panel + 16);
            }

            return;
        }

        for (var p = 0; p < depth; p++, source += stride, panel += width)
        {
            var i = 0;
            for (; i <= count - 16; i += 16) Vector512.Load(source + i).Store(panel + i);
            for (; i <= count - 4; i += 4) Vector128.Load(source + i).Store(panel + i);
            for (; i < count; i++) panel[i] = source[i];
            for (; i < width; i++) panel[i] = 0;
        }
    }

    // Each row of the source becomes a column of the panel, four by four where the processor can.
    private static void TransposeRows(float* source, int stride, int count, int width, int depth, float* panel)
    {
        var i = 0;
        if (Sse.IsSupported)
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

    private static void TransposeFour(float* source, int stride, int width, int depth, float* panel)
    {
        float* r0 = source, r1 = r0 + stride, r2 = r1 + stride, r3 = r2 + stride;
        var p = 0;
        for (; p <= depth - 4; p += 4, panel += 4 * width)
        {
            Vector128<float> v0 = Vector128.Load(r0 + p), v1 = Vector128.Load(r1 + p), v2 = Vector128.Load(r2 + p), v3 = Vector128.Load(r3 + p);
            Vector128<float> low01 = Sse.UnpackLow(v0, v1), low23 = Sse.UnpackLow(v2, v3);
            Vector128<float> high01 = Sse.UnpackHigh(v0, v1), high23 = Sse.UnpackHigh(v2, v3);
            Sse.MoveLowToHigh(low01, low23).Store(panel);
            Sse.MoveHighToLow(low23, low01).Store(panel + width);
            Sse.MoveLowToHigh(high01, high23).Store(panel + 2 * width);
            Sse.MoveHighToLow(high23, high01).Store(panel + 3 * width);
        }

        for (; p < depth; p++, panel += width)
        {
            panel[0] = r0[p];
            panel[1] = r1[p];
            panel[2] = r2[p];
            panel[3] = r3[p];
        }
    }
}
