using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// What both kinds of pooling share: windows clipped to the input, the division of work, and pairs of neighbouring columns.
/// </summary>
internal static class PoolRows
{
    public const int Grain = 16 * 1024;

    /// <summary>Whether windows are 2×2 and side by side, so that their columns are combined in vectors as well.</summary>
    public static bool IsPairs(in Pool2dGeometry g) =>
        (g.KernelHeight, g.KernelWidth, g.StrideHeight, g.StrideWidth, g.PadHeight, g.PadWidth) == (2, 2, 2, 2, 0, 0);

    /// <summary>The part of a window that lies on the input.</summary>
    public static (int From, int To) Window(int index, int stride, int pad, int kernel, int size)
    {
        var from = index * stride - pad;
        return (Math.Max(0, from), Math.Min(size, from + kernel));
    }

    /// <summary>Divides the rows of all output planes among tasks, each of which takes rows from … to - 1.</summary>
    public static void ForRows(in Pool2dGeometry g, Action<int, int> body) => RowParallel.For(
        g.Planes * g.OutputHeight, Math.Max(1, Grain / Math.Max(1, g.KernelHeight * g.Width)), body);

    /// <summary>Divides the planes among tasks: in the gradient a task owns whole planes, since windows may overlap.</summary>
    public static void ForPlanes(Pool2dGeometry g, Action<int> body) =>
        RowParallel.For(g.Planes, Math.Max(1, Grain / Math.Max(1, g.Height * g.Width)), (from, to) =>
        {
            for (var plane = from; plane < to; plane++) body(plane);
        });

    /// <summary>Elements 0, 2, 4, … of 32; without the two-source permutation, the lower halves of 64-bit numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Even(Vector512<float> low, Vector512<float> high) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(low, Vector512<int>.Indices * 2, high)
        : Vector512.Narrow(low.AsUInt64(), high.AsUInt64()).AsSingle();

    /// <summary>Elements 1, 3, 5, … of 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Odd(Vector512<float> low, Vector512<float> high) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(low, Vector512<int>.Indices * 2 + Vector512<int>.One, high)
        : Vector512.Narrow(low.AsUInt64() >>> 32, high.AsUInt64() >>> 32).AsSingle();

    /// <summary>Elements 0, 2, … 14 of one vector, then 1, 3, … 15 of another.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> EvenAndOdd(Vector512<float> low, Vector512<float> high) => Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(low, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31), high)
        : Vector512.Narrow(low.AsUInt64(), high.AsUInt64() >>> 32).AsSingle();

    /// <summary>Stores 32 elements, taken alternately from two vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StorePairs(Vector512<float> even, Vector512<float> odd, float* target)
    {
        (Vector512.WidenLower(even.AsUInt32()) | (Vector512.WidenLower(odd.AsUInt32()) << 32)).AsSingle().Store(target);
        (Vector512.WidenUpper(even.AsUInt32()) | (Vector512.WidenUpper(odd.AsUInt32()) << 32)).AsSingle().Store(target + 16);
    }
}
