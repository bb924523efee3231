using Engine.Dsp.Audio;

namespace Engine.Dsp;

/// <summary>
/// Six descriptors of each frame, by librosa's definitions and defaults: spectral centroid, bandwidth and rolloff in Hz,
/// zero-crossing rate, root mean square and onset strength (of 128 mel bands). Planned for one sample rate and transform;
/// immutable and safe to share between threads.
/// </summary>
public sealed class FrameDescriptors
{
    private readonly MelSpectrogram _mel;
    private readonly SpectralShape _shape;

    // The same transform of samples that are padded already.
    private readonly Stft _padded;

    /// <summary>Plans the descriptors of centred frames.</summary>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="fftSize">Samples of a frame (<c>n_fft</c>, <c>frame_length</c>).</param>
    /// <param name="hopLength">Samples between frames (<c>hop_length</c>).</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public FrameDescriptors(double sampleRate, int fftSize = 2048, int hopLength = 512)
    {
        var options = new StftOptions { FftSize = fftSize, HopLength = hopLength };
        _mel = new(options, new() { SampleRate = sampleRate });
        _padded = new(options with { Center = false });
        _shape = new(sampleRate, fftSize);
    }

    /// <summary>The descriptors' names in order: those of the published feature table, then <c>onset_strength</c>.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["spectral_centroid", "spectral_bandwidth", "rolloff", "zero_crossing_rate", "rms", "onset_strength"];

    /// <summary>The transform.</summary>
    public Stft Stft => _mel.Stft;

    /// <summary>
    /// The descriptors of each frame of a recording, <c>[frames, 6]</c>. The onset strength depends on the loudest mel band,
    /// for which this reads the recording once. The spectra behind centroid, bandwidth and rolloff are computed in double:
    /// see <see cref="Stft.MagnitudeInDouble"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The recording has more than 2³¹ samples.</exception>
    /// <exception cref="IOException">The samples cannot be read.</exception>
    public FrameReader<float> Read(SampleSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var onsets = FrameReader.Onsets(source, _mel);
        var strength = new float[onsets.BlockFrames];
        return new(onsets.Count, Names.Count, onsets.BlockFrames, (first, frames) =>
        {
            Describe(source, first, frames);
            var count = frames.Length / Names.Count;
            if (strength.Length < count) strength = new float[count];
            onsets.Read(first, strength.AsSpan(0, count));
            for (var t = 0; t < count; t++) frames[(t + 1) * Names.Count - 1] = strength[t];
        });
    }

    // All but the onset strength.
    private void Describe(SampleSource source, int first, Span<float> frames)
    {
        var (length, hop, count) = (Stft.Options.FftSize, Stft.Options.Hop, frames.Length / Names.Count);
        var start = (long)first * hop - length / 2;
        var samples = new float[checked((count - 1) * hop + length)];
        var (from, to) = (Math.Clamp(start, 0, source.Length), Math.Clamp(start + samples.Length, 0, source.Length));
        source.Read(from, samples.AsSpan((int)(from - start), (int)(to - from)));
        var magnitude = _padded.MagnitudeInDouble(samples);
        for (var t = 0; t < count; t++)
        {
            var frame = frames.Slice(t * Names.Count, Names.Count);
            frame[0] = _shape.Centroid(magnitude[t]);
            frame[1] = _shape.Bandwidth(magnitude[t], frame[0]);
            frame[2] = _shape.Rolloff(magnitude[t]);

            // The samples without their padding, which adds neither crossings nor energy.
            var at = start + (long)t * hop;
            var (begin, end) = (Math.Clamp(at, from, to), Math.Clamp(at + length, from, to));
            var own = samples.AsSpan((int)(begin - start), (int)(end - begin));
            frame[3] = (float)((double)ZeroCrossingRate.Crossings(own) / length);
            frame[4] = Rms.Frame(own, length);
        }
    }
}
