using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Classifiers.Numerics;

/// <summary>
/// Register tiles for 512-bit vectors: 12 × 16 holds 24 sums, two columns of b and one broadcast of a in 27 of 32 registers.
/// The low tile serves the rows that 12 does not divide.
/// </summary>
internal readonly unsafe struct ProductTile512 : IProductTile
{
    public static int Columns => 16;

    public static int Tall => 12;

    public static int Low => 4;

    public static void Run(bool tall, double* a, double* b, int k, double* c, int stride, bool accumulate)
    {
        if (tall) Run12(a, b, k, c, (nuint)stride, accumulate);
        else Run4(a, b, k, c, (nuint)stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run12(double* a, double* b, int k, double* c, nuint stride, bool accumulate)
    {
        Vector512<double> l0 = default, h0 = default;
        Vector512<double> l1 = default, h1 = default;
        Vector512<double> l2 = default, h2 = default;
        Vector512<double> l3 = default, h3 = default;
        Vector512<double> l4 = default, h4 = default;
        Vector512<double> l5 = default, h5 = default;
        Vector512<double> l6 = default, h6 = default;
        Vector512<double> l7 = default, h7 = default;
        Vector512<double> l8 = default, h8 = default;
        Vector512<double> l9 = default, h9 = default;
        Vector512<double> l10 = default, h10 = default;
        Vector512<double> l11 = default, h11 = default;
        for (var p = 0; p < k; p++, a += 12, b += 16)
        {
            var low = Vector512.Load(b);
            var high = Vector512.Load(b + 8);
            var x = Vector512.Create(*a);
            l0 = Vector512.FusedMultiplyAdd(x, low, l0);
            h0 = Vector512.FusedMultiplyAdd(x, high, h0);
            x = Vector512.Create(a[1]);
            l1 = Vector512.FusedMultiplyAdd(x, low, l1);
            h1 = Vector512.FusedMultiplyAdd(x, high, h1);
            x = Vector512.Create(a[2]);
            l2 = Vector512.FusedMultiplyAdd(x, low, l2);
            h2 = Vector512.FusedMultiplyAdd(x, high, h2);
            x = Vector512.Create(a[3]);
            l3 = Vector512.FusedMultiplyAdd(x, low, l3);
            h3 = Vector512.FusedMultiplyAdd(x, high, h3);
            x = Vector512.Create(a[4]);
            l4 = Vector512.FusedMultiplyAdd(x, low, l4);
            h4 = Vector512.FusedMultiplyAdd(x, high, h4);
            x = Vector512.Create(a[5]);
            l5 = Vector512.FusedMultiplyAdd(x, low, l5);
            h5 = Vector512.FusedMultiplyAdd(x, high, h5);
            x = Vector512.Create(a[6]);
            l6 = Vector512.FusedMultiplyAdd(x, low, l6);
            h6 = Vector512.FusedMultiplyAdd(x, high, h6);
            x = Vector512.Create(a[7]);
            l7 = Vector512.FusedMultiplyAdd(x, low, l7);
            h7 = Vector512.FusedMultiplyAdd(x, high, h7);
            x = Vector512.Create(a[8]);
            l8 = Vector512.FusedMultiplyAdd(x, low, l8);
            h8 = Vector512.FusedMultiplyAdd(x, high, h8);
            x = Vector512.Create(a[9]);
            l9 = Vector512.FusedMultiplyAdd(x, low, l9);
            h9 = Vector512.FusedMultiplyAdd(x, high, h9);
            x = Vector512.Create(a[10]);
            l10 = Vector512.FusedMultiplyAdd(x, low, l10);
            h10 = Vector512.FusedMultiplyAdd(x, high, h10);
            x = Vector512.Create(a[11]);
            l11 = Vector512.FusedMultiplyAdd(x, low, l11);
            h11 = Vector512.FusedMultiplyAdd(x, high, h11);
        }

        Store(l0, h0, c, accumulate);
        Store(l1, h1, c + stride, accumulate);
        Store(l2, h2, c + 2 * stride, accumulate);
        Store(l3, h3, c + 3 * stride, accumulate);
        Store(l4, h4, c + 4 * stride, accumulate);
        Store(l5, h5, c + 5 * stride, accumulate);
        Store(l6, h6, c + 6 * stride, accumulate);
        Store(l7, h7, c + 7 * stride, accumulate);
        Store(l8, h8, c + 8 * stride, accumulate);
        Store(l9, h9, c + 9 * stride, accumulate);
        Store(l10, h10, c + 10 * stride, accumulate);
        Store(l11, h11, c + 11 * stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run4(double* a, double* b, int k, double* c, nuint stride, bool accumulate)
    {
        Vector512<double> l0 = default, h0 = default;
        Vector512<double> l1 = default, h1 = default;
        Vector512<double> l2 = default, h2 = default;
        Vector512<double> l3 = default, h3 = default;
        for (var p = 0; p < k; p++, a += 4, b += 16)
        {
            var low = Vector512.Load(b);
            var high = Vector512.Load(b + 8);
            var x = Vector512.Create(*a);
            l0 = Vector512.FusedMultiplyAdd(x, low, l0);
            h0 = Vector512.FusedMultiplyAdd(x, high, h0);
            x = Vector512.Create(a[1]);
            l1 = Vector512.FusedMultiplyAdd(x, low, l1);
            h1 = Vector512.FusedMultiplyAdd(x, high, h1);
            x = Vector512.Create(a[2]);
            l2 = Vector512.FusedMultiplyAdd(x, low, l2);
            h2 = Vector512.FusedMultiplyAdd(x, high, h2);
            x = Vector512.Create(a[3]);
            l3 = Vector512.FusedMultiplyAdd(x, low, l3);
            h3 = Vector512.FusedMultiplyAdd(x, high, h3);
        }

        Store(l0, h0, c, accumulate);
        Store(l1, h1, c + stride, accumulate);
        Store(l2, h2, c + 2 * stride, accumulate);
        Store(l3, h3, c + 3 * stride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<double> low, Vector512<double> high, double* c, bool accumulate)
    {
        if (accumulate)
        {
            low += Vector512.Load(c);
            high += Vector512.Load(c + 8);
        }

        low.Store(c);
        high.Store(c + 8);
    }
}
