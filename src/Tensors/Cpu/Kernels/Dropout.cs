using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tiny = Engine.Dsp.Tiny;

namespace Engine.Tensors.Cpu.Kernels;

/// <summary>
/// Dropout from a counter-based stream: the backward pass recomputes the same choice instead of keeping a mask. Sixteen Philox
/// blocks run side by side and serve 64 elements. Work is split at multiples of 64.
/// </summary>
internal static unsafe class Dropout
{
    private const int Width = 16;
    private const int Elements = 4 * Width;
    private const int Grain = 128 * Elements;

    /// <summary>result[i] = word[i] &lt; rate·2³² ? 0 : x[i] / (1 - rate).</summary>
    public static void Run(float* x, float rate, ulong key, ulong stream, ulong counter, int count, float* result)
    {
        var threshold = Vector512.Create((uint)Math.Min(uint.MaxValue, rate * 4294967296.0));
        var scale = 1 / (1 - rate);
        RowParallel.For(count, Grain, (from, to) =>
        {
            var words = stackalloc uint[Elements];
            var buffer = stackalloc float[Elements];
            for (var i = from; i < to; i += Elements)
            {
                Philox(key, stream, counter + (ulong)i / 4, words);
                var whole = to - i >= Elements;
                float* source = whole ? x + i : buffer, target = whole ? result + i : buffer;
                if (!whole) new Span<float>(x + i, to - i).CopyTo(new Span<float>(buffer, Elements));
                for (var w = 0; w < Elements; w += Width)
                {
                    var dropped = Vector512.LessThan(Vector512.Load(words + w), threshold).AsSingle();

                    // Cleared, not multiplied by 0, so that a dropped infinity does not become NaN.
                    Vector512.AndNot(Tiny.FlushSubnormal(Vector512.Load(source + w) * scale), dropped).Store(target + w);
                }

                if (!whole) new Span<float>(buffer, to - i).CopyTo(new Span<float>(result + i, to - i));
            }
        });
    }

    // Sixteen consecutive counters; word w of counter j goes to words[16·w + j].
    private static void Philox(ulong key, ulong stream, ulong counter, uint* words)
    {
        var lanes = Vector512<ulong>.Indices;
        Vector512<ulong> low = Vector512.Create(counter) + lanes, high = low + Vector512.Create(8UL);
        var c0 = Vector512.Narrow(low & Vector512.Create(0xFFFFFFFFUL), high & Vector512.Create(0xFFFFFFFFUL));
        var c1 = Vector512.Narrow(low >>> 32, high >>> 32);
        var c2 = Vector512.Create((uint)stream);
        var c3 = Vector512.Create((uint)(stream >> 32));
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (var round = 0; round < 10; round++)
        {
            var (high0, low0) = Multiply(c0, 0xD2511F53);
            var (high1, low1) = Multiply(c2, 0xCD9E8D57);
            (c0, c1, c2, c3) = (high1 ^ c1 ^ Vector512.Create(k0), low1, high0 ^ c3 ^ Vector512.Create(k1), low0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        c0.Store(words);
        c1.Store(words + Width);
        c2.Store(words + 2 * Width);
        c3.Store(words + 3 * Width);
    }

    // Both halves of the 64-bit products.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<uint> High, Vector512<uint> Low) Multiply(Vector512<uint> a, uint b)
    {
        var factor = Vector512.Create((ulong)b);
        Vector512<ulong> lower = Vector512.WidenLower(a) * factor, upper = Vector512.WidenUpper(a) * factor;
        return (Vector512.Narrow(lower >>> 32, upper >>> 32), a * Vector512.Create(b));
    }
}
