using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Sums of products of some filters' gradients and some taps' windows, sums[f, t] = Σᵢ gradient[f][i] · window[t][i]: a register
/// tile whose vectors run along the positions, so nothing has to be packed or transposed. 4 × 6 sums fill 24 of 32 registers and
/// take 10 loads for 24 multiply-adds; 256-bit machines keep 3 × 3.
/// </summary>
internal static unsafe class ConvWeightTile
{
    /// <summary>Filters of a tile.</summary>
    public static int Filters => Vector512.IsHardwareAccelerated ? 4 : 3;

    /// <summary>Taps of a tile.</summary>
    public static int Taps => Vector512.IsHardwareAccelerated ? 6 : 3;

    /// <summary>Positions are summed in steps of this many; the gradients are zero after the last.</summary>
    public const int Step = 16;

    /// <summary>
    /// Sums <paramref name="count"/> positions, a multiple of <see cref="Step"/>, of each of some images, into sums[Filters,
    /// Taps].
    /// </summary>
    public static void Run(float** gradients, float** windows, int count, Images images, float* sums)
    {
        if (Vector512.IsHardwareAccelerated) Tile512(gradients, windows, count, images, sums);
        else Tile256(gradients, windows, count, images, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile512(float** gradients, float** windows, int count, Images images, float* sums)
    {
        float* g0 = gradients[0], g1 = gradients[1], g2 = gradients[2], g3 = gradients[3];
        float* w0 = windows[0], w1 = windows[1], w2 = windows[2], w3 = windows[3], w4 = windows[4], w5 = windows[5];
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default, s04 = default, s05 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default, s14 = default, s15 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default, s24 = default, s25 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default, s33 = default, s34 = default, s35 = default;
        nint gradient = 0, window = 0;
        for (var image = 0; image < images.Count; image++)
        {
            for (nint i = 0; i < count; i += 16)
            {
                var v0 = Vector512.Load(g0 + gradient + i);
                var v1 = Vector512.Load(g1 + gradient + i);
                var v2 = Vector512.Load(g2 + gradient + i);
                var v3 = Vector512.Load(g3 + gradient + i);
                var x = Vector512.Load(w0 + window + i);
                s00 = Vector512.FusedMultiplyAdd(v0, x, s00);
                s10 = Vector512.FusedMultiplyAdd(v1, x, s10);
                s20 = Vector512.FusedMultiplyAdd(v2, x, s20);
                s30 = Vector512.FusedMultiplyAdd(v3, x, s30);
                x = Vector512.Load(w1 + window + i);
                s01 = Vector512.FusedMultiplyAdd(v0, x, s01);
                s11 = Vector512.FusedMultiplyAdd(v1, x, s11);
                s21 = Vector512.FusedMultiplyAdd(v2, x, s21);
                s31 = Vector512.FusedMultiplyAdd(v3, x, s31);
                x = Vector512.Load(w2 + window + i);
                s02 = Vector512.FusedMultiplyAdd(v0, x, s02);
                s12 = Vector512.FusedMultiplyAdd(v1, x, s12);
                s22 = Vector512.FusedMultiplyAdd(v2, x, s22);
                s32 = Vector512.FusedMultiplyAdd(v3, x, s32);
                x = Vector512.Load(w3 + window + i);
                s03 = Vector512.FusedMultiplyAdd(v0, x, s03);
                s13 = Vector512.FusedMultiplyAdd(v1, x, s13);
                s23 = Vector512.FusedMultiplyAdd(v2, x, s23);
                s33 = Vector512.FusedMultiplyAdd(v3, x, s33);
                x = Vector512.Load(w4 + window + i);
                s04 = Vector512.FusedMultiplyAdd(v0, x, s04);
                s14 = Vector512.FusedMultiplyAdd(v1, x, s14);
                s24 = Vector512.FusedMultiplyAdd(v2, x, s24);
                s34 = Vector512.FusedMultiplyAdd(v3, x, s34);
                x = Vector512.Load(w5 + window + i);
                s05 = Vector512.FusedMultiplyAdd(v0, x, s05);
                s15 = Vector512.FusedMultiplyAdd(v1, x, s15);
                s25 = Vector512.FusedMultiplyAdd(v2, x, s25);
                s35 = Vector512.FusedMultiplyAdd(v3, x, s35);
            }

            gradient += images.Gradient;
            window += images.Window;
        }

        sums[0] = Vector512.Sum(s00);
        sums[1] = Vector512.Sum(s01);
        sums[2] = Vector512.Sum(s02);
        sums[3] = Vector512.Sum(s03);
        sums[4] = Vector512.Sum(s04);
        sums[5] = Vector512.Sum(s05);
        sums[6] = Vector512.Sum(s10);
        sums[7] = Vector512.Sum(s11);
        sums[8] = Vector512.Sum(s12);
        sums[9] = Vector512.Sum(s13);
        sums[10] = Vector512.Sum(s14);
        sums[11] = Vector512.Sum(s15);
        sums[12] = Vector512.Sum(s20);
        sums[13] = Vector512.Sum(s21);
        sums[14] = Vector512.Sum(s22);
        sums[15] = Vector512.Sum(s23);
        sums[16] = Vector512.Sum(s24);
        sums[17] = Vector512.Sum(s25);
        sums[18] = Vector512.Sum(s30);
        sums[19] = Vector512.Sum(s31);
        sums[20] = Vector512.Sum(s32);
        sums[21] = Vector512.Sum(s33);
        sums[22] = Vector512.Sum(s34);
        sums[23] = Vector512.Sum(s35);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile256(float** gradients, float** windows, int count, Images images, float* sums)
    {
        float* g0 = gradients[0], g1 = gradients[1], g2 = gradients[2];
        float* w0 = windows[0], w1 = windows[1], w2 = windows[2];
        Vector256<float> s00 = default, s01 = default, s02 = default;
        Vector256<float> s10 = default, s11 = default, s12 = default;
        Vector256<float> s20 = default, s21 = default, s22 = default;
        nint gradient = 0, window = 0;
        for (var image = 0; image < images.Count; image++)
        {
            for (nint i = 0; i < count; i += 8)
            {
                var v0 = Vector256.Load(g0 + gradient + i);
                var v1 = Vector256.Load(g1 + gradient + i);
                var v2 = Vector256.Load(g2 + gradient + i);
                var x = Vector256.Load(w0 + window + i);
                s00 = Vector256.FusedMultiplyAdd(v0, x, s00);
                s10 = Vector256.FusedMultiplyAdd(v1, x, s10);
                s20 = Vector256.FusedMultiplyAdd(v2, x, s20);
                x = Vector256.Load(w1 + window + i);
                s01 = Vector256.FusedMultiplyAdd(v0, x, s01);
                s11 = Vector256.FusedMultiplyAdd(v1, x, s11);
                s21 = Vector256.FusedMultiplyAdd(v2, x, s21);
                x = Vector256.Load(w2 + window + i);
                s02 = Vector256.FusedMultiplyAdd(v0, x, s02);
                s12 = Vector256.FusedMultiplyAdd(v1, x, s12);
                s22 = Vector256.FusedMultiplyAdd(v2, x, s22);
            }

            gradient += images.Gradient;
            window += images.Window;
        }

        sums[0] = Vector256.Sum(s00);
        sums[1] = Vector256.Sum(s01);
        sums[2] = Vector256.Sum(s02);
        sums[3] = Vector256.Sum(s10);
        sums[4] = Vector256.Sum(s11);
        sums[5] = Vector256.Sum(s12);
        sums[6] = Vector256.Sum(s20);
        sums[7] = Vector256.Sum(s21);
        sums[8] = Vector256.Sum(s22);
    }

    /// <summary>Images that are summed in one go.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Gradient">Floats between their gradients.</param>
    /// <param name="Window">Floats between their windows.</param>
    internal readonly record struct Images(int Count, nint Gradient, nint Window);
}
