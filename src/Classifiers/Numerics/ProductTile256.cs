using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Classifiers.Numerics;

/// <summary>
/// Register tiles for 256-bit vectors: 6 × 8 holds 12 sums, two columns of b and one broadcast of a in 15 of 16 registers.
/// The low tile serves the rows that 6 does not divide.
/// </summary>
internal readonly unsafe struct ProductTile256 : IProductTile
{
    public static int Columns => 8;

    public static int Tall => 6;

    public static int Low => 2;

    public static void Run(bool tall, double* a, double* b, int k, double* c, int stride, bool accumulate)
    {
        if (tall) Run6(a, b, k, c, (nuint)stride, accumulate);
        else Run2(a, b, k, c, (nuint)stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run6(double* a, double* b, int k, double* c, nuint stride, bool accumulate)
    {
        Vector256<double> l0 = default, h0 = default;
        Vector256<double> l1 = default, h1 = default;
        Vector256<double> l2 = default, h2 = default;
        Vector256<double> l3 = default, h3 = default;
        Vector256<double> l4 = default, h4 = default;
        Vector256<double> l5 = default, h5 = default;
        for (var p = 0; p < k; p++, a += 6, b += 8)
        {
            var low = Vector256.Load(b);
            var high = Vector256.Load(b + 4);
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
        }

        Store(l0, h0, c, accumulate);
        Store(l1, h1, c + stride, accumulate);
        Store(l2, h2, c + 2 * stride, accumulate);
        Store(l3, h3, c + 3 * stride, accumulate);
        Store(l4, h4, c + 4 * stride, accumulate);
        Store(l5, h5, c + 5 * stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run2(double* a, double* b, int k, double* c, nuint stride, bool accumulate)
    {
        Vector256<double> l0 = default, h0 = default;
        Vector256<double> l1 = default, h1 = default;
        for (var p = 0; p < k; p++, a += 2, b += 8)
        {
            var low = Vector256.Load(b);
            var high = Vector256.Load(b + 4);
            var x = Vector256.Create(*a);
            l0 = Vector256.FusedMultiplyAdd(x, low, l0);
            h0 = Vector256.FusedMultiplyAdd(x, high, h0);
            x = Vector256.Create(a[1]);
            l1 = Vector256.FusedMultiplyAdd(x, low, l1);
            h1 = Vector256.FusedMultiplyAdd(x, high, h1);
        }

        Store(l0, h0, c, accumulate);
        Store(l1, h1, c + stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<double> low, Vector256<double> high, double* c, bool accumulate)
    {
        if (accumulate)
        {
            low += Vector256.Load(c);
            high += Vector256.Load(c + 4);
        }

        low.Store(c);
        high.Store(c + 4);
    }
}
