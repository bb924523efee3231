using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Register tiles of 8 rows by one or two vectors of 16 columns, c (+)= a · b, for the products at each point of
/// <see cref="Winograd"/>. Unlike the tiles of <see cref="Gemm"/>, they read both operands as the transforms leave them. Eight
/// rows divide the usual channel counts; 16 sums keep the multipliers busy.
/// </summary>
internal static unsafe class WinogradTile
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 8;

    /// <summary>Columns of a vector.</summary>
    public const int Columns = 16;

    /// <summary>
    /// One tile of as many <paramref name="vectors"/>, 1 or 2. The sum has <paramref name="parts"/> parts of
    /// <paramref name="k"/> steps each.
    /// </summary>
    public static void Run(int vectors, Left a, Vectors b, int parts, int k, Vectors c, bool accumulate)
    {
        if (vectors == 2) Run2(a, b, parts, k, c, accumulate);
        else Run1(a, b, parts, k, c, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run2(Left left, Vectors right, int parts, int k, Vectors target, bool accumulate)
    {
        Vector512<float> l0 = default, h0 = default;
        Vector512<float> l1 = default, h1 = default;
        Vector512<float> l2 = default, h2 = default;
        Vector512<float> l3 = default, h3 = default;
        Vector512<float> l4 = default, h4 = default;
        Vector512<float> l5 = default, h5 = default;
        Vector512<float> l6 = default, h6 = default;
        Vector512<float> l7 = default, h7 = default;
        // Three pointers and two offsets reach eight rows.
        float* a = left.Data, a3 = a + 3 * left.Row, a6 = a + 6 * left.Row, b = right.Data;
        nint row = left.Row, step = left.Step, next = right.Vector;
        for (; parts > 0; parts--, a += left.Part, a3 += left.Part, a6 += left.Part)
        {
            for (var p = 0; p < k; p++)
            {
                var low = Vector512.Load(b);
                var high = Vector512.Load(b + next);
                var x = Vector512.Create(*a);
                l0 = Vector512.FusedMultiplyAdd(x, low, l0);
                h0 = Vector512.FusedMultiplyAdd(x, high, h0);
                x = Vector512.Create(a[row]);
                l1 = Vector512.FusedMultiplyAdd(x, low, l1);
                h1 = Vector512.FusedMultiplyAdd(x, high, h1);
                x = Vector512.Create(a[2 * row]);
                l2 = Vector512.FusedMultiplyAdd(x, low, l2);
                h2 = Vector512.FusedMultiplyAdd(x, high, h2);
                x = Vector512.Create(*a3);
                l3 = Vector512.FusedMultiplyAdd(x, low, l3);
                h3 = Vector512.FusedMultiplyAdd(x, high, h3);
                x = Vector512.Create(a3[row]);
                l4 = Vector512.FusedMultiplyAdd(x, low, l4);
                h4 = Vector512.FusedMultiplyAdd(x, high, h4);
                x = Vector512.Create(a3[2 * row]);
                l5 = Vector512.FusedMultiplyAdd(x, low, l5);
                h5 = Vector512.FusedMultiplyAdd(x, high, h5);
                x = Vector512.Create(*a6);
                l6 = Vector512.FusedMultiplyAdd(x, low, l6);
                h6 = Vector512.FusedMultiplyAdd(x, high, h6);
                x = Vector512.Create(a6[row]);
                l7 = Vector512.FusedMultiplyAdd(x, low, l7);
                h7 = Vector512.FusedMultiplyAdd(x, high, h7);
                a += step;
                a3 += step;
                a6 += step;
                b += right.Step;
            }
        }

        float* c = target.Data, d = c + target.Vector;
        var stride = target.Step;
        Store(l0, c, accumulate);
        Store(h0, d, accumulate);
        Store(l1, c + stride, accumulate);
        Store(h1, d + stride, accumulate);
        Store(l2, c + 2 * stride, accumulate);
        Store(h2, d + 2 * stride, accumulate);
        Store(l3, c + 3 * stride, accumulate);
        Store(h3, d + 3 * stride, accumulate);
        Store(l4, c + 4 * stride, accumulate);
        Store(h4, d + 4 * stride, accumulate);
        Store(l5, c + 5 * stride, accumulate);
        Store(h5, d + 5 * stride, accumulate);
        Store(l6, c + 6 * stride, accumulate);
        Store(h6, d + 6 * stride, accumulate);
        Store(l7, c + 7 * stride, accumulate);
        Store(h7, d + 7 * stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run1(Left left, Vectors right, int parts, int k, Vectors target, bool accumulate)
    {
        Vector512<float> s0 = default;
        Vector512<float> s1 = default;
        Vector512<float> s2 = default;
        Vector512<float> s3 = default;
        Vector512<float> s4 = default;
        Vector512<float> s5 = default;
        Vector512<float> s6 = default;
        Vector512<float> s7 = default;
        // Three pointers and two offsets reach eight rows.
        float* a = left.Data, a3 = a + 3 * left.Row, a6 = a + 6 * left.Row, b = right.Data;
        nint row = left.Row, step = left.Step;
        for (; parts > 0; parts--, a += left.Part, a3 += left.Part, a6 += left.Part)
        {
            for (var p = 0; p < k; p++)
            {
                var x = Vector512.Load(b);
                s0 = Vector512.FusedMultiplyAdd(Vector512.Create(*a), x, s0);
                s1 = Vector512.FusedMultiplyAdd(Vector512.Create(a[row]), x, s1);
                s2 = Vector512.FusedMultiplyAdd(Vector512.Create(a[2 * row]), x, s2);
                s3 = Vector512.FusedMultiplyAdd(Vector512.Create(*a3), x, s3);
                s4 = Vector512.FusedMultiplyAdd(Vector512.Create(a3[row]), x, s4);
                s5 = Vector512.FusedMultiplyAdd(Vector512.Create(a3[2 * row]), x, s5);
                s6 = Vector512.FusedMultiplyAdd(Vector512.Create(*a6), x, s6);
                s7 = Vector512.FusedMultiplyAdd(Vector512.Create(a6[row]), x, s7);
                a += step;
                a3 += step;
                a6 += step;
                b += right.Step;
            }
        }

        var c = target.Data;
        var stride = target.Step;
        Store(s0, c, accumulate);
        Store(s1, c + stride, accumulate);
        Store(s2, c + 2 * stride, accumulate);
        Store(s3, c + 3 * stride, accumulate);
        Store(s4, c + 4 * stride, accumulate);
        Store(s5, c + 5 * stride, accumulate);
        Store(s6, c + 6 * stride, accumulate);
        Store(s7, c + 7 * stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> sum, float* c, bool accumulate)
    {
        if (accumulate) sum += Vector512.Load(c);
        sum.Store(c);
    }

    /// <summary>The left operand; a part of the sum reads row i of step p at <c>i · Row + p · Step</c>.</summary>
    /// <param name="data">Row 0 of the first step.</param>
    /// <param name="row">Floats between rows.</param>
    /// <param name="step">Floats between steps of a part.</param>
    /// <param name="part">Floats from the end of a part to the next.</param>
    internal readonly ref struct Left(float* data, nint row, nint step, nint part)
    {
        public readonly float* Data = data;
        public readonly nint Row = row, Step = step, Part = part;
    }

    /// <summary>Pairs of vectors: a step of the right operand, or a row of the result.</summary>
    /// <param name="data">The first.</param>
    /// <param name="vector">Floats to the second of a pair.</param>
    /// <param name="step">Floats between pairs.</param>
    internal readonly ref struct Vectors(float* data, nint vector, nint step)
    {
        public readonly float* Data = data;
        public readonly nint Vector = vector, Step = step;
    }
}
