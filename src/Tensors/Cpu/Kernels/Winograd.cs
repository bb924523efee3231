using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// The one-dimensional transforms of Winograd's convolution F(4, 3), four outputs of a three-tap kernel from six products (Lavin
/// and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016), and of its transpose F(3, 4), which the weight
/// gradient uses. Both multiply polynomials through their values at 0, ±3/4, ±3/2 and infinity. The usual points 0, ±1, ±2 save
/// no multiplications and lose four times as much precision: their fifth powers range from 1 to 32, those of ours from 0.24 to
/// 7.6, and every coefficient here is exact in binary. Divisions by the points' distances are part of the kernel's transform,
/// done in double, or of the weight gradient's output. Two-dimensional transforms apply a line to columns, then to rows; a line
/// works on a vector of sixteen tiles or channels at a time, with elements a given number of floats apart.
/// </summary>
internal static unsafe class Winograd
{
    /// <summary>Outputs of a tile in each direction.</summary>
    public const int Step = 4;

    /// <summary>Inputs of a tile, and points, in each direction.</summary>
    public const int Size = 6;

    /// <summary>Products of a tile.</summary>
    public const int Points = Size * Size;

    /// <summary>Tiles or channels that a line works on at once.</summary>
    public const int Lanes = 16;

    /// <summary>Kernels that are transformed at once.</summary>
    public const int KernelLanes = 8;

    private const float A = 0.75f, A2 = A * A, A3 = A2 * A;
    private const float B = 1.5f, B2 = B * B, B3 = B2 * B;

    // Products of each point's distances to the others; equal for ±A, and for ±B.
    private const double DistanceZero = (double)A2 * B2, DistanceA = 2.0 * A2 * (A2 - B2), DistanceB = 2.0 * B2 * (B2 - A2);

