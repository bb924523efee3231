using Engine.Dsp.Fft;

namespace Engine.Dsp;

/// <summary>
/// How strongly and how fast the bands of a spectrogram rise and fall: the variance of each band's values over time, divided
/// into octaves of modulation frequency (Houtgast and Steeneken 1985; Pampalk, Rauber and Merkl, "Content-based organization and
/// visualization of music archives", 2002). Spectra of Hann-windowed segments, half overlapping, are averaged (Welch 1967), so
/// that the memory is that of one segment. Immutable and safe to share between threads.
/// </summary>
public sealed class ModulationSpectrum
{
    private readonly RealFft<double> _transform;
    private readonly double[] _window;
    private readonly double _scale;
    private readonly (int From, int End)[] _ranges;

    /// <summary>Plans the segments and the ranges.</summary>
    /// <param name="frameRate">Frames a second.</param>
    /// <param name="frames">Frames of a segment, at least 4.</param>
    /// <param name="lowest">Where the lowest octave begins, in Hz.</param>
    /// <param name="octaves">How many octaves.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A parameter is out of range, an octave lies between two frequencies of the segment, or the highest ends above half the
    /// frame rate.
    /// </exception>
    public ModulationSpectrum(double frameRate, int frames, double lowest = 0.5, int octaves = 5)
    {
        Guard.Check(frameRate > 0 && double.IsFinite(frameRate),
            $"ModulationSpectrum: frameRate is {frameRate}; it must be positive.");
        Guard.Check(frames >= 4 && frames <= Guard.MostPoints,
            $"ModulationSpectrum: frames is {frames}; it must be from 4 to {Guard.MostPoints}.");
        Guard.Check(lowest > 0 && octaves is >= 1 and <= MostOctaves,
            $"ModulationSpectrum: lowest is {lowest}, octaves {octaves}; the first must be positive, the other from 1 to " +
                $"{MostOctaves}.");
        var highest = lowest * Math.Pow(2, octaves);
        Guard.Check(highest <= frameRate / 2,
            $"ModulationSpectrum: {octaves} octaves from {lowest} Hz end at {highest} Hz; the {frameRate} frames a second show " +
                $"up to {frameRate / 2} Hz.");
        (Frames, Octaves) = (frames, octaves);
        _transform = new(frames);
        _window = Windows.Create(WindowKind.Hann, frames);
        _ranges = new (int, int)[octaves];
        for (var o = 0; o < octaves; o++)
        {
            var from = lowest * Math.Pow(2, o);
            _ranges[o] = (Bin(from), Bin(2 * from));
            Guard.Check(_ranges[o].From < _ranges[o].End,
                $"ModulationSpectrum: no frequency of {frames} frames lies between {from} and {2 * from} Hz; take more frames, " +
                    "or begin higher.");
        }

        // The bins of one side then sum to the variance of the windowed values.
        _scale = 2 / (frames * _window.Sum(w => w * w));

        int Bin(double frequency) => (int)Math.Ceiling(frequency / frameRate * frames - 1e-9);
    }

    /// <summary>The most octaves that there are.</summary>
    public const int MostOctaves = 16;

    /// <summary>Frames of a segment.</summary>
    public int Frames { get; }

    /// <summary>How many octaves.</summary>
    public int Octaves { get; }

    /// <summary>
    /// The variance of each bin in each octave, <c>[bins, octaves]</c>; the mean over the segments. Frames after the last whole
    /// segment are left out.
    /// </summary>
    /// <exception cref="ArgumentException">There are fewer frames than in a segment.</exception>
    /// <exception cref="IOException">The samples cannot be read.</exception>
    public double[] Of(FrameReader<float> envelopes)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        if (envelopes.Count < Frames)
        {
            throw new ArgumentException($"ModulationSpectrum: a segment has {Frames} frames; the recording has " +
                $"{envelopes.Count}.");
        }

        var (bins, filled, segments) = (envelopes.Bins, 0, 0);
        var segment = new float[Frames * bins];
        var sums = new double[bins * Octaves];
        var (series, spectrum) = (new double[Frames], new Complex<double>[_transform.Bins]);
        foreach (var (_, block) in envelopes.Blocks())
        {
            for (var values = block.Span; !values.IsEmpty;)
            {
                var taken = Math.Min(values.Length, segment.Length - filled);
                values[..taken].CopyTo(segment.AsSpan(filled));
                values = values[taken..];
                filled += taken;
                if (filled < segment.Length) continue;
                Add(segment, bins, series, spectrum, sums);
                segments++;

                // The second half is the first half of the next segment.
                filled = (Frames - Frames / 2) * bins;
                segment.AsSpan(segment.Length - filled).CopyTo(segment);
            }
        }

        for (var i = 0; i < sums.Length; i++) sums[i] *= _scale / segments;
        return sums;
    }

    private void Add(float[] segment, int bins, double[] series, Complex<double>[] spectrum, double[] sums)
    {
        for (var b = 0; b < bins; b++)
        {
            double mean = 0;
            for (var t = 0; t < Frames; t++) mean += series[t] = segment[t * bins + b];
            mean /= Frames;
            for (var t = 0; t < Frames; t++) series[t] = (series[t] - mean) * _window[t];
            _transform.Forward(series, spectrum);
            for (var o = 0; o < Octaves; o++)
            {
                double power = 0;
                for (var k = _ranges[o].From; k < _ranges[o].End; k++)
                    power += spectrum[k].Real * spectrum[k].Real + spectrum[k].Imaginary * spectrum[k].Imaginary;
                sums[b * Octaves + o] += power;
            }
        }
    }
}
