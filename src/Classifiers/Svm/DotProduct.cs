using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Classifiers.Svm;

/// <summary>Scalar products of rows in double precision; the order of each sum depends only on the length.</summary>
internal static class DotProduct
{
    private const int Width = 8;

    /// <summary>a · b of rows of equal length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Of(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b);
        Vector512<double> s0 = default, s1 = default, s2 = default, s3 = default;
        var at = 0;
        for (; at <= a.Length - 4 * Width; at += 4 * Width)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref x, (nuint)at), Vector512.LoadUnsafe(ref y, (nuint)at), s0);
            s1 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref x, (nuint)at + Width),
                Vector512.LoadUnsafe(ref y, (nuint)at + Width), s1);
            s2 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref x, (nuint)at + 2 * Width),
                Vector512.LoadUnsafe(ref y, (nuint)at + 2 * Width), s2);
            s3 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref x, (nuint)at + 3 * Width),
                Vector512.LoadUnsafe(ref y, (nuint)at + 3 * Width), s3);
        }

        for (; at <= a.Length - Width; at += Width)
        {
            s0 = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref x, (nuint)at), Vector512.LoadUnsafe(ref y, (nuint)at), s0);
        }

        var sum = Vector512.Sum((s0 + s1) + (s2 + s3));
        for (; at < a.Length; at++) sum = Math.FusedMultiplyAdd(a[at], b[at], sum);
        return sum;
    }
}