    /// <summary>Six inputs to six points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(float* source, nint step, float* target, nint targetStep) => Input(
        Vector512.Load(source), Vector512.Load(source + step), Vector512.Load(source + 2 * step),
        Vector512.Load(source + 3 * step), Vector512.Load(source + 4 * step), Vector512.Load(source + 5 * step),
        target, targetStep);

    /// <summary>Six inputs to six points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input(
        Vector512<float> d0, Vector512<float> d1, Vector512<float> d2, Vector512<float> d3, Vector512<float> d4,
        Vector512<float> d5, float* target, nint step)
    {
        MultiplyAdd(A2 * B2, d0, MultiplyAdd(-(A2 + B2), d2, d4)).Store(target);
        var (even, odd) = (MultiplyAdd(-B2, d2, d4), MultiplyAdd(-B2, d1, d3));
        MultiplyAdd(A, odd, even).Store(target + step);
        MultiplyAdd(-A, odd, even).Store(target + 2 * step);
        (even, odd) = (MultiplyAdd(-A2, d2, d4), MultiplyAdd(-A2, d1, d3));
        MultiplyAdd(B, odd, even).Store(target + 3 * step);
        MultiplyAdd(-B, odd, even).Store(target + 4 * step);
        MultiplyAdd(A2 * B2, d1, MultiplyAdd(-(A2 + B2), d3, d5)).Store(target + 5 * step);
    }

    /// <summary>Six points to four outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> Y0, Vector512<float> Y1, Vector512<float> Y2, Vector512<float> Y3) Output(
        float* source, nint step)
    {
        Vector512<float> m1 = Vector512.Load(source + step), m2 = Vector512.Load(source + 2 * step);
        Vector512<float> m3 = Vector512.Load(source + 3 * step), m4 = Vector512.Load(source + 4 * step);
        var (evenA, oddA, evenB, oddB) = (m1 + m2, m1 - m2, m3 + m4, m3 - m4);
        return (
            Vector512.Load(source) + (evenA + evenB),
            MultiplyAdd(B, oddB, Vector512.Create(A) * oddA),
            MultiplyAdd(B2, evenB, Vector512.Create(A2) * evenA),
            MultiplyAdd(B3, oddB, MultiplyAdd(A3, oddA, Vector512.Load(source + 5 * step))));
    }

    /// <summary>Four gradients, in the kernel's role in F(3, 4), to six points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient(
        Vector512<float> g0, Vector512<float> g1, Vector512<float> g2, Vector512<float> g3, float* target, nint step)
    {
        g0.Store(target);
        var (even, odd) = (MultiplyAdd(A2, g2, g0), MultiplyAdd(A2, g3, g1));
        MultiplyAdd(A, odd, even).Store(target + step);
        MultiplyAdd(-A, odd, even).Store(target + 2 * step);
        (even, odd) = (MultiplyAdd(B2, g2, g0), MultiplyAdd(B2, g3, g1));
        MultiplyAdd(B, odd, even).Store(target + 3 * step);
        MultiplyAdd(-B, odd, even).Store(target + 4 * step);
        g3.Store(target + 5 * step);
    }

    /// <summary>Six points to three taps of the weight's gradient.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(float* source, nint step, float* target, nint targetStep)
    {
        Vector512<float> m1 = Vector512.Load(source + step), m2 = Vector512.Load(source + 2 * step);
        Vector512<float> m3 = Vector512.Load(source + 3 * step), m4 = Vector512.Load(source + 4 * step);
        var (evenA, oddA, evenB, oddB) = (m1 + m2, m1 - m2, m3 + m4, m3 - m4);
        MultiplyAdd((float)(1 / DistanceZero), Vector512.Load(source), Taps(1, evenA, 1, evenB)).Store(target);
        Taps(A, oddA, B, oddB).Store(target + targetStep);
        (Vector512.Load(source + 5 * step) + Taps(A2, evenA, B2, evenB)).Store(target + 2 * targetStep);
    }

    /// <summary>Eight kernels of 3 × 3, [9, 8], to their points: 36 vectors, <paramref name="step"/> floats apart.</summary>
    public static void Kernel(double* kernels, float* points, nint step)
    {
        const int Full = Size * KernelLanes;
        var columns = stackalloc double[3 * Full];
        var row = stackalloc double[Full];
        for (var column = 0; column < 3; column++)
            KernelLine(kernels + column * KernelLanes, 3 * KernelLanes, columns + column * KernelLanes, 3 * KernelLanes);
        for (var i = 0; i < Size; i++)
        {
            KernelLine(columns + 3 * i * KernelLanes, KernelLanes, row, KernelLanes);
            for (var j = 0; j < Size; j++, points += step)
                Vector256.Narrow(Vector256.Load(row + j * KernelLanes), Vector256.Load(row + j * KernelLanes + 4)).Store(points);
        }
    }

    private static void KernelLine(double* source, nint step, double* target, nint targetStep)
    {
        Vector512<double> w0 = Vector512.Load(source), w1 = Vector512.Load(source + step), w2 = Vector512.Load(source + 2 * step);
        (w0 * (1 / DistanceZero)).Store(target);
        var (even, odd) = (w0 + w2 * A2, w1 * A);
        ((even + odd) * (1 / DistanceA)).Store(target + targetStep);
        ((even - odd) * (1 / DistanceA)).Store(target + 2 * targetStep);
        (even, odd) = (w0 + w2 * B2, w1 * B);
        ((even + odd) * (1 / DistanceB)).Store(target + 3 * targetStep);
        ((even - odd) * (1 / DistanceB)).Store(target + 4 * targetStep);
        w2.Store(target + 5 * targetStep);
    }

    private static Vector512<float> Taps(double a, Vector512<float> atA, double b, Vector512<float> atB) =>
        MultiplyAdd((float)(a / DistanceA), atA, Vector512.Create((float)(b / DistanceB)) * atB);

    private static Vector512<float> MultiplyAdd(float factor, Vector512<float> x, Vector512<float> y) =>
        Vector512.FusedMultiplyAdd(Vector512.Create(factor), x, y);
}
