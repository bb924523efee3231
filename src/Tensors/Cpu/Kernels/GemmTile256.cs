using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Register tiles for 256-bit vectors: 6 × 16 holds 12 sums, two columns of b and one broadcast of a in 15 of 16 registers
/// (and in 30 of 32 registers where the processor has 128-bit vectors only, as Arm does).
/// </summary>
internal readonly unsafe struct GemmTile256 : IGemmTile
{
    public static int Columns => 16;

    public static ReadOnlySpan<int> Rows => [6, 4, 2];

    public static void Run<TColumns>(int rows, float* a, TColumns b, int k, float* c, int stride, bool accumulate)
        where TColumns : struct, ITileColumns
    {
        switch (rows)
        {
            case 6: Run6(a, b, k, c, (nuint)stride, accumulate); break;
            case 4: Run4(a, b, k, c, (nuint)stride, accumulate); break;
            case 2: Run2(a, b, k, c, (nuint)stride, accumulate); break;
            default: throw new ArgumentOutOfRangeException(nameof(rows));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run6<TColumns>(float* a, TColumns b, int k, float* c, nuint stride, bool accumulate)
        where TColumns : struct, ITileColumns
    {
        Vector256<float> l0 = default, h0 = default;
        Vector256<float> l1 = default, h1 = default;
        Vector256<float> l2 = default, h2 = default;
        Vector256<float> l3 = default, h3 = default;
        Vector256<float> l4 = default, h4 = default;
        Vector256<float> l5 = default, h5 = default;
        for (var p = 0; p < k; p++)
        {
            var columns = b.At(p);
            var low = Vector256.Load(columns);
            var high = Vector256.Load(columns + 8);
            var x = Vector256.Create(*a);
            l0 = Vector256.FusedMultiplyAdd(x, low, l0);
            h0 = Vector256.FusedMultiplyAdd(x, high, h0);
            x = Vector256.Create(a[1]);
            l1 = Vector256.FusedMultiplyAdd(x, low, l1);
            h1 = Vector256.FusedMultiplyAdd(x, high, h1);
            x = Vector256.Create(a[2]);
            l2 = Vector256.FusedMultiplyAdd(x, low, l2);
            h2 = Vector256.FusedMultiplyAdd(x, high, h2);
            x = Vector256.Create(a[3]);
            l3 = Vector256.FusedMultiplyAdd(x, low, l3);
            h3 = Vector256.FusedMultiplyAdd(x, high, h3);
            x = Vector256.Create(a[4]);
            l4 = Vector256.FusedMultiplyAdd(x, low, l4);
            h4 = Vector256.FusedMultiplyAdd(x, high, h4);
            x = Vector256.Create(a[5]);
            l5 = Vector256.FusedMultiplyAdd(x, low, l5);
            h5 = Vector256.FusedMultiplyAdd(x, high, h5);
            a += 6;
        }

        Store(l0, h0, c, accumulate);
        Store(l1, h1, c + stride, accumulate);
        Store(l2, h2, c + 2 * stride, accumulate);
        Store(l3, h3, c + 3 * stride, accumulate);
        Store(l4, h4, c + 4 * stride, accumulate);
        Store(l5, h5, c + 5 * stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run4<TColumns>(float* a, TColumns b, int k, float* c, nuint stride, bool accumulate)
        where TColumns : struct, ITileColumns
    {
        Vector256<float> l0 = default, h0 = default;
        Vector256<float> l1 = default, h1 = default;
        Vector256<float> l2 = default, h2 = default;
        Vector256<float> l3 = default, h3 = default;
        for (var p = 0; p < k; p++)
        {
            var columns = b.At(p);
            var low = Vector256.Load(columns);
            var high = Vector256.Load(columns + 8);
            var x = Vector256.Create(*a);
            l0 = Vector256.FusedMultiplyAdd(x, low, l0);
            h0 = Vector256.FusedMultiplyAdd(x, high, h0);
            x = Vector256.Create(a[1]);
            l1 = Vector256.FusedMultiplyAdd(x, low, l1);
            h1 = Vector256.FusedMultiplyAdd(x, high, h1);
            x = Vector256.Create(a[2]);
            l2 = Vector256.FusedMultiplyAdd(x, low, l2);
            h2 = Vector256.FusedMultiplyAdd(x, high, h2);
            x = Vector256.Create(a[3]);
            l3 = Vector256.FusedMultiplyAdd(x, low, l3);
            h3 = Vector256.FusedMultiplyAdd(x, high, h3);
            a += 4;
        }

        Store(l0, h0, c, accumulate);
        Store(l1, h1, c + stride, accumulate);
        Store(l2, h2, c + 2 * stride, accumulate);
        Store(l3, h3, c + 3 * stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run2<TColumns>(float* a, TColumns b, int k, float* c, nuint stride, bool accumulate)
        where TColumns : struct, ITileColumns
    {
        Vector256<float> l0 = default, h0 = default;
        Vector256<float> l1 = default, h1 = default;
        for (var p = 0; p < k; p++)
        {
            var columns = b.At(p);
            var low = Vector256.Load(columns);
            var high = Vector256.Load(columns + 8);
            var x = Vector256.Create(*a);
            l0 = Vector256.FusedMultiplyAdd(x, low, l0);
            h0 = Vector256.FusedMultiplyAdd(x, high, h0);
            x = Vector256.Create(a[1]);
            l1 = Vector256.FusedMultiplyAdd(x, low, l1);
            h1 = Vector256.FusedMultiplyAdd(x, high, h1);
            a += 2;
        }

        Store(l0, h0, c, accumulate);
        Store(l1, h1, c + stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> low, Vector256<float> high, float* c, bool accumulate)
    {
        if (accumulate)
        {
            low += Vector256.Load(c);
            high += Vector256.Load(c + 8);
        }

        low.Store(c);
        high.Store(c + 8);
    }
}
