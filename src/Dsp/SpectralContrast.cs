using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Dsp;

/// <summary>
/// Spectral contrast: in each of several octave bands, the difference in dB between the means of the loudest and of the
/// softest bins, as <c>librosa.feature.spectral_contrast</c> (D.-N. Jiang et al., "Music type classification by spectral
/// contrast feature", 2002). Planned once; immutable and safe to share between threads.
/// </summary>
/// <inheritdoc cref="Stft.MagnitudeInDouble" path="/remarks"/>
public sealed class SpectralContrast
{
    // Up to here, keeping lists is faster than sorting a band.
    private const int MaxKept = 16;

    private readonly Band[] _bands;

    /// <summary>
    /// Plans the bands: one below <paramref name="minFrequency"/>, then octaves, the last of which extends to the end.
    /// </summary>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="fftSize">The transform's length.</param>
    /// <param name="minFrequency">The upper edge of the lowest band, in Hz.</param>
    /// <param name="octaves">The number of bands above it.</param>
    /// <param name="quantile">The share of a band's bins that forms its peak and its valley, in (0, 1); at least one bin
    /// each.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range, or a band begins above half the sample
    /// rate.</exception>
    /// <exception cref="ArgumentException">The transform is so short that a band has no bin.</exception>
    public SpectralContrast(double sampleRate, int fftSize, double minFrequency = 200, int octaves = 6, double quantile = 0.02)
    {
        SpectrumCheck.Rate(nameof(SpectralContrast), sampleRate, fftSize);
        if (!(minFrequency > 0) || octaves < 1 || !(quantile > 0 && quantile < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(minFrequency),
                $"SpectralContrast: minFrequency is {minFrequency}, octaves {octaves}, quantile {quantile}; the first two "
                    + "must be positive and quantile between 0 and 1.");
        }

        var top = minFrequency * Math.Pow(2, octaves - 1);
        if (!(top < sampleRate / 2))
        {
            throw new ArgumentOutOfRangeException(nameof(octaves),
                $"SpectralContrast: the highest of {octaves} octaves above {minFrequency} Hz begins at {top} Hz; it must "
                    + $"begin below half the sample rate, {sampleRate / 2}.");
        }

        Bins = fftSize / 2 + 1;
        _bands = Plan(FftFrequencies.Create(sampleRate, fftSize), minFrequency, octaves, quantile);
    }

    /// <summary>Bins per frame of the spectra.</summary>
    public int Bins { get; }

    /// <summary>The number of bands: the octaves and the one below them.</summary>
    public int Bands => _bands.Length;

    /// <summary>The contrast of every frame, [frames, <see cref="Bands"/>], in dB or linear.</summary>
    /// <param name="magnitude">Magnitudes [frames, <see cref="Bins"/>].</param>
    /// <param name="linear">True: peak minus valley. False: the difference of their dB values, each floored at 80 dB below the
    /// highest in the whole array.</param>
    /// <exception cref="ArgumentException">The frames do not have <see cref="Bins"/> values.</exception>
    public Frames<float> Of(Frames<float> magnitude, bool linear = false)
    {
        ArgumentNullException.ThrowIfNull(magnitude);
        var peaks = new Frames<float>(magnitude.Count, Bands);
        var valleys = new Frames<float>(magnitude.Count, Bands);
        for (var t = 0; t < magnitude.Count; t++) Frame(magnitude[t], peaks[t], valleys[t]);
        if (!linear)
        {
            Decibels.FromPower(peaks.Data, peaks.Data);
            Decibels.FromPower(valleys.Data, valleys.Data);
        }

        for (var i = 0; i < peaks.Data.Length; i++) peaks.Data[i] -= valleys.Data[i];
        return peaks;
    }

    /// <summary>The contrast of every frame of a signal, with the default bands, in dB.</summary>
    /// <param name="signal">Mono samples.</param>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="stft">The transform; null means the defaults.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public static Frames<float> Of(ReadOnlySpan<float> signal, double sampleRate, StftOptions? stft = null)
    {
        var transform = new Stft(stft ?? new());
        return new SpectralContrast(sampleRate, transform.Options.FftSize).Of(transform.MagnitudeInDouble(signal));
    }

    /// <summary>
    /// The peak and the valley of each band of one frame, linear: <paramref name="peaks"/> and <paramref name="valleys"/>
    /// [<see cref="Bands"/>].
    /// </summary>
    /// <exception cref="ArgumentException">The sizes do not match.</exception>
    public void Frame(ReadOnlySpan<float> magnitude, Span<float> peaks, Span<float> valleys)
    {
        SpectrumCheck.Length(nameof(SpectralContrast), "the frame", magnitude.Length, Bins);
        SpectrumCheck.Length(nameof(SpectralContrast), "peaks", peaks.Length, Bands);
        SpectrumCheck.Length(nameof(SpectralContrast), "valleys", valleys.Length, Bands);
        for (var b = 0; b < _bands.Length; b++)
        {
            var band = _bands[b];
            var values = magnitude.Slice(band.First, band.Count);
            peaks[b] = MeanOfLargest<Upward>(values, band.Kept);
            valleys[b] = -MeanOfLargest<Downward>(values, band.Kept);
        }
    }

