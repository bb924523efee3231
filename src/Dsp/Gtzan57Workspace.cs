namespace Engine.Dsp;

/// <summary>The arrays that one extraction of <see cref="Gtzan57"/> fills: for a 30 s clip at 22,050 Hz 24 MB.</summary>
internal sealed class Gtzan57Workspace(int samples, int frames, int bins, int bands)
{
    /// <summary>Samples of the signals that it fits.</summary>
    public int Samples => Signal.Length;

    /// <summary>The spectrogram, then its harmonic part.</summary>
    public Frames<Complex<float>> Spectrum { get; } = new(frames, bins);

    /// <summary>The magnitudes, then medians of them.</summary>
    public Frames<float> Magnitude { get; } = new(frames, bins);

    /// <summary>Medians of the magnitudes, then masks.</summary>
    public Frames<float> Medians { get; } = new(frames, bins);

    /// <summary>The mel power, then in dB.</summary>
    public Frames<float> Mel { get; } = new(frames, bands);

    /// <summary>One frame's squared magnitudes.</summary>
    public float[] Power { get; } = new float[bins];

    /// <summary>Each frame's centroid in Hz.</summary>
    public float[] Centroids { get; } = new float[frames];

    /// <summary>Each frame's bandwidth in Hz.</summary>
    public float[] Bandwidths { get; } = new float[frames];

    /// <summary>Each frame's rolloff in Hz.</summary>
    public float[] Rolloffs { get; } = new float[frames];

    /// <summary>The harmonic, then the percussive signal.</summary>
    public float[] Signal { get; } = new float[samples];
}
