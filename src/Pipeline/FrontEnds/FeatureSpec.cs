using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Which features a front end computes, and their parameters, under librosa's (or, where said, python_speech_features') names.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "set")]
[JsonDerivedType(typeof(Gtzan57Features), "gtzan57")]
[JsonDerivedType(typeof(MfccFeatures), "mfcc")]
[JsonDerivedType(typeof(MelFeatures), "mel")]
[JsonDerivedType(typeof(StftFeatures), "stft")]
[JsonDerivedType(typeof(ChromaFeatures), "chroma")]
[JsonDerivedType(typeof(DescriptorFeatures), "descriptors")]
[JsonDerivedType(typeof(AllFeatures), "all")]
[JsonDerivedType(typeof(CovarianceFeatures), "covariance")]
[JsonDerivedType(typeof(ModulationFeatures), "modulation")]
[JsonDerivedType(typeof(ContrastFeatures), "contrast")]
[JsonDerivedType(typeof(PsfGaussianFeatures), "psf-mfcc-gaussian")]
[JsonDerivedType(typeof(Wave), "wave")]
[JsonDerivedType(typeof(MelFrames), "mel-frames")]
[JsonDerivedType(typeof(StftFrames), "stft-frames")]
[JsonDerivedType(typeof(MfccFrames), "mfcc-frames")]
[JsonDerivedType(typeof(PsfLogMelFrames), "psf-logmel-frames")]
[JsonDerivedType(typeof(MelPicture), "mel-picture")]
[JsonDerivedType(typeof(TableFeatures), "table")]
[JsonDerivedType(typeof(Pretrained.EmbeddingFeatures), "embedding")]
[JsonDerivedType(typeof(JoinedFeatures), "joined")]
public abstract record FeatureSpec
{
    /// <summary>The sets of plain columns by the names that the command line knows, with librosa's defaults.</summary>
    public static IReadOnlyDictionary<string, FeatureSpec> Named { get; } = new Dictionary<string, FeatureSpec>
    {
        ["gtzan57"] = new Gtzan57Features(),
        ["mfcc"] = new MfccFeatures(),
        ["mel"] = new MelFeatures(),
        ["stft"] = new StftFeatures(),
        ["chroma"] = new ChromaFeatures(),
        ["descriptors"] = new DescriptorFeatures(),
        ["all"] = new AllFeatures(),
        ["covariance"] = new CovarianceFeatures(),
        ["modulation"] = new ModulationFeatures(),
        ["contrast"] = new ContrastFeatures(),
    };

