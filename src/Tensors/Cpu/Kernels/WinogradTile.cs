using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Register tiles of 8 rows by 32 or 16 columns, c[8, columns] (+)= a · b, for the products at each point of
/// <see cref="Winograd"/>. Unlike the tiles of <see cref="Gemm"/>, they read a in place, element (i, p) at
/// <c>a[i · row + p · step]</c>: the forward product sums along the rows of a, the weight gradient's along its columns, and
/// neither packs it into panels first. Eight rows divide the usual channel counts; 16 sums keep the multipliers busy.
/// </summary>
internal static unsafe class WinogradTile
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 8;

    /// <summary>Columns are a multiple of this.</summary>
    public const int Columns = 16;

    /// <summary>The width of the next tile when <paramref name="left"/> columns are left.</summary>
    public static int Width(int left) => left > 16 ? 32 : 16;

    /// <summary>
    /// One tile of 32 or 16 <paramref name="columns"/>; the values of step p of b are at <c>b + p · width</c>, the rows of c
    /// <paramref name="stride"/> apart.
    /// </summary>
    public static void Run(
        int columns, float* a, nint row, nint step, float* b, nint width, int k, float* c, nint stride, bool accumulate)
    {
        if (columns == 32) Run32(a, row, step, b, width, k, c, stride, accumulate);
        else Run16(a, row, step, b, width, k, c, stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run32(float* a, nint row, nint step, float* b, nint width, int k, float* c, nint stride, bool accumulate)
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
        float* a3 = a + 3 * row, a6 = a + 6 * row;
        for (var p = 0; p < k; p++)
        {
            var low = Vector512.Load(b);
            var high = Vector512.Load(b + 16);
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
            b += width;
        }

        Store(l0, c, accumulate);
        Store(h0, c + 16, accumulate);
        Store(l1, c + stride, accumulate);
        Store(h1, c + stride + 16, accumulate);
        Store(l2, c + 2 * stride, accumulate);
        Store(h2, c + 2 * stride + 16, accumulate);
        Store(l3, c + 3 * stride, accumulate);
        Store(h3, c + 3 * stride + 16, accumulate);
        Store(l4, c + 4 * stride, accumulate);
        Store(h4, c + 4 * stride + 16, accumulate);
        Store(l5, c + 5 * stride, accumulate);
        Store(h5, c + 5 * stride + 16, accumulate);
        Store(l6, c + 6 * stride, accumulate);
        Store(h6, c + 6 * stride + 16, accumulate);
        Store(l7, c + 7 * stride, accumulate);
        Store(h7, c + 7 * stride + 16, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run16(float* a, nint row, nint step, float* b, nint width, int k, float* c, nint stride, bool accumulate)
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
        float* a3 = a + 3 * row, a6 = a + 6 * row;
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
            b += width;
        }

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
}
