using System.Numerics;
using System.Runtime.InteropServices;

namespace Engine.Dsp;

/// <summary>
/// The share of a frame's samples at which the signal changes sign, as <c>librosa.feature.zero_crossing_rate</c>: samples
/// within 1e-10 of zero count as positive, and the first and last sample pad a centred signal.
/// </summary>
public static class ZeroCrossingRate
{
    private const float Threshold = 1e-10f;

    /// <summary>The rate of every frame of a signal, in [0, 1).</summary>
    /// <param name="signal">Mono samples.</param>
    /// <param name="frameLength">Samples per frame.</param>
    /// <param name="hopLength">Samples between frames.</param>
    /// <param name="center">True: frame t is centred on sample t·hopLength. False: it starts there.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1.</exception>
    public static float[] Of(ReadOnlySpan<float> signal, int frameLength = 2048, int hopLength = 512, bool center = true)
    {
        var grid = new FrameGrid(nameof(ZeroCrossingRate), signal.Length, frameLength, hopLength, center);
        var result = new float[grid.Count];
        // Padding repeats the outer samples, so it contains no crossings.
        for (var t = 0; t < result.Length; t++) result[t] = (float)((double)Crossings(signal[grid[t]]) / frameLength);
        return result;
    }

    /// <summary>The number of samples after the first whose sign differs from the sample before.</summary>
    public static int Crossings(ReadOnlySpan<float> samples)
    {
        if (samples.Length < 2) return 0;
        ref var start = ref MemoryMarshal.GetReference(samples);
        var (width, length) = ((nuint)Vector<float>.Count, (nuint)samples.Length);
        var limit = new Vector<float>(-Threshold);
        var count = Vector<int>.Zero;
        nuint i = 1;
        for (; i + width <= length; i += width)
        {
            var before = Vector.LessThan(Vector.LoadUnsafe(ref start, i - 1), limit);
            // A true comparison is -1, so subtracting counts.
            count -= before ^ Vector.LessThan(Vector.LoadUnsafe(ref start, i), limit);
        }

        var crossings = Vector.Sum(count);
        for (var k = (int)i; k < samples.Length; k++)
            if (samples[k] < -Threshold != samples[k - 1] < -Threshold) crossings++;
        return crossings;
    }
}
