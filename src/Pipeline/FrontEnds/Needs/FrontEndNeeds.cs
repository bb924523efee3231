namespace Engine.Pipeline.FrontEnds.Needs;

/// <summary>
/// A front end's memory needs: the tables it plans once, and the arrays of one recording. A recording is assumed to last 30 s, or
/// one segment if that is longer; each part is named after the value it grows with.
/// </summary>
internal static class FrontEndNeeds
{
    private const double Seconds = 30;

    // A transform of n points keeps its twiddles and, if n has a large prime factor, a convolution of up to 4·n points.
    private const double TransformBytes = 64;

    // Each column's name is a separate string.
    private const double NameBytes = 64;

    private const double Gtzan57Bytes = 64 << 20;

    private const string At = "$.front_end";

    /// <summary>Adds up the needs of a valid spec.</summary>
    public static MemoryPlan Of(FrontEndSpec spec)
    {
        var plan = new MemoryPlan();
        var audio = Math.Max(Seconds * spec.SampleRate, spec.SegmentSamples ?? 0);
        var row = (double)(spec.SegmentSamples ?? audio);
        var rows = 1 + Math.Floor((audio - row) / (spec.HopSamples ?? row));
        plan.Add(spec.Segment * spec.SampleRate > audio / 2 ? $"{At}.segment" : $"{At}.sample_rate", "the samples of a recording",
            4 * sizeof(float) * audio);
        var parts = spec.Features.Parts;
        for (var p = 0; p < parts.Count; p++)
        {
            var at = parts.Count == 1 && spec.Features is not JoinedFeatures ? $"{At}.features" : $"{At}.features.inputs[{p}]";
            AddPart(plan, at, parts[p], spec.SampleRate, row);
            var values = Values(parts[p], row);
            if (values > 0)
                plan.Add(Largest(spec, at), $"{rows:0} windows a recording of {values:0} values each",
                    rows * values * sizeof(float));
        }

        var columns = Columns(spec.Features);
        if (columns > 0)
            plan.Add(rows > 1 ? $"{At}.{(spec.Hop is null ? "segment" : "hop")}" : $"{At}.features.{ColumnsKey(spec.Features)}",
                $"{rows:0} rows a recording of {columns:0} columns", columns * (NameBytes + 2 * rows * sizeof(double)));
        return plan;
    }

    /// <summary>How many plain columns a feature set has, known without planning it.</summary>
    public static double Columns(FeatureSpec features) => features.Parts.Sum(part => part switch
    {
        Gtzan57Features gtzan57 => gtzan57.Columns.Count(),
        MfccFeatures mfcc => 2.0 * mfcc.Coefficients,
        MelFeatures mel => 2.0 * mel.Bands,
        StftFeatures stft => 2 * Bins(stft.FftSize),
        ChromaFeatures => 24,
        AllFeatures => AllColumns,
        PsfGaussianFeatures psf => psf.Coefficients * (psf.Coefficients + 3.0) / 2,
        _ => 0,
    });

    /// <summary>
    /// The number of columns of <see cref="AllFeatures"/>: the 57, 128 mel bands, 12 chroma, 7 contrast, 6 tonnetz and the
    /// flatness.
    /// </summary>
    private static double AllColumns => new Gtzan57Features().Columns.Count() + 2.0 * (128 + 12 + 7 + 6 + 1);

    private static string ColumnsKey(FeatureSpec features) => features switch
    {
        MfccFeatures => "n_mfcc",
        MelFeatures => "n_mels",
        StftFeatures => "n_fft",
        PsfGaussianFeatures => "numcep",
        JoinedFeatures => "inputs",
        _ => "set",
    };

    // The value that makes windows numerous or large.
    private static string Largest(FrontEndSpec spec, string at) => spec.Hop is not null && spec.Hop < spec.Segment
        ? $"{At}.hop" : spec.Segment is not null ? $"{At}.segment" : at;

    private static double Values(FeatureSpec part, double samples) => part switch
    {
        Wave => samples,
        MelFrames mel => mel.Bands * Frames(samples, mel.FftSize, mel.HopLength),
        StftFrames stft => Bins(stft.FftSize) * Frames(samples, stft.FftSize, stft.HopLength),
        MfccFrames mfcc => mfcc.Coefficients * Frames(samples, mfcc.FftSize, mfcc.HopLength),
        PsfLogMelFrames psf => psf.Filters * Frames(samples, psf.FrameLength, psf.FrameStep),
        MelPicture picture => 3.0 * picture.Width * picture.Height,
        _ => 0,
    };

