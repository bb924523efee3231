namespace Engine.Dsp;

/// <summary>
/// The memory that one extraction of <see cref="Gtzan57"/> fills, kept for the next and grown on demand: for a
/// 30 s clip at 22,050 Hz 25 MB, for longer recordings 40 MB plus what is kept of their frames.
/// </summary>
internal sealed class Gtzan57Workspace
{
    // Recordings of a collection differ by a few frames; room for more spares most of them new arrays.
    private const double Spare = 1.05;

    private Complex<float>[] _spectrum = [];
    private float[] _magnitude = [];
    private float[] _medians = [];

    /// <summary>The samples of a block.</summary>
    public float[] Samples { get; set; } = [];

    /// <summary>The cepstral coefficients.</summary>
    public float[] Cepstra { get; private set; } = [];

    /// <summary>The chroma.</summary>
    public float[] Chroma { get; private set; } = [];

    /// <summary>The harmonic signal.</summary>
    public float[] Harmonic { get; private set; } = [];

    /// <summary>The percussive signal of a block.</summary>
    public float[] Percussive { get; private set; } = [];

    /// <summary>The mel spectrogram in dB.</summary>
    public float[] Mel { get; private set; } = [];

    /// <summary>The spectrogram [frames, bins] of a block and of the frames around it, then its harmonic part.</summary>
    public Span<Complex<float>> Spectrum(int values) => _spectrum.AsSpan(0, values);

    /// <summary>Its magnitudes, then medians of them.</summary>
    public Span<float> Magnitude(int values) => _magnitude.AsSpan(0, values);

    /// <summary>Medians of the magnitudes, then masks.</summary>
    public Span<float> Medians(int values) => _medians.AsSpan(0, values);

    /// <summary>Makes room for this many values each; the arrays' contents are then undefined.</summary>
    public void Reserve(int spectrum, int harmonic, int percussive, int mel, int cepstra, int chroma)
    {
        if (_spectrum.Length < spectrum)
        {
            // The smaller ones are freed first, so that both need not fit at once.
            (_spectrum, _magnitude, _medians) = ([], [], []);
            var room = Room(spectrum);
            _spectrum = GC.AllocateUninitializedArray<Complex<float>>(room);
            _magnitude = GC.AllocateUninitializedArray<float>(room);
            _medians = GC.AllocateUninitializedArray<float>(room);
        }

        if (Harmonic.Length < harmonic) Harmonic = GC.AllocateUninitializedArray<float>(Room(harmonic));
        if (Percussive.Length < percussive) Percussive = GC.AllocateUninitializedArray<float>(Room(percussive));
        if (Mel.Length < mel) Mel = GC.AllocateUninitializedArray<float>(Room(mel));
        if (Cepstra.Length < cepstra) Cepstra = GC.AllocateUninitializedArray<float>(Room(cepstra));
        if (Chroma.Length < chroma) Chroma = GC.AllocateUninitializedArray<float>(Room(chroma));
    }

    /// <summary>Releases what only a long recording needs.</summary>
    public void Shrink(int most)
    {
        if (Harmonic.Length > most) Harmonic = [];
        if (Mel.Length > most) Mel = [];
    }

    private static int Room(int values) => (int)Math.Min(values * Spare, Array.MaxLength);
}
