using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Engine.Dsp;

/// <summary>
/// Finds the spectral peaks of a frame, with frequencies and heights refined by a parabola through three bins, as
/// <c>librosa.piptrack</c> (J. O. Smith, "Sinusoidal peak interpolation", in Spectral Audio Signal Processing, 2011).
/// Planned once; immutable and safe to share between threads. Nothing is allocated per frame.
/// </summary>
public sealed class PitchTracker
{
    private readonly double _sampleRate;
    private readonly int _fftSize;
    private readonly int _first;
    private readonly int _end;
    private readonly float _threshold;

    /// <summary>Plans the search for spectra of fftSize/2 + 1 bins.</summary>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="fftSize">The transform's length.</param>
    /// <param name="minFrequency">The lowest bin searched, in Hz.</param>
    /// <param name="maxFrequency">Bins from here on, or from half the sample rate on, are not searched, in Hz.</param>
    /// <param name="threshold">The share of the frame's maximum that a peak must exceed, in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public PitchTracker(
        double sampleRate, int fftSize, double minFrequency = 150, double maxFrequency = 4000, double threshold = 0.1)
    {
        SpectrumCheck.Rate(nameof(PitchTracker), sampleRate, fftSize);
        if (!(minFrequency < maxFrequency) || !(threshold >= 0 && threshold < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(minFrequency),
                $"PitchTracker: minFrequency is {minFrequency}, maxFrequency {maxFrequency}, threshold {threshold}; the "
                    + "first must be below the second, and threshold in [0, 1).");
        }

        (_sampleRate, _fftSize, _threshold) = (sampleRate, fftSize, (float)threshold);
        Bins = fftSize / 2 + 1;
        var frequencies = FftFrequencies.Create(sampleRate, fftSize);
        var top = Math.Min(maxFrequency, sampleRate / 2);
        // Bin 0 has no lower neighbour and is never a peak.
        _first = Math.Max(1, Array.FindIndex(frequencies, f => f >= minFrequency));
        _end = Array.FindLastIndex(frequencies, f => f < top) + 1;
        if (frequencies[^1] < minFrequency) _end = _first;
    }

    /// <summary>Bins per frame.</summary>
    public int Bins { get; }

    /// <summary>The most peaks one frame can have.</summary>
    public int MaxPeaks => Math.Max(0, (_end - _first + 1) / 2);

    /// <summary>Finds the peaks of one frame, from low to high, and returns how many there are.</summary>
    /// <param name="spectrum">Magnitudes or powers [<see cref="Bins"/>], not negative.</param>
    /// <param name="frequencies">Receives each peak's frequency in Hz; at least <see cref="MaxPeaks"/> long.</param>
    /// <param name="heights">
    /// Receives each peak's height, in the unit of the spectrum; at least <see cref="MaxPeaks"/> long.
    /// </param>
    /// <exception cref="ArgumentException">A span is too short, or the spectrum does not have <see cref="Bins"/>
    /// values.</exception>
    public int Track(ReadOnlySpan<float> spectrum, Span<float> frequencies, Span<float> heights)
    {
        SpectrumCheck.Length(nameof(PitchTracker), "the frame", spectrum.Length, Bins);
        if (frequencies.Length < MaxPeaks || heights.Length < MaxPeaks)
        {
            throw new ArgumentException(
                $"PitchTracker: frequencies has {frequencies.Length} and heights {heights.Length} values; a frame may need "
                    + $"{MaxPeaks}.");
        }

        var floor = _threshold * Max(spectrum);
        ref var start = ref MemoryMarshal.GetReference(spectrum);
        // The last bin has no upper neighbour; it is compared below.
        var vectorEnd = Math.Min(_end, Bins - 1);
        var count = 0;
        var k = _first;
        for (; k + Vector256<float>.Count <= vectorEnd; k += Vector256<float>.Count)
        {
            var here = Vector256.LoadUnsafe(ref start, (nuint)k);
            var peak = Vector256.GreaterThan(here, Vector256.Create(floor))
                & Vector256.GreaterThan(here, Vector256.LoadUnsafe(ref start, (nuint)k - 1))
                & Vector256.GreaterThanOrEqual(here, Vector256.LoadUnsafe(ref start, (nuint)k + 1));
            for (var lanes = peak.ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
                Refine(spectrum, k + BitOperations.TrailingZeroCount(lanes), out frequencies[count], out heights[count++]);
        }

        for (; k < _end; k++)
        {
            if (spectrum[k] > floor && spectrum[k] > spectrum[k - 1] && (k == Bins - 1 || spectrum[k] >= spectrum[k + 1]))
                Refine(spectrum, k, out frequencies[count], out heights[count++]);
        }

        return count;
    }

    // Follows librosa's precision in each step, because tuning counts the results in narrow bins: neighbours are added in float,
    // quotient and frequency are computed in double and rounded to float, and the height in float.
    private void Refine(ReadOnlySpan<float> spectrum, int k, out float frequency, out float height)
    {
        float shift = 0, slope = 0;
        if (k < Bins - 1)
        {
            var (below, above) = (spectrum[k - 1], spectrum[k + 1]);
            var curvature = (double)(float)(above + below) - 2.0 * spectrum[k];
            slope = (above - below) / 2;
            // A vertex more than one bin away is not a peak of this bin.
            if (Math.Abs(slope) < Math.Abs(curvature)) shift = (float)(-slope / curvature);
        }

        frequency = (float)((k + (double)shift) * _sampleRate / _fftSize);
        height = spectrum[k] + 0.5f * slope * shift;
    }

    private static float Max(ReadOnlySpan<float> x)
    {
        ref var start = ref MemoryMarshal.GetReference(x);
        var max = new Vector<float>(x[0]);
        var i = 0;
        for (; i + Vector<float>.Count <= x.Length; i += Vector<float>.Count)
            max = Vector.Max(max, Vector.LoadUnsafe(ref start, (nuint)i));
        var result = max[0];
        for (var lane = 1; lane < Vector<float>.Count; lane++) result = MathF.Max(result, max[lane]);
        for (; i < x.Length; i++) result = MathF.Max(result, x[i]);
        return result;
    }
}
