namespace Engine.Dsp;

/// <summary>
/// The memory that one extraction of <see cref="Gtzan57"/> fills, kept for the next and grown when that is longer: for a
/// 30 s clip at 22,050 Hz 25 MB.
/// </summary>
internal sealed class Gtzan57Workspace
{
    // Recordings of a collection differ by a few frames; room for more spares most of them new arrays.
    private const double Spare = 1.05;

    private Complex<float>[] _spectrum = [];
    private float[] _magnitude = [];
    private float[] _medians = [];
    private float[] _separated = [];

    /// <summary>The spectrogram [frames, bins], then its harmonic part.</summary>
    public Span<Complex<float>> Spectrum => _spectrum.AsSpan(0, Frames * Bins);

    /// <summary>Its magnitudes, then medians of them.</summary>
    public Span<float> Magnitude => _magnitude.AsSpan(0, Frames * Bins);

    /// <summary>Medians of the magnitudes, then masks.</summary>
    public Span<float> Medians => _medians.AsSpan(0, Frames * Bins);

    /// <summary>The harmonic, then the percussive signal.</summary>
    public Span<float> Separated => _separated.AsSpan(0, Samples);

    /// <summary>Samples of the signal.</summary>
    public int Samples { get; private set; }

    /// <summary>Frames of its spectrogram.</summary>
    public int Frames { get; private set; }

    /// <summary>Bins of a frame.</summary>
    public int Bins { get; private set; }

    /// <summary>Sets the sizes; what the arrays hold is undefined then.</summary>
    public void Resize(int samples, int frames, int bins)
    {
        (Samples, Frames, Bins) = (samples, frames, bins);
        var size = checked(frames * bins);
        if (_spectrum.Length < size)
        {
            var room = (int)Math.Min(size * Spare, Array.MaxLength);
            _spectrum = GC.AllocateUninitializedArray<Complex<float>>(room);
            _magnitude = GC.AllocateUninitializedArray<float>(room);
            _medians = GC.AllocateUninitializedArray<float>(room);
        }

        if (_separated.Length < samples) _separated = GC.AllocateUninitializedArray<float>((int)Math.Min(samples * Spare, Array.MaxLength));
    }
}
