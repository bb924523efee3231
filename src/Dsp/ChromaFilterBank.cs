namespace Engine.Dsp;

/// <summary>
/// The weights that fold a power spectrum into pitch classes, as <c>librosa.filters.chroma</c> (after D. P. W. Ellis,
/// "Chroma feature analysis and synthesis", 2007): around each class a Gaussian bump over the bins' pitches, each bin's
/// weights of unit length, then a Gaussian weight over octaves. Immutable and safe to share between threads.
/// </summary>
public sealed class ChromaFilterBank
{
    /// <summary>Computes the weights, in double.</summary>
    /// <param name="sampleRate">Samples per second.</param>
    /// <param name="fftSize">The transform's length.</param>
    /// <param name="tuning">The deviation from A440 in fractions of a class; it replaces the tuning in
    /// <paramref name="options"/>.</param>
    /// <param name="options">The other parameters; null means the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public ChromaFilterBank(double sampleRate, int fftSize, double tuning = 0, ChromaOptions? options = null)
    {
        options ??= new();
        SpectrumCheck.Rate(nameof(ChromaFilterBank), sampleRate, fftSize);
        if (options.Classes < 1 || options.OctaveWidth <= 0 || !double.IsFinite(tuning))
        {
            throw new ArgumentOutOfRangeException(nameof(options),
                $"ChromaFilterBank: classes is {options.Classes}, octaveWidth {options.OctaveWidth}, tuning {tuning}; the "
                    + "first two must be positive and tuning finite.");
        }

        Weights = Compute(sampleRate, fftSize, tuning, options);
    }

    /// <summary>The weights, [classes, fftSize/2 + 1].</summary>
    public Frames<float> Weights { get; }

    /// <summary>The number of pitch classes.</summary>
    public int Classes => Weights.Count;

    /// <summary>Bins per frame.</summary>
    public int Bins => Weights.Bins;

    /// <summary>
    /// Folds one frame: <paramref name="power"/> [<see cref="Bins"/>] to <paramref name="chroma"/> [<see cref="Classes"/>].
    /// </summary>
    /// <exception cref="ArgumentException">The sizes do not match.</exception>
    public void Apply(ReadOnlySpan<float> power, Span<float> chroma)
    {
        SpectrumCheck.Length(nameof(ChromaFilterBank), "the frame", power.Length, Bins);
        SpectrumCheck.Length(nameof(ChromaFilterBank), "chroma", chroma.Length, Classes);
        for (var c = 0; c < chroma.Length; c++) chroma[c] = VectorMath.Dot(Weights[c], power);
    }

    private static Frames<float> Compute(double sampleRate, int fftSize, double tuning, ChromaOptions options)
    {
        var classes = options.Classes;
        var weights = new Frames<float>(classes, fftSize / 2 + 1);
        var half = Math.Round(classes / 2.0, MidpointRounding.ToEven);
        var roll = options.StartsAtC ? 3 * (classes / 12) : 0;
        var column = new double[classes];
        var pitches = Pitches(sampleRate, fftSize, tuning, classes);
        for (var k = 0; k < weights.Bins; k++)
        {
            var pitch = pitches[k];
            var width = k + 1 < fftSize ? Math.Max(pitches[k + 1] - pitch, 1) : 1;
            double squares = 0;
            for (var c = 0; c < classes; c++)
            {
                // The distance to the class, wrapped into ±half an octave.
                var distance = Remainder(pitch - c + half + 10 * classes, classes) - half;
                column[c] = Gaussian(2 * distance / width);
                squares += column[c] * column[c];
            }

            var scale = squares > 0 ? 1 / Math.Sqrt(squares) : 1;
            if (options.OctaveWidth is { } octaveWidth)
                scale *= Gaussian((pitch / classes - options.CenterOctave) / octaveWidth);
            for (var c = 0; c < classes; c++) weights[c][k] = (float)(column[(c + roll) % classes] * scale);
        }

        return weights;
    }

    // The pitches of the bins and of one past the last, in classes above 27.5 Hz; bin 0 is placed one and a half octaves below
    // bin 1.
    private static double[] Pitches(double sampleRate, int fftSize, double tuning, int classes)
    {
        var pitches = new double[fftSize / 2 + 2];
        var reference = 440 * Math.Pow(2, tuning / classes) / 16;
        for (var k = 1; k < pitches.Length; k++) pitches[k] = classes * Math.Log2(k * sampleRate / fftSize / reference);
        pitches[0] = pitches[1] - 1.5 * classes;
        return pitches;
    }

    private static double Gaussian(double x) => Math.Exp(-0.5 * x * x);

    private static double Remainder(double x, double period) => x - period * Math.Floor(x / period);
}
