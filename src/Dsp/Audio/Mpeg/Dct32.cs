using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp.Audio.Mpeg;

/// <summary>
/// The DCT-II of 32 values, X[m] = Σ x[k]·cos(π·m·(2k + 1) / 64), of eight columns at once. Lee's algorithm (1984): sums and
/// scaled differences of mirrored values give the even and the odd half, by a DCT of half the length each.
/// </summary>
internal static class Dct32
{
    private const int Length = 32;

    // For length n, from n / 2 on: 1 / (2·cos(π·(2i + 1) / (2n))).
    private static readonly float[] s_factors = Factors();

    /// <summary>Transforms in place.</summary>
    public static void Transform(Span<Vector256<float>> x)
    {
        Span<Vector256<float>> spare = stackalloc Vector256<float>[Length];
        spare.Clear();
        Transform(x[..Length], spare);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transform(Span<Vector256<float>> x, Span<Vector256<float>> spare)
    {
        // Down: each block's halves become the inputs of its even and odd outputs.
        for (var n = Length; n > 1; n >>= 1)
        {
            var half = n >> 1;
            var factors = s_factors.AsSpan(half, half);
            for (var start = 0; start < Length; start += n)
            {
                var from = x.Slice(start, n);
                var to = spare.Slice(start, n);
                for (var i = 0; i < half; i++)
                {
                    var (low, high) = (from[i], from[n - 1 - i]);
                    to[i] = low + high;
                    to[half + i] = (low - high) * factors[i];
                }
            }

            var swapped = x;
            x = spare;
            spare = swapped;
        }

        // Up: even outputs stay, odd ones are sums of neighbours.
        for (var n = 2; n <= Length; n <<= 1)
        {
            var half = n >> 1;
            for (var start = 0; start < Length; start += n)
            {
                var from = x.Slice(start, n);
                var to = spare.Slice(start, n);
                for (var i = 0; i < half - 1; i++)
                {
                    to[2 * i] = from[i];
                    to[2 * i + 1] = from[half + i] + from[half + i + 1];
                }

                to[n - 2] = from[half - 1];
                to[n - 1] = from[n - 1];
            }

            var swapped = x;
            x = spare;
            spare = swapped;
        }
    }

    private static float[] Factors()
    {
        var factors = new float[Length];
        for (var half = 1; half < Length; half <<= 1)
        {
            for (var i = 0; i < half; i++) factors[half + i] = (float)(0.5 / Math.Cos(Math.PI * (2 * i + 1) / (4 * half)));
        }

        return factors;
    }
}
