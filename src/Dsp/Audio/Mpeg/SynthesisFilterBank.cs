using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp.Audio.Mpeg;

/// <summary>
/// The polyphase filter bank that turns 32 subbands into samples (ISO/IEC 11172-3, 2.4.3.2.2): each slot of 32 subband samples
/// gives a vector of 64, of which 32 are different up to sign and come from a DCT, and 32 samples, by a window over the
/// last 16 vectors.
/// </summary>
internal sealed class SynthesisFilterBank
{
    private const int Subbands = 32, Vector = 64, History = 15, Lanes = 8;

    private static readonly float[] s_window = SynthesisWindow.Make();

    private readonly float[] _vectors = new float[(History + MpegDecoder.Slots) * Vector];
    private readonly float[] _columns = new float[Subbands * Lanes];

    /// <summary>Forgets all samples.</summary>
    public void Reset() => Array.Clear(_vectors);

    /// <summary>Synthesises <paramref name="slots"/> · 32 samples.</summary>
    /// <param name="subbands">Rows of <see cref="MpegDecoder.Slots"/> samples, one for each subband.</param>
    /// <param name="slots">How many there are.</param>
    /// <param name="samples">Receives the samples.</param>
    public void Synthesise(ReadOnlySpan<float> subbands, int slots, Span<float> samples)
    {
        Span<Vector256<float>> lanes = stackalloc Vector256<float>[Subbands];
        for (var slot = 0; slot < slots; slot += Lanes)
        {
            for (var k = 0; k < Subbands; k++) lanes[k] = Vector256.Create(subbands.Slice(k * MpegDecoder.Slots + slot, Lanes));
            Dct32.Transform(lanes);
            for (var k = 0; k < Subbands; k++) lanes[k].CopyTo(_columns, k * Lanes);
            for (var lane = 0; lane < Math.Min(Lanes, slots - slot); lane++) Unfold(lane, History + slot + lane);
        }

        for (var slot = 0; slot < slots; slot++) Window(History + slot, samples.Slice(slot * Subbands, Subbands));
        _vectors.AsSpan(slots * Vector, History * Vector).CopyTo(_vectors);
    }

    /// <summary>The 64 values V[i] = Σ S[k]·cos(π·(16 + i)·(2k + 1) / 64), by the symmetries of the cosine.</summary>
    private void Unfold(int lane, int slot)
    {
        var vector = _vectors.AsSpan(slot * Vector, Vector);
        var columns = _columns.AsSpan(lane);
        for (var i = 0; i < 16; i++) vector[i] = columns[(16 + i) * Lanes];
        vector[16] = 0;
        for (var i = 17; i <= 48; i++) vector[i] = -columns[(48 - i) * Lanes];
        for (var i = 49; i < 64; i++) vector[i] = -columns[(i - 48) * Lanes];
    }

    private void Window(int slot, Span<float> samples)
    {
        ref var vectors = ref MemoryMarshal.GetArrayDataReference(_vectors);
        ref var window = ref MemoryMarshal.GetArrayDataReference(s_window);
        for (var j = 0; j < Subbands; j += Lanes)
        {
            var (even, odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
            for (var i = 0; i < 16; i += 2)
            {
                var newer = (nuint)((slot - i) * Vector + j);
                var older = (nuint)((slot - i - 1) * Vector + Subbands + j);
                var at = (nuint)(i * Subbands + j);
                even += Vector256.LoadUnsafe(ref vectors, newer) * Vector256.LoadUnsafe(ref window, at);
                odd += Vector256.LoadUnsafe(ref vectors, older) * Vector256.LoadUnsafe(ref window, at + Subbands);
            }

            (even + odd).CopyTo(samples[j..]);
        }
    }
}
