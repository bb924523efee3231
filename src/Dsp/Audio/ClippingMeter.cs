using System.Numerics;
using System.Runtime.InteropServices;

namespace Engine.Dsp.Audio;

/// <summary>
/// Counts clipped samples: runs of three or more at full scale, of one sign, in one channel. A single sample that touches full
/// scale is a peak.
/// </summary>
/// <param name="channels">Samples per frame.</param>
internal sealed class ClippingMeter(int channels)
{
    // 0.009 dB below 1: the largest value of 16 bits, and what a lossy codec makes of it, which may lie above 1, too.
    private const float FullScale = 0.999f;
    private const int ShortestRun = 3;

    // The length of the run in which each channel is, negative below zero.
    private readonly int[] _runs = new int[channels];
    private long _clipped, _samples;

    /// <summary>The share of the samples that are clipped.</summary>
    public double Share => _samples == 0 ? 0 : (double)_clipped / _samples;

    /// <summary>Adds a block with the samples of all channels, frame by frame or channel by channel.</summary>
    public void Add(ReadOnlySpan<float> samples, bool interleaved)
    {
        _samples += samples.Length;
        if (!ReachesFullScale(samples))
        {
            Array.Clear(_runs);
            return;
        }

        var frames = samples.Length / channels;
        var (step, next) = interleaved ? (channels, 1) : (1, frames);
        for (var channel = 0; channel < channels; channel++)
        {
            var run = _runs[channel];
            for (int i = channel * next, end = i + frames * step; i < end; i += step)
            {
                var sample = samples[i];
                run = sample >= FullScale ? Math.Max(run, 0) + 1 : sample <= -FullScale ? Math.Min(run, 0) - 1 : 0;
                var length = Math.Abs(run);
                if (length >= ShortestRun) _clipped += length == ShortestRun ? ShortestRun : 1;
            }

            _runs[channel] = run;
        }
    }

    // Most blocks do not.
    private static bool ReachesFullScale(ReadOnlySpan<float> samples)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(samples);
        var largest = Vector<float>.Zero;
        foreach (var vector in vectors) largest = Vector.Max(largest, Vector.Abs(vector));
        if (Vector.GreaterThanOrEqualAny(largest, new(FullScale))) return true;
        foreach (var sample in samples[(vectors.Length * Vector<float>.Count)..])
            if (MathF.Abs(sample) >= FullScale) return true;
        return false;
    }
}
