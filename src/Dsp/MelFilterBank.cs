namespace Engine.Dsp;

/// <summary>How mel filters are scaled.</summary>
public enum MelNorm
{
    /// <summary>Each triangle is divided by half its width in Hz, so that all have the same area.</summary>
    Slaney,

    /// <summary>Triangles with peak 1.</summary>
    None,
}

/// <summary>The axis along which the sides of a mel filter are straight.</summary>
public enum TriangleAxis
{
    /// <summary>Hertz, as in librosa.</summary>
    Hertz,

    /// <summary>Mels, as in Kaldi, whose filters are these with the HTK formula and peak 1.</summary>
    Mel,
}

/// <summary>The parameters of a mel filter bank, with the defaults of <c>librosa.filters.mel</c>.</summary>
public sealed record MelOptions
{
    /// <summary>Samples per second of the signal, in Hz.</summary>
    public double SampleRate { get; init; } = 22050;

    /// <summary>The number of filters (<c>n_mels</c>).</summary>
    public int Bands { get; init; } = 128;

    /// <summary>The lower edge of the first filter in Hz (<c>fmin</c>).</summary>
    public double MinFrequency { get; init; }

    /// <summary>The upper edge of the last filter in Hz (<c>fmax</c>); null means half the sample rate.</summary>
    public double? MaxFrequency { get; init; }

    /// <summary>The mel formula.</summary>
    public MelScale Scale { get; init; } = MelScale.Slaney;

    /// <summary>The scaling of the filters.</summary>
    public MelNorm Norm { get; init; } = MelNorm.Slaney;

    /// <summary>Where the filters are triangles.</summary>
    public TriangleAxis Triangles { get; init; }

    internal void Validate()
    {
        Guard.Check(double.IsFinite(SampleRate) && SampleRate > 0,
            $"MelFilterBank: sampleRate is {SampleRate} Hz; it must be positive.");
        Guard.Check(Bands >= 1, $"MelFilterBank: bands is {Bands}; it must be at least 1.");
        Guard.Check(MinFrequency >= 0, $"MelFilterBank: minFrequency is {MinFrequency} Hz; it must be at least 0.");
        var max = MaxFrequency ?? SampleRate / 2;
        Guard.Check(double.IsFinite(max) && max > MinFrequency,
            $"MelFilterBank: maxFrequency is {max} Hz; it must exceed minFrequency {MinFrequency} Hz.");
        Guard.Check(Enum.IsDefined(Scale), $"MelFilterBank: unknown scale {Scale}.");
        Guard.Check(Enum.IsDefined(Norm), $"MelFilterBank: unknown norm {Norm}.");
        Guard.Check(Enum.IsDefined(Triangles), $"MelFilterBank: unknown triangles {Triangles}.");
    }
}

/// <summary>
/// Overlapping triangular filters, evenly spaced in mels, over the bins of a spectrum: <c>librosa.filters.mel</c>.
/// Immutable and safe to share between threads.
/// </summary>
public sealed class MelFilterBank
{
    private readonly FilterBank<float> _filters;

    /// <summary>Designs the filters for spectra of <paramref name="fftSize"/>/2 + 1 bins.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is out of range.</exception>
    public MelFilterBank(MelOptions options, int fftSize)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (fftSize is < 1 or > Guard.MostPoints)
            throw new ArgumentOutOfRangeException(nameof(fftSize),
                $"MelFilterBank: fftSize is {fftSize}; it must be from 1 to {Guard.MostPoints}.");
        Options = options;
        var dense = Design(options, fftSize);
        _filters = new(dense);
        EmptyBands = [.. Enumerable.Range(0, options.Bands).Where(b => dense[b].IndexOfAnyExcept(0f) < 0)];
    }

    /// <summary>The parameters.</summary>
    public MelOptions Options { get; }

    /// <summary>The number of filters.</summary>
    public int Bands => _filters.Count;

    /// <summary>The bins of a spectrum, fftSize/2 + 1.</summary>
    public int Bins => _filters.Bins;

    /// <summary>
    /// The filters that no bin falls into, ascending: their output is always zero. librosa warns about them, and user-facing
    /// callers should too. Fewer bands or a larger transform avoids them.
    /// </summary>
    public IReadOnlyList<int> EmptyBands { get; }

    /// <summary>The weights as a matrix [bands, bins].</summary>
    public Frames<float> ToDense() => _filters.ToDense();

    /// <summary>Filters one spectrum of <see cref="Bins"/> values (power, usually) into <see cref="Bands"/> values.</summary>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public void Apply(ReadOnlySpan<float> spectrum, Span<float> mel)
    {
        if (spectrum.Length != Bins || mel.Length != Bands) Throw(spectrum.Length, mel.Length);
        _filters.Apply(spectrum, mel);

        void Throw(int spectrum, int mel) =>
            throw new ArgumentException(
                $"MelFilterBank: the spectrum has {spectrum} bins and the output {mel} bands; they must be {Bins} and {Bands}.");
    }

    /// <summary>Filters every frame of a spectrogram [frames, bins] into [frames, bands].</summary>
    /// <exception cref="ArgumentException">The spectrogram has the wrong number of bins.</exception>
    public Frames<float> Apply(Frames<float> spectrogram)
    {
        ArgumentNullException.ThrowIfNull(spectrogram);
        var mel = new Frames<float>(spectrogram.Count, Bands);
        for (var t = 0; t < mel.Count; t++) Apply(spectrogram[t], mel[t]);
        return mel;
    }

    private static Frames<float> Design(MelOptions options, int fftSize)
    {
        var max = options.MaxFrequency ?? options.SampleRate / 2;
        var edges = Mel.Frequencies(options.Bands + 2, options.MinFrequency, max, options.Scale);
        var weights = new Frames<float>(options.Bands, fftSize / 2 + 1);
        for (var b = 0; b < options.Bands; b++)
        {
            var (low, peak, high) = (edges[b], edges[b + 1], edges[b + 2]);
            var scale = options.Norm == MelNorm.Slaney ? 2 / (high - low) : 1;
            (low, peak, high) = (Along(low), Along(peak), Along(high));
            for (var k = 0; k < weights.Bins; k++)
            {
                var at = Along(k * options.SampleRate / fftSize);
                var height = Math.Min((at - low) / (peak - low), (high - at) / (high - peak));
                weights[b][k] = (float)(scale * Math.Max(0, height));
            }
        }

        return weights;

        double Along(double hertz) => options.Triangles == TriangleAxis.Mel ? Mel.FromHertz(hertz, options.Scale) : hertz;
    }
}