    private static void AddPart(MemoryPlan plan, string at, FeatureSpec part, int sampleRate, double samples)
    {
        switch (part)
        {
            case MfccFeatures mfcc:
                AddMel(plan, at, mfcc.FftSize, mfcc.HopLength, mfcc.Bands, mfcc.Coefficients, samples);
                break;
            case MelFeatures mel:
                AddMel(plan, at, mel.FftSize, mel.HopLength, mel.Bands, 0, samples);
                break;
            case MelFrames mel:
                AddMel(plan, at, mel.FftSize, mel.HopLength, mel.Bands, 0, samples);
                break;
            case MfccFrames mfcc:
                AddMel(plan, at, mfcc.FftSize, mfcc.HopLength, mfcc.Bands, mfcc.Coefficients, samples);
                if (mfcc.CmvnWindow > 0)
                    plan.Add($"{at}.cmvn_window", "the sums of the normalisation",
                        4 * sizeof(double) * (mfcc.CmvnWindow + Frames(samples, mfcc.FftSize, mfcc.HopLength)));
                break;
            case MelPicture picture:
                AddMel(plan, at, picture.FftSize, picture.HopLength, picture.Bands, 0, samples);
                plan.Add($"{at}.{(picture.Height > picture.Bands ? "width" : "n_mels")}", "the picture's rows and columns",
                    sizeof(float) * picture.Width * (2.0 * picture.Bands + picture.Height));
                break;
            case StftFeatures stft:
                AddStft(plan, at, stft.FftSize, stft.HopLength, samples, kept: true);
                break;
            case StftFrames stft:
                AddStft(plan, at, stft.FftSize, stft.HopLength, samples, kept: true);
                break;
            case ChromaFeatures chroma:
                AddStft(plan, at, chroma.FftSize, chroma.HopLength, samples, kept: true);
                plan.Add($"{at}.n_fft", "the chroma filters", Bins(chroma.FftSize) * (12 * sizeof(float) + 2 * sizeof(double)));
                break;
            case PsfGaussianFeatures psf:
                AddPsf(plan, at, psf.FftSize, psf.Filters, psf.Coefficients, "winstep",
                    Frames(samples, 1, Math.Max(1, psf.StepSeconds * sampleRate)));
                plan.Add($"{at}.numcep", "the covariance of the coefficients",
                    3 * sizeof(double) * (double)psf.Coefficients * psf.Coefficients);
                break;
            case PsfLogMelFrames psf:
                AddPsf(plan, at, psf.FftSize, psf.Filters, 1, "frame_step", Frames(samples, psf.FrameLength, psf.FrameStep));
                break;
            case Gtzan57Features or AllFeatures:
                plan.Add($"{at}.set", "the spectra of a recording", Gtzan57Bytes * Math.Max(1, samples / (Seconds * 22050)));
                break;
        }
    }

    private static void AddStft(MemoryPlan plan, string at, int fftSize, int hop, double samples, bool kept)
    {
        plan.Add($"{at}.n_fft", "the transform's tables", TransformBytes * fftSize);
        if (kept)
            plan.Add($"{at}.{(hop < 64 ? "hop_length" : "n_fft")}", "the spectra of a window",
                2 * sizeof(float) * Bins(fftSize) * Frames(samples, fftSize, hop));
    }

    // A filter bank is built as a full matrix, then packed.
    private static void AddMel(MemoryPlan plan, string at, int fftSize, int hop, int bands, int coefficients, double samples)
    {
        AddStft(plan, at, fftSize, hop, samples, kept: false);
        plan.Add($"{at}.n_mels", "the filter bank", sizeof(float) * (double)bands * Bins(fftSize) + TransformBytes * bands);
        plan.Add($"{at}.{(hop < 64 ? "hop_length" : "n_mels")}", "the mel spectra of a window",
            2 * sizeof(float) * (bands + (double)coefficients) * Frames(samples, fftSize, hop));
        if (coefficients > 0)
            plan.Add($"{at}.n_mfcc", "the cosine transform",
                TransformBytes * bands + sizeof(float) * (double)Math.Min(coefficients, 32) * bands);
    }

    private static void AddPsf(MemoryPlan plan, string at, int fftSize, int filters, int coefficients, string step, double frames)
    {
        plan.Add($"{at}.nfft", "the transform's tables", 2 * TransformBytes * fftSize);
        plan.Add($"{at}.nfilt", "the filter bank",
            sizeof(double) * (double)filters * Bins(fftSize)
                + (2 * TransformBytes + sizeof(double) * (double)Math.Min(coefficients, 32)) * filters);
        plan.Add($"{at}.{step}", "the energies of a window",
            frames * (3 * sizeof(double) * (double)filters + sizeof(double) * (double)coefficients));
    }

    private static double Bins(int fftSize) => fftSize / 2 + 1;

    // Assumes a centred transform, which has the most frames.
    private static double Frames(double samples, double length, double hop) =>
        1 + Math.Max(Math.Floor(samples / hop), Math.Floor((samples - length) / hop));
}
