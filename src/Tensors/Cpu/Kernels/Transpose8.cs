using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>Transposes eight vectors of eight floats in registers.</summary>
internal static unsafe class Transpose8
{
    /// <summary>The number of rows and columns.</summary>
    public const int Side = 8;

    /// <summary>Row i becomes column i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(
        ref Vector256<float> r0, ref Vector256<float> r1, ref Vector256<float> r2, ref Vector256<float> r3,
        ref Vector256<float> r4, ref Vector256<float> r5, ref Vector256<float> r6, ref Vector256<float> r7)
    {
        if (!Avx.IsSupported)
        {
            Vector256<float>* rows = stackalloc[] { r0, r1, r2, r3, r4, r5, r6, r7 };
            (r0, r1, r2, r3) = (Column(rows, 0), Column(rows, 1), Column(rows, 2), Column(rows, 3));
            (r4, r5, r6, r7) = (Column(rows, 4), Column(rows, 5), Column(rows, 6), Column(rows, 7));
            return;
        }

        Vector256<float> p0 = Avx.UnpackLow(r0, r1), p1 = Avx.UnpackLow(r2, r3), p2 = Avx.UnpackLow(r4, r5),
        p3 = Avx.UnpackLow(r6, r7);
        Vector256<float> q0 = Avx.UnpackHigh(r0, r1), q1 = Avx.UnpackHigh(r2, r3), q2 = Avx.UnpackHigh(r4, r5),
        q3 = Avx.UnpackHigh(r6, r7);
        Pair(p0, p1, p2, p3, 0b01_00_01_00, out r0, out r4);
        Pair(p0, p1, p2, p3, 0b11_10_11_10, out r1, out r5);
        Pair(q0, q1, q2, q3, 0b01_00_01_00, out r2, out r6);
        Pair(q0, q1, q2, q3, 0b11_10_11_10, out r3, out r7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair(
        Vector256<float> p0, Vector256<float> p1, Vector256<float> p2, Vector256<float> p3,
        [System.Diagnostics.CodeAnalysis.ConstantExpected] byte half, out Vector256<float> low, out Vector256<float> high)
    {
        Vector256<float> first = Avx.Shuffle(p0, p1, half), second = Avx.Shuffle(p2, p3, half);
        low = Avx.Permute2x128(first, second, 0x20);
        high = Avx.Permute2x128(first, second, 0x31);
    }

    private static Vector256<float> Column(Vector256<float>* rows, int column)
    {
        var result = Vector256<float>.Zero;
        for (var i = 0; i < Side; i++) result = result.WithElement(i, rows[i][column]);
        return result;
    }
}