    /// <summary>As a part of a joined set: the rate in Hz of the samples it is computed from; null: the front end's.</summary>
    [Range(1000, 384_000), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SampleRate { get; init; }

    /// <summary>The sets that this one joins; a plain set is its own only part.</summary>
    internal virtual IReadOnlyList<FeatureSpec> Parts => [this];

    /// <summary>The rate of the samples that it is computed from, as a part of a front end.</summary>
    internal virtual int RateIn(FrontEndSpec frontEnd) => SampleRate ?? frontEnd.SampleRate;

    /// <summary>True if a part gives windows, not only columns.</summary>
    internal bool HasWindows => Parts.Any(p => p is WindowSpec);

    /// <summary>How many plain columns it has, known without planning; a double, as untrusted values may be large.</summary>
    internal virtual double ColumnCount => 0;

    /// <summary>The JSON key of the value that makes columns numerous.</summary>
    internal virtual string ColumnsKey => "set";

    /// <summary>The transform whose frames a set of one spectrum is made of; null for other sets.</summary>
    public virtual StftOptions? Transform() => null;

    /// <summary>Plans what computes its columns.</summary>
    internal virtual FeatureExtractor CreateExtractor(int sampleRate) =>
        throw new InvalidOperationException($"FrontEnd: {this} has no plain columns of its own.");

    /// <summary>Plans what computes its columns on a device.</summary>
    /// <exception cref="EngineException">That device cannot compute it.</exception>
    internal virtual FeatureExtractor CreateExtractor(int sampleRate, Device device) =>
        device == Device.Cpu ? CreateExtractor(sampleRate) : new DeviceSummary(this, sampleRate, device);

    /// <summary>The same set with each of its parts changed; itself if none is.</summary>
    internal virtual FeatureSpec Map(Func<FeatureSpec, FeatureSpec> change) => change(this);

    /// <summary>The same set with what it needs besides its parameters, such as weights, read from files.</summary>
    /// <exception cref="EngineException">It is missing or cannot be used.</exception>
    internal virtual FeatureSpec Bound() => this;

    /// <summary>The same set as a key of what it gives: equal for sets, of bound ones, that give the same.</summary>
    internal virtual FeatureSpec Keyed() => this;

    /// <summary>
    /// The frames whose means and variances are its columns, on a device at a sample rate; null for a set that has more than
    /// frames.
    /// </summary>
    internal virtual Func<int, Device, DeviceFrames>? FramesOnDevice => null;

    /// <summary>Notes what memory it needs for one recording.</summary>
    internal virtual void AddNeeds(PartNeeds needs)
    {
    }

    /// <summary>
    /// Throws where a parameter has a value that cannot work in this front end, whose rate and segments are valid;
    /// <paramref name="at"/> is the spec's JSON path.
    /// </summary>
    internal virtual void Validate(string at, RangeCheck check, FrontEndSpec frontEnd)
    {
    }
}

/// <summary>
/// The 57 columns of the published <c>features_30_sec.csv</c> (librosa defaults: n_fft 2048, hop 512, 20 MFCC).
/// </summary>
/// <param name="Exclude">Columns left out, by name or by how their names begin (<c>mfcc</c>); null: none.</param>
public sealed record Gtzan57Features(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Exclude = null) : FeatureSpec
{
    internal override double ColumnCount => Columns.Count();

    internal override FeatureExtractor CreateExtractor(int sampleRate) => new Gtzan57Extractor(this, sampleRate);

    internal override void AddNeeds(PartNeeds needs) => needs.AddAllSpectra();

    /// <summary>The columns that are left, in the published order.</summary>
    internal IEnumerable<string> Columns => Gtzan57.Columns.Where(c => Exclude?.Any(e => Matches(c, e)) != true);

    internal override void Validate(string at, RangeCheck check, FrontEndSpec frontEnd)
    {
        for (var i = 0; i < Exclude?.Count; i++)
        {
            if (!Gtzan57.Columns.Any(c => Matches(c, Exclude[i])))
                check.Fail($"{at}.exclude[{i}]", $"\"{Exclude[i]}\"",
                    $"it must be a column or the beginning of one; the columns are {string.Join(", ", Gtzan57.Columns)}");
        }

        if (!Columns.Any()) check.Fail($"{at}.exclude", $"[{string.Join(", ", Exclude!)}]", "it must leave a column");
    }