    private static Band[] Plan(double[] frequencies, double minFrequency, int octaves, double quantile)
    {
        var bands = new Band[octaves + 1];
        for (var b = 0; b < bands.Length; b++)
        {
            var low = b == 0 ? 0 : minFrequency * Math.Pow(2, b - 1);
            var high = minFrequency * Math.Pow(2, b);
            var first = Array.FindIndex(frequencies, f => f >= low);
            var end = Array.FindLastIndex(frequencies, f => f <= high) + 1;
            // librosa adds the bin below the band, extends the last band to the end, and drops the top bin of the others
            // after counting it.
            var empty = first < 0 || end <= first;
            if (b > 0) first--;
            if (b == octaves) end = frequencies.Length;
            var (members, count) = (end - first, b < octaves ? end - first - 1 : end - first);
            if (empty || count < 1)
            {
                throw new ArgumentException(
                    $"SpectralContrast: the band from {low} to {high} Hz has no bin at a spacing of {frequencies[1]} Hz; "
                        + "fftSize must be larger.");
            }

            var kept = Math.Max(1, (int)Math.Round(quantile * members, MidpointRounding.ToEven));
            bands[b] = new(first, count, Math.Min(kept, count));
        }

        return bands;
    }

    private static float MeanOfLargest<TDirection>(ReadOnlySpan<float> values, int count)
        where TDirection : struct, IDirection
    {
        float sum = 0;
        if (count <= MaxKept)
        {
            Span<Vector<float>> lists = stackalloc Vector<float>[count];
            SelectLargest<TDirection>(values, lists);
            foreach (var kept in lists) sum += kept[0];
            return sum / count;
        }

        var sorted = new float[values.Length];
        for (var i = 0; i < values.Length; i++) sorted[i] = TDirection.Of(values[i]);
        Array.Sort(sorted);
        foreach (var value in sorted.AsSpan()[^count..]) sum += value;
        return sum / count;
    }

    // Every lane keeps the largest values it has seen, in descending order. At the end, each lane's list is merged with that of
    // the lane half a vector on, then a quarter on, and so forth, until the first lane holds the largest of all. There are no
    // data-dependent branches.
    [SkipLocalsInit]
    private static void SelectLargest<TDirection>(ReadOnlySpan<float> values, Span<Vector<float>> lists)
        where TDirection : struct, IDirection
    {
        var width = Vector<float>.Count;
        ref var start = ref MemoryMarshal.GetReference(values);
        lists.Fill(new Vector<float>(float.NegativeInfinity));
        var i = 0;
        for (; i + width <= values.Length; i += width) Sink(lists, TDirection.Of(Vector.LoadUnsafe(ref start, (nuint)i)));
        Span<float> buffer = stackalloc float[2 * MaxKept * width];
        buffer[..width].Fill(float.NegativeInfinity);
        for (var lane = 0; i < values.Length; i++) buffer[lane++] = TDirection.Of(values[i]);
        Sink(lists, new Vector<float>(buffer));

        for (var shift = width / 2; shift > 0; shift /= 2)
        {
            // A vector stored twice in a row is rotated by reading from the middle.
            for (var k = 0; k < lists.Length; k++)
            {
                lists[k].CopyTo(buffer[(2 * k * width)..]);
                lists[k].CopyTo(buffer[((2 * k + 1) * width)..]);
            }

            for (var k = 0; k < lists.Length; k++) Sink(lists, new Vector<float>(buffer[(2 * k * width + shift)..]));
        }
    }

    // In each lane, a value sinks past larger ones and is inserted before smaller ones; the last one drops out.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sink(Span<Vector<float>> lists, Vector<float> value)
    {
        foreach (ref var kept in lists)
        {
            var larger = Vector.MaxNative(kept, value);
            value = Vector.MinNative(kept, value);
            kept = larger;
        }
    }

    private interface IDirection
    {
        static abstract Vector<float> Of(Vector<float> x);

        static abstract float Of(float x);
    }

    private readonly record struct Band(int First, int Count, int Kept);

    private readonly struct Upward : IDirection
    {
        public static Vector<float> Of(Vector<float> x) => x;

        public static float Of(float x) => x;
    }

    // The smallest values are the largest of the negated ones.
    private readonly struct Downward : IDirection
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Of(Vector<float> x) => -x;

        public static float Of(float x) => -x;
    }
}
