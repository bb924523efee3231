using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Dsp.Audio.Flac;

/// <summary>
/// Adds to each residual what the samples before it predict, in place. Arithmetic wraps around, so a result that fits its type
/// is right whatever the sums on the way to it are.
/// </summary>
internal static class Prediction
{
    /// <summary>The largest order of a fixed predictor.</summary>
    public const int LargestFixedOrder = 4;

    /// <summary>The most bits of a weight.</summary>
    public const int MostPrecision = 15;

    /// <summary>The polynomial of degree <paramref name="order"/> − 1 through the samples before.</summary>
    public static void AddFixed<T>(Span<T> samples, int order)
        where T : unmanaged, IBinaryInteger<T>
    {
        // The residual is the difference of that order; each pass integrates, and the last one gives the samples.
        Span<T> last = stackalloc T[LargestFixedOrder];
        for (var i = 0; i < order; i++) last[i] = Difference(samples, order - 1, i);
        var (a, b, c, d) = (last[0], last[1], last[2], last[3]);
        switch (order)
        {
            case 1:
                for (var i = order; i < samples.Length; i++) samples[i] = a += samples[i];
                break;
            case 2:
                for (var i = order; i < samples.Length; i++) samples[i] = a += b += samples[i];
                break;
            case 3:
                for (var i = order; i < samples.Length; i++) samples[i] = a += b += c += samples[i];
                break;
            case 4:
                for (var i = order; i < samples.Length; i++) samples[i] = a += b += c += d += samples[i];
                break;
        }
    }

    /// <summary>The weighted sum of the samples before.</summary>
    /// <param name="samples">The first samples, as many as there are weights, then residuals.</param>
    /// <param name="weights">That of the oldest sample first.</param>
    /// <param name="shift">By which power of two the sum is divided.</param>
    public static void AddLinear<T>(Span<T> samples, ReadOnlySpan<long> weights, int shift)
        where T : unmanaged, IBinaryInteger<T>
    {
        ref var weight = ref MemoryMarshal.GetReference(weights);
        ref var window = ref MemoryMarshal.GetReference(samples);
        var order = weights.Length;
        var newest = weights[^1];
        var last = long.CreateTruncating(samples[order - 1]); // in a register: it is needed before it could be read back
        for (var i = order; i < samples.Length; i++)
        {
            long even = 0, odd = 0;
            var j = 0;
            for (; j < order - 2; j += 2)
            {
                even += Unsafe.Add(ref weight, j) * long.CreateTruncating(Unsafe.Add(ref window, j));
                odd += Unsafe.Add(ref weight, j + 1) * long.CreateTruncating(Unsafe.Add(ref window, j + 1));
            }

            if (j < order - 1) even += Unsafe.Add(ref weight, j) * long.CreateTruncating(Unsafe.Add(ref window, j));
            var sample = T.CreateTruncating((even + odd + newest * last) >> shift) + Unsafe.Add(ref window, order);
            Unsafe.Add(ref window, order) = sample;
            last = long.CreateTruncating(sample);
            window = ref Unsafe.Add(ref window, 1);
        }
    }

    /// <summary>The difference of this order that ends at sample <paramref name="at"/>.</summary>
    private static T Difference<T>(ReadOnlySpan<T> samples, int at, int order)
        where T : unmanaged, IBinaryInteger<T> =>
        order == 0 ? samples[at] : Difference(samples, at, order - 1) - Difference(samples, at - 1, order - 1);
}