    private static bool Matches(string column, string start) => start.Length > 0
        && column.StartsWith(start, StringComparison.Ordinal);
}

/// <summary>
/// Mel-frequency cepstral coefficients as <c>librosa.feature.mfcc</c>: mean and variance of each over the frames.
/// </summary>
/// <param name="Coefficients">How many (<c>n_mfcc</c>), from 1 to <c>n_mels</c>.</param>
/// <param name="FftSize">Points of the transform (<c>n_fft</c>).</param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
/// <param name="Bands">Mel bands (<c>n_mels</c>).</param>
public sealed record MfccFeatures(
    [property: JsonPropertyName("n_mfcc")] int Coefficients = 20,
    [property: Range(Minimum = 1), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512,
    [property: Range(Minimum = 1), JsonPropertyName("n_mels")] int Bands = 128) : FeatureSpec
{
    /// <inheritdoc/>
    public override StftOptions Transform() => new() { FftSize = FftSize, HopLength = HopLength };

    /// <summary>The transform, the bands and the coefficients at a sample rate.</summary>
    public MfccOptions Cepstra(int sampleRate) =>
        new() { Coefficients = Coefficients, Stft = Transform(), Mel = new() { SampleRate = sampleRate, Bands = Bands } };

    internal override FeatureExtractor CreateExtractor(int sampleRate) => SummaryExtractor.Mfcc(this, sampleRate);

    internal override double ColumnCount => 2.0 * Coefficients;

    internal override string ColumnsKey => "n_mfcc";

    internal override void AddNeeds(PartNeeds needs) => needs.AddMel(FftSize, HopLength, Bands, Coefficients);

    internal override Func<int, Device, DeviceFrames> FramesOnDevice =>
        (sampleRate, device) => DeviceFrames.Mfcc(Cepstra(sampleRate), device);

    internal override void Validate(string at, RangeCheck check, FrontEndSpec frontEnd) =>
        check.Between($"{at}.n_mfcc", Coefficients, 1, Bands);
}

/// <summary>Mel spectrogram as <c>librosa.feature.melspectrogram</c>: mean and variance of each band's power in dB.</summary>
/// <param name="FftSize">Points of the transform (<c>n_fft</c>).</param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
/// <param name="Bands">Mel bands (<c>n_mels</c>).</param>
public sealed record MelFeatures(
    [property: Range(Minimum = 1), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512,
    [property: Range(Minimum = 1), JsonPropertyName("n_mels")] int Bands = 128) : FeatureSpec
{
    /// <inheritdoc/>
    public override StftOptions Transform() => new() { FftSize = FftSize, HopLength = HopLength };

    /// <summary>The bands at a sample rate.</summary>
    public MelOptions Filters(int sampleRate) => new() { SampleRate = sampleRate, Bands = Bands };

    internal override FeatureExtractor CreateExtractor(int sampleRate) => SummaryExtractor.MelDecibels(this, sampleRate);

    internal override double ColumnCount => 2.0 * Bands;

    internal override string ColumnsKey => "n_mels";

    internal override void AddNeeds(PartNeeds needs) => needs.AddMel(FftSize, HopLength, Bands);

    internal override Func<int, Device, DeviceFrames> FramesOnDevice =>
        (sampleRate, device) => DeviceFrames.Mel(Transform(), Filters(sampleRate), device, new());
}

/// <summary>Magnitudes of <c>librosa.stft</c>: mean and variance of each bin.</summary>
/// <param name="FftSize">Points of the transform (<c>n_fft</c>).</param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
public sealed record StftFeatures(
    [property: Range(Minimum = 1), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512) : FeatureSpec
{
    /// <inheritdoc/>
    public override StftOptions Transform() => new() { FftSize = FftSize, HopLength = HopLength };

    internal override FeatureExtractor CreateExtractor(int sampleRate) => SummaryExtractor.Stft(this);

    internal override double ColumnCount => 2 * PartNeeds.Bins(FftSize);

    internal override string ColumnsKey => "n_fft";

    internal override void AddNeeds(PartNeeds needs) => needs.AddStft(FftSize, HopLength);

    internal override Func<int, Device, DeviceFrames> FramesOnDevice =>
        (_, device) => DeviceFrames.Magnitude(Transform(), device);
}

/// <summary>Chromagram as <c>librosa.feature.chroma_stft</c>, 12 pitch classes: mean and variance of each.</summary>
/// <param name="FftSize">
/// Points of the transform (<c>n_fft</c>); tuning finds peaks between bins, which one point does not have.
/// </param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
public sealed record ChromaFeatures(
    [property: Range(Minimum = 2), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512) : FeatureSpec
{
    /// <inheritdoc/>
    public override StftOptions Transform() => new() { FftSize = FftSize, HopLength = HopLength };

    internal override FeatureExtractor CreateExtractor(int sampleRate) => SummaryExtractor.Chroma(this);

    internal override double ColumnCount => 24;

    internal override void AddNeeds(PartNeeds needs)
    {
        needs.AddStft(FftSize, HopLength);
        needs.Add("n_fft", "the chroma filters", PartNeeds.Bins(FftSize) * (12 * sizeof(float) + 2 * sizeof(double)));
    }
}

/// <summary>
/// Spectral centroid, bandwidth and rolloff in Hz, zero-crossing rate, root mean square and onset strength, librosa's defaults:
/// mean and variance of each over the frames. All but the onset strength are columns of <c>gtzan57</c>, too.
/// </summary>
/// <param name="FftSize">
/// Points of the transform and samples of a frame (<c>n_fft</c>); one point has no frequency but 0 Hz.
/// </param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
public sealed record DescriptorFeatures(
    [property: Range(Minimum = 2), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512) : FeatureSpec
{
    /// <inheritdoc/>
    public override StftOptions Transform() => new() { FftSize = FftSize, HopLength = HopLength };

    internal override FeatureExtractor CreateExtractor(int sampleRate) => SummaryExtractor.Descriptors(this, sampleRate);

    internal override double ColumnCount => 2.0 * FrameDescriptors.Names.Count;

    internal override void AddNeeds(PartNeeds needs) =>
        needs.AddMel(FftSize, HopLength, new MelOptions().Bands, key: "n_fft");
}

/// <summary>The 57 published columns, then mel bands, chroma, contrast, tonnetz and flatness; librosa's defaults.</summary>
public sealed record AllFeatures : FeatureSpec
{
    internal override FeatureExtractor CreateExtractor(int sampleRate) => FeatureExtractor.Join(
        new Gtzan57Extractor(new(), sampleRate), SummaryExtractor.MelDecibels(new(), sampleRate), SummaryExtractor.Chroma(new()),
        SummaryExtractor.Contrast(sampleRate), SummaryExtractor.Tonnetz(), SummaryExtractor.Flatness());

    // The 57, 128 mel bands, 12 chroma, 7 contrast, 6 tonnetz and the flatness.
    internal override double ColumnCount => new Gtzan57Features().ColumnCount + 2.0 * (128 + 12 + 7 + 6 + 1);

    internal override void AddNeeds(PartNeeds needs) => needs.AddAllSpectra();
}

/// <summary>
/// One Gaussian per clip: mean vector and covariance matrix of its python_speech_features MFCC frames, as the published
/// <c>aiml-knn</c> system computes them.
/// </summary>
/// <param name="WindowSeconds">Length of a frame in seconds (<c>winlen</c>).</param>
/// <param name="StepSeconds">Step between frames in seconds (<c>winstep</c>).</param>
/// <param name="Coefficients">Cepstral coefficients (<c>numcep</c>), from 1 to <c>nfilt</c>.</param>
/// <param name="Filters">Filters of the bank (<c>nfilt</c>).</param>
/// <param name="FftSize">Points of the transform (<c>nfft</c>).</param>
/// <param name="PreEmphasis">Coefficient of the pre-emphasis filter (<c>preemph</c>).</param>
/// <param name="Lifter">Cepstral lifter (<c>ceplifter</c>); 0 for none.</param>
/// <param name="AppendEnergy">True: the first coefficient is replaced by the log of the frame's energy.</param>
public sealed record PsfGaussianFeatures(
    [property: Range(Above = 0), JsonPropertyName("winlen")] double WindowSeconds = 0.025,
    [property: Range(Above = 0), JsonPropertyName("winstep")] double StepSeconds = 0.01,
    [property: JsonPropertyName("numcep")] int Coefficients = 13,
    [property: Range(Minimum = 1), JsonPropertyName("nfilt")] int Filters = 26,
    [property: Range(Minimum = 1), JsonPropertyName("nfft")] int FftSize = 512,
    [property: JsonPropertyName("preemph")] double PreEmphasis = 0.97,
    [property: Range(Minimum = 0), JsonPropertyName("ceplifter")] int Lifter = 22,
    bool AppendEnergy = true) : FeatureSpec
{
    internal override FeatureExtractor CreateExtractor(int sampleRate) => new PsfGaussianExtractor(this, sampleRate);

    internal override double ColumnCount => Coefficients * (Coefficients + 3.0) / 2;

    internal override string ColumnsKey => "numcep";

    internal override void AddNeeds(PartNeeds needs)
    {
        needs.AddPsf(FftSize, Filters, Coefficients, "winstep", needs.Frames(1, Math.Max(1, StepSeconds * needs.SampleRate)));
        needs.Add("numcep", "the covariance of the coefficients", 3 * sizeof(double) * (double)Coefficients * Coefficients);
    }

    internal override void Validate(string at, RangeCheck check, FrontEndSpec frontEnd) =>
        check.Between($"{at}.numcep", Coefficients, 1, Filters);
}
