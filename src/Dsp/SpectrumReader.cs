using Engine.Dsp.Audio;

namespace Engine.Dsp;

/// <summary>
/// The spectra of a run of a recording's frames, bit for bit those of <see cref="Stft.Enumerate"/> for the whole. Only the
/// samples under the run are in memory. Not safe to share between threads.
/// </summary>
internal sealed class SpectrumReader
{
    // Values and samples of a block: 8 MB and 4 MB at most. The samples of usual transforms are no large object, because every
    // window leaves its own to the collector.
    private const int BlockValues = 1 << 21, BlockSamples = 1 << 20, MostFrames = 32;

    private readonly SampleSource _source;
    private readonly float[] _frame;
    private float[] _samples;
    private long _start;
    private int _length;

    /// <summary>Creates a reader; nothing is read yet.</summary>
    /// <param name="stft">The transform.</param>
    /// <param name="source">The recording.</param>
    /// <param name="buffer">Memory for samples; replaced if it is too short.</param>
    /// <exception cref="ArgumentException">
    /// The transform mirrors the signal at its ends, or the recording is too long.
    /// </exception>
    public SpectrumReader(Stft stft, SampleSource source, float[]? buffer = null)
    {
        ArgumentNullException.ThrowIfNull(stft);
        ArgumentNullException.ThrowIfNull(source);
        if (stft.Options is { Center: true, PadMode: PadMode.Reflect })
        {
            throw new ArgumentException(
                "SpectrumReader: padMode is Reflect; a recording that is read in parts must be padded with zeros.", nameof(stft));
        }

        if (source.Length > int.MaxValue)
        {
            throw new ArgumentException($"SpectrumReader: the recording has {source.Length} samples; the most is {int.MaxValue}.",
                nameof(source));
        }

        (Stft, _source, _samples) = (stft, source, buffer ?? []);
        _frame = new float[stft.Options.FftSize];
        Count = stft.FrameCount((int)source.Length);
    }

    /// <summary>The transform.</summary>
    public Stft Stft { get; }

    /// <summary>How many frames there are.</summary>
    public int Count { get; }

    /// <summary>The sample buffer.</summary>
    public float[] Buffer => _samples;

    /// <summary>The samples in memory, starting at <see cref="Start"/>.</summary>
    public ReadOnlySpan<float> Samples => _samples.AsSpan(0, _length);

    /// <summary>The index of the first of <see cref="Samples"/>.</summary>
    public long Start => _start;

    /// <summary>
    /// The number of frames per block for a given number of bins, so that block size is bounded for any transform.
    /// </summary>
    public static int FramesOfBlock(int bins, int hop) =>
        Math.Clamp(Math.Min(BlockValues / Math.Max(1, bins), BlockSamples / hop), 1, MostFrames);

    /// <summary>Loads the samples under frames <paramref name="first"/> to <paramref name="end"/>.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public void Load(int first, int end)
    {
        var options = Stft.Options;
        var lead = options.Center ? options.FftSize / 2 : 0;
        _start = Math.Clamp((long)first * options.Hop - lead, 0, _source.Length);
        var stop = Math.Clamp((end - 1L) * options.Hop - lead + options.FftSize, _start, _source.Length);
        _length = (int)(stop - _start);
        if (_samples.Length < _length) _samples = GC.AllocateUninitializedArray<float>(_length);
        _source.Read(_start, _samples.AsSpan(0, _length));
    }

    /// <summary>Computes the spectrum of a frame whose samples are in memory.</summary>
    public void Read(int frame, Span<Complex<float>> spectrum)
    {
        var lead = Stft.Options.Center ? Stft.Options.FftSize / 2 : 0;
        Stft.Transform(Samples, (int)((long)frame * Stft.Options.Hop - lead - _start), _frame, spectrum);
    }
}
