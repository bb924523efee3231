namespace Engine.Dsp;

/// <summary>
/// The memory of a <see cref="Gtzan57"/> extraction, reused by the next and grown on demand: 25 MB for a 30 s clip
/// at 22,050 Hz, 40 MB plus what is kept of the frames for longer recordings.
/// </summary>
internal sealed class Gtzan57Workspace
{
    // Recordings in a collection differ by a few frames; spare room avoids new arrays for most of them.
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

    /// <summary>The spectrogram [frames, bins] of a block and the frames around it, then its harmonic part.</summary>
    public Span<Complex<float>> Spectrum(int values) => _spectrum.AsSpan(0, values);

    /// <summary>The magnitudes, then their medians.</summary>
    public Span<float> Magnitude(int values) => _magnitude.AsSpan(0, values);

    /// <summary>Medians of the magnitudes, then masks.</summary>
    public Span<float> Medians(int values) => _medians.AsSpan(0, values);

    /// <summary>Makes room for this many values each; the arrays' contents are then undefined.</summary>
    public void Reserve(int spectrum, int harmonic, int percussive, int mel, int cepstra, int chroma)
    {
        if (_spectrum.Length < spectrum)
        {
            // Free the smaller ones first, so that both need not fit at once.
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

    /// <summary>Releases memory that only long recordings need.</summary>
    public void Shrink(int most)
    {
        if (Harmonic.Length > most) Harmonic = [];
        if (Mel.Length > most) Mel = [];
    }

    private static int Room(int values) => (int)Math.Min(values * Spare, Array.MaxLength);
}
