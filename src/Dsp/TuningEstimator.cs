namespace Engine.Dsp;

/// <summary>
/// Estimates how far a recording's tuning deviates from A440, in fractions of a bin (of a semitone with 12 bins per octave) in
/// [-0.5, 0.5), as <c>librosa.estimate_tuning</c>: the fullest bin of a histogram of the pitches' deviations, counting the louder
/// half of the spectral peaks. Add frames, then estimate. Not safe to share between threads: give each its own and merge them;
/// the result does not depend on the order.
/// </summary>
public sealed class TuningEstimator
{
    private readonly PitchTracker _tracker;
    private float[] _frequencies = [];
    private float[] _heights = [];
    private int _count;

    /// <summary>Starts with no frames.</summary>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="fftSize">The transform's length.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public TuningEstimator(double sampleRate, int fftSize)
        : this(new PitchTracker(sampleRate, fftSize))
    {
    }

    /// <summary>Starts with no frames and a custom pitch search.</summary>
    public TuningEstimator(PitchTracker tracker)
    {
        ArgumentNullException.ThrowIfNull(tracker);
        _tracker = tracker;
    }

    /// <summary>The frequencies in Hz of the peaks so far.</summary>
    internal ReadOnlySpan<float> Frequencies => _frequencies.AsSpan(0, _count);

    /// <summary>Their heights.</summary>
    internal ReadOnlySpan<float> Heights => _heights.AsSpan(0, _count);

    /// <summary>Adds the peaks of one frame.</summary>
    /// <param name="spectrum">Magnitudes or powers; <c>librosa.estimate_tuning</c> expects magnitudes, but <c>chroma_stft</c>
    /// passes it powers.</param>
    /// <exception cref="ArgumentException">The frame does not have the tracker's number of bins.</exception>
    public void Add(ReadOnlySpan<float> spectrum)
    {
        Reserve(_tracker.MaxPeaks);
        _count += _tracker.Track(spectrum, _frequencies.AsSpan(_count), _heights.AsSpan(_count));
    }

    /// <summary>Adds everything that <paramref name="other"/> has seen.</summary>
    public void Merge(TuningEstimator other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Reserve(other._count);
        other._frequencies.AsSpan(0, other._count).CopyTo(_frequencies.AsSpan(_count));
        other._heights.AsSpan(0, other._count).CopyTo(_heights.AsSpan(_count));
        _count += other._count;
    }

    /// <summary>Clears the peaks.</summary>
    internal void Clear() => _count = 0;

    /// <summary>The tuning in fractions of a bin; 0 when no frame had a peak.</summary>
    /// <param name="binsPerOctave">The bins of an octave.</param>
    /// <param name="resolution">The width of the histogram's bins, as a fraction of a bin, from 10⁻⁶ to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public double Estimate(int binsPerOctave = 12, double resolution = 0.01)
    {
        if (_count == 0) return FromPitches([], binsPerOctave, resolution);
        var threshold = Quantiles.Median(_heights.AsSpan(0, _count).ToArray());
        var loud = new float[_count];
        var kept = 0;
        for (var i = 0; i < _count; i++)
            if (_heights[i] >= threshold) loud[kept++] = _frequencies[i];
        return FromPitches(loud.AsSpan(0, kept), binsPerOctave, resolution);
    }

    /// <summary>The tuning of a whole spectrogram; <paramref name="spectrum"/> [frames, bins] as in <see cref="Add"/>.</summary>
    /// <param name="spectrum">Magnitudes or powers.</param>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="fftSize">The transform's length; null means the even length with this number of bins.</param>
    /// <param name="binsPerOctave">The bins of an octave.</param>
    /// <exception cref="ArgumentException">The sizes do not match or a parameter is out of range.</exception>
    public static double Estimate(Frames<float> spectrum, double sampleRate, int? fftSize = null, int binsPerOctave = 12)
    {
        ArgumentNullException.ThrowIfNull(spectrum);
        var estimator = new TuningEstimator(sampleRate, SpectrumCheck.FftSize(spectrum.Bins, fftSize));
        for (var t = 0; t < spectrum.Count; t++) estimator.Add(spectrum[t]);
        return estimator.Estimate(binsPerOctave);
    }

    /// <summary>The tuning of a signal, from its magnitudes, as <c>librosa.estimate_tuning(y=…)</c>.</summary>
    /// <param name="signal">Mono samples.</param>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="stft">The transform; null means the defaults.</param>
    /// <param name="binsPerOctave">The bins of an octave.</param>
    /// <exception cref="ArgumentException">A parameter is out of range.</exception>
    public static double Estimate(ReadOnlySpan<float> signal, double sampleRate, StftOptions? stft = null, int binsPerOctave = 12)
    {
        var transform = new Stft(stft ?? new());
        return Estimate(transform.Magnitude(signal), sampleRate, transform.Options.FftSize, binsPerOctave);
    }

    /// <summary>
    /// The tuning of a set of frequencies in Hz, as <c>librosa.pitch_tuning</c>; others than positive ones are ignored; 0 if none
    /// is left.
    /// </summary>
    /// <param name="frequencies">Frequencies in Hz.</param>
    /// <param name="binsPerOctave">The bins of an octave.</param>
    /// <param name="resolution">The width of the histogram's bins, as a fraction of a bin, from 10⁻⁶ to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public static double FromPitches(ReadOnlySpan<float> frequencies, int binsPerOctave = 12, double resolution = 0.01)
    {
        if (binsPerOctave < 1 || !(resolution is >= 1e-6 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(binsPerOctave),
                $"TuningEstimator: binsPerOctave is {binsPerOctave} and resolution {resolution}; the first must be at least "
                    + "1 and the second from 0.000001 to 1.");
        }

        var counts = new long[(int)Math.Ceiling(1 / resolution)];
        var histogram = new PitchHistogram(binsPerOctave, counts.Length);
        foreach (var frequency in frequencies)
        {
            if (frequency > 0) counts[histogram.IndexOf(frequency)]++;
        }

        return histogram.Tuning(counts);
    }

    private void Reserve(int more)
    {
        if (_count + more <= _heights.Length) return;
        var size = Math.Max(_count + more, 2 * _heights.Length);
        Array.Resize(ref _frequencies, size);
        Array.Resize(ref _heights, size);
    }
}
