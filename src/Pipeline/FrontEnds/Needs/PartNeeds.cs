namespace Engine.Pipeline.FrontEnds.Needs;

/// <summary>Where a feature set notes what memory it needs for one recording.</summary>
/// <param name="plan">The front end's plan.</param>
/// <param name="at">The set's JSON path.</param>
/// <param name="sampleRate">Samples a second.</param>
/// <param name="samples">Samples of a row.</param>
internal sealed class PartNeeds(MemoryPlan plan, string at, int sampleRate, double samples)
{
    // A transform of n points keeps its twiddles and, if n has a large prime factor, a convolution of up to 4·n points.
    private const double TransformBytes = 64;

    private const double AllSpectraBytes = 64 << 20;

    /// <summary>Samples a second.</summary>
    public int SampleRate => sampleRate;

    /// <summary>Samples of a row.</summary>
    public double Samples => samples;

    /// <summary>Bins of a transform.</summary>
    public static double Bins(int fftSize) => fftSize / 2 + 1;

    /// <summary>Frames of so many samples, of a centred transform, which has the most.</summary>
    public static double Frames(double samples, double length, double hop) =>
        1 + Math.Max(Math.Floor(samples / hop), Math.Floor((samples - length) / hop));

    /// <summary>Frames of a row.</summary>
    public double Frames(double length, double hop) => Frames(samples, length, hop);

    /// <summary>A need that grows with the set's value <paramref name="key"/>.</summary>
    public void Add(string key, string what, double bytes) => plan.Add($"{at}.{key}", what, bytes);

    /// <summary>The many spectra that the published columns are made of.</summary>
    public void AddAllSpectra() =>
        Add("set", "the spectra of a recording", AllSpectraBytes * Math.Max(1, samples / (FrontEndNeeds.Seconds * 22050)));

    /// <summary>A transform, and its spectra if they are kept.</summary>
    public void AddStft(int fftSize, int hop, bool kept = true)
    {
        Add("n_fft", "the transform's tables", TransformBytes * fftSize);
        if (kept)
            Add(hop < 64 ? "hop_length" : "n_fft", "the spectra of a window",
                2 * sizeof(float) * Bins(fftSize) * Frames(fftSize, hop));
    }

    /// <summary>Mel bands and cepstra, if any. A filter bank is built as a full matrix, then packed.</summary>
    public void AddMel(int fftSize, int hop, int bands, int coefficients = 0, string key = "n_mels")
    {
        AddStft(fftSize, hop, kept: false);
        Add(key, "the filter bank", sizeof(float) * (double)bands * Bins(fftSize) + TransformBytes * bands);
        Add(hop < 64 ? "hop_length" : key, "the mel spectra of a window",
            2 * sizeof(float) * (bands + (double)coefficients) * Frames(fftSize, hop));
        if (coefficients > 0)
            Add("n_mfcc", "the cosine transform",
                TransformBytes * bands + sizeof(float) * (double)Math.Min(coefficients, 32) * bands);
    }

    /// <summary>python_speech_features' filter bank and cepstra, whose frames are <paramref name="step"/> apart.</summary>
    public void AddPsf(int fftSize, int filters, int coefficients, string step, double frames)
    {
        Add("nfft", "the transform's tables", 2 * TransformBytes * fftSize);
        Add("nfilt", "the filter bank",
            sizeof(double) * (double)filters * Bins(fftSize)
                + (2 * TransformBytes + sizeof(double) * (double)Math.Min(coefficients, 32)) * filters);
        Add(step, "the energies of a window",
            frames * (3 * sizeof(double) * (double)filters + sizeof(double) * (double)coefficients));
    }
}
