using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

/// <summary>The logarithm taken of spectra.</summary>
public enum LogScale
{
    /// <summary>Decibels, as <c>librosa.power_to_db</c> and <c>librosa.amplitude_to_db</c>.</summary>
    Db,

    /// <summary>The natural logarithm, of at least 1e-10 (power) or 1e-5 (amplitude) as the decibels.</summary>
    Ln,

    /// <summary>None.</summary>
    None,

    /// <summary>The logarithm to base 10, of at least 1e-10 (power) or 1e-5 (amplitude) as the decibels.</summary>
    Log10,
}

/// <summary>What 0 dB is.</summary>
public enum DecibelReference
{
    /// <summary>A power or amplitude of 1.</summary>
    One,

    /// <summary>The largest value of the window (<c>ref=np.max</c>); a silent window is all at the floor.</summary>
    Max,
}

/// <summary>A feature set whose rows are float32 tensors of one size.</summary>
public abstract record WindowSpec : FeatureSpec
{
    /// <summary>Plans what computes its windows.</summary>
    internal abstract WindowExtractor CreateWindows(int sampleRate);

    /// <summary>Where the values of a window of so many samples, whose last size is <paramref name="columns"/>, lie.</summary>
    internal abstract WindowAxes Axes(int sampleRate, int samples, int columns);

    /// <summary>The fewest samples that a window can be made of.</summary>
    internal abstract int MinimumSamples { get; }

    /// <summary>Values of a window of so many samples.</summary>
    internal abstract double ValueCount(double samples);

    /// <summary>True if the tensor's sizes do not follow from the window's length.</summary>
    internal virtual bool HasFixedSizes => false;

    /// <summary>True if a window's rows are times and its columns frequencies.</summary>
    internal virtual bool HasTimeFirst => false;

    /// <summary>
    /// What a change of level by so many dB does to the values: they are multiplied by the factor, and the offset is added. Null
    /// if their level cannot be changed afterwards.
    /// </summary>
    internal virtual (double Factor, double Offset)? Gain(double decibels) => null;

    internal sealed override void Validate(string at, RangeCheck check, FrontEndSpec frontEnd)
    {
        ValidateParameters(at, check, frontEnd.SampleRate);
        if (frontEnd.SegmentSamples is { } samples)
        {
            if (samples < MinimumSamples)
            {
                check.Fail("$.front_end.segment", frontEnd.Segment!,
                    $"at {frontEnd.SampleRate} Hz it is {samples} samples, but {at} needs at least {MinimumSamples}");
            }
        }
        else if (!HasFixedSizes)
        {
            check.Fail("$.front_end.segment", "null",
                $"it must be the length of a window in seconds, as {at} gives tensors, all of one size");
        }
    }

    private protected virtual void ValidateParameters(string at, RangeCheck check, int sampleRate)
    {
    }

    private protected static void CheckBand(
        string at, RangeCheck check, (string Name, double Hertz) low, (string Name, double? Hertz) high, int sampleRate)
    {
        if (!(low.Hertz >= 0 && low.Hertz < sampleRate / 2.0))
            check.Fail($"{at}.{low.Name}", low.Hertz,
                $"it must be at least 0 and below half the sample rate, {sampleRate / 2.0}");
        if (high.Hertz is { } top && !(top > low.Hertz && top <= sampleRate / 2.0))
        {
            check.Fail($"{at}.{high.Name}", top,
                $"it must be above {low.Name} {low.Hertz} and at most half the sample rate, {sampleRate / 2.0}");
        }
    }

    private protected static (double Factor, double Offset) Gain(double decibels, LogScale log, bool amplitude) => log switch
    {
        LogScale.Db => (1, decibels),
        LogScale.Ln => (1, decibels * Math.Log(10) / (amplitude ? 20 : 10)),
        LogScale.Log10 => (1, decibels / (amplitude ? 20 : 10)),
        _ => (Math.Pow(10, decibels / (amplitude ? 20 : 10)), 0),
    };
}

/// <summary>The samples themselves: <c>[1, samples]</c>.</summary>
public sealed record Wave : WindowSpec
{
    internal override WindowExtractor CreateWindows(int sampleRate) => new WaveWindows();

    internal override WindowAxes Axes(int sampleRate, int samples, int columns) =>
        new(WindowRows.Samples, WindowAxes.Frames(columns, 1, 1, center: true, sampleRate), null, "amplitude");

    internal override int MinimumSamples => 1;

    internal override double ValueCount(double samples) => samples;

    internal override (double Factor, double Offset)? Gain(double decibels) => Gain(decibels, LogScale.None, amplitude: true);
}

/// <summary>Magnitudes of <c>librosa.stft</c>: <c>[1, n_fft/2 + 1, frames]</c>, low frequencies first.</summary>
/// <param name="FftSize">Points of the transform (<c>n_fft</c>).</param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
/// <param name="Log">The logarithm taken of the magnitudes.</param>
/// <param name="Reference">Of decibels: what 0 dB is (<c>ref</c>).</param>
/// <param name="TopDecibels">
/// Of decibels: the range kept below the window's largest value (<c>top_db</c>); null: all of it.
/// </param>
/// <param name="Center">
/// Whether frame t is centred on sample t·hop_length (<c>center</c>), zeros around the window, or starts there.
/// </param>
public sealed record StftFrames(
    [property: Range(Minimum = 1), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512,
    LogScale Log = LogScale.Db,
    [property: JsonPropertyName("ref")] DecibelReference Reference = DecibelReference.One,
    [property: Range(Above = 0), JsonPropertyName("top_db")] double? TopDecibels = 80,
    bool Center = true) : WindowSpec
{
    internal override WindowExtractor CreateWindows(int sampleRate) => FrameWindows.Stft(this);

    internal override WindowAxes Axes(int sampleRate, int samples, int columns) => new(
        WindowRows.Bins, WindowAxes.Frames(columns, FftSize, HopLength, Center, sampleRate),
        [.. Enumerable.Range(0, FftSize / 2 + 1).Select(k => (double)k * sampleRate / FftSize)],
        WindowAxes.UnitOf(Log, amplitude: true));

    internal override int MinimumSamples => FftSize;

    internal override double ValueCount(double samples) =>
        PartNeeds.Bins(FftSize) * PartNeeds.Frames(samples, FftSize, HopLength);

    internal override void AddNeeds(PartNeeds needs) => needs.AddStft(FftSize, HopLength);

    internal override (double Factor, double Offset)? Gain(double decibels) => Gain(decibels, Log, amplitude: true);
}

/// <summary>
/// Mel-frequency cepstral coefficients as <c>librosa.feature.mfcc</c>, each normalised over a sliding window of frames if asked
/// to: <c>[1, n_mfcc, frames]</c>.
/// </summary>
/// <param name="Coefficients">How many (<c>n_mfcc</c>), from 1 to <c>n_mels</c>.</param>
/// <param name="FftSize">Points of the transform (<c>n_fft</c>).</param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
/// <param name="Bands">Mel bands (<c>n_mels</c>).</param>
/// <param name="CmvnWindow">Frames, an odd number, of the normalisation as <c>speechpy.processing.cmvnw</c>; 0: none.</param>
/// <param name="Variance">Whether it divides by the deviation too, or only takes off the mean.</param>
/// <param name="Center">
/// Whether frame t is centred on sample t·hop_length (<c>center</c>), zeros around the window, or starts there.
/// </param>
public sealed record MfccFrames(
    [property: JsonPropertyName("n_mfcc")] int Coefficients = 20,
    [property: Range(Minimum = 1), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512,
    [property: Range(Minimum = 1), JsonPropertyName("n_mels")] int Bands = 128,
    int CmvnWindow = 0,
    bool Variance = true,
    bool Center = true) : WindowSpec
{
    internal override WindowExtractor CreateWindows(int sampleRate) => FrameWindows.Mfcc(this, sampleRate);

    internal override WindowAxes Axes(int sampleRate, int samples, int columns) => new(
        WindowRows.Coefficients, WindowAxes.Frames(columns, FftSize, HopLength, Center, sampleRate), null, "coefficient");

    internal override int MinimumSamples => FftSize;

    internal override double ValueCount(double samples) => Coefficients * PartNeeds.Frames(samples, FftSize, HopLength);

    internal override void AddNeeds(PartNeeds needs)
    {
        needs.AddMel(FftSize, HopLength, Bands, Coefficients);
        if (CmvnWindow > 0)
            needs.Add("cmvn_window", "the sums of the normalisation",
                4 * sizeof(double) * (CmvnWindow + needs.Frames(FftSize, HopLength)));
    }

    private protected override void ValidateParameters(string at, RangeCheck check, int sampleRate)
    {
        check.Between($"{at}.n_mfcc", Coefficients, 1, Bands);
        if (CmvnWindow < 0 || (CmvnWindow > 0 && CmvnWindow % 2 == 0))
            check.Fail($"{at}.cmvn_window", CmvnWindow, "it must be an odd number of frames, or 0 for none");
    }
}

/// <summary>
/// Log filter-bank energies as <c>python_speech_features.logfbank</c>, whose parameters are named as there:
/// <c>[1, nfilt, frames]</c>, natural logarithms, low frequencies first.
/// </summary>
/// <param name="FrameLength">Samples of a frame (<c>frame_len</c>).</param>
/// <param name="FrameStep">Samples between frames (<c>frame_step</c>).</param>
/// <param name="FftSize">Points of the transform (<c>nfft</c>), at least the frame's.</param>
/// <param name="Filters">Filters of the bank (<c>nfilt</c>).</param>
/// <param name="LowFrequency">
/// Lower edge of the first filter in Hz (<c>lowfreq</c>), from 0 to below half the sample rate.
/// </param>
/// <param name="HighFrequency">
/// Upper edge of the last filter in Hz (<c>highfreq</c>), above <c>lowfreq</c>; null: half the sample rate.
/// </param>
/// <param name="PreEmphasis">Coefficient of the pre-emphasis filter (<c>preemph</c>).</param>
public sealed record PsfLogMelFrames(
    [property: Range(Minimum = 1), JsonPropertyName("frame_len")] int FrameLength = 512,
    [property: Range(Minimum = 1), JsonPropertyName("frame_step")] int FrameStep = 256,
    [property: JsonPropertyName("nfft")] int FftSize = 512,
    [property: Range(Minimum = 1), JsonPropertyName("nfilt")] int Filters = 64,
    [property: JsonPropertyName("lowfreq")] double LowFrequency = 0,
    [property: JsonPropertyName("highfreq")] double? HighFrequency = null,
    [property: Range, JsonPropertyName("preemph")] double PreEmphasis = 0.97) : WindowSpec
{
    internal override WindowExtractor CreateWindows(int sampleRate) => FrameWindows.PsfLogMel(this, sampleRate);

    internal override WindowAxes Axes(int sampleRate, int samples, int columns) => new(
        WindowRows.MelBands, WindowAxes.Frames(columns, FrameLength, FrameStep, center: false, sampleRate),
        WindowAxes.MelBands(Filters, LowFrequency, HighFrequency ?? sampleRate / 2.0, MelScale.Htk), "ln power");

    internal override int MinimumSamples => FrameLength;

    internal override double ValueCount(double samples) => Filters * PartNeeds.Frames(samples, FrameLength, FrameStep);

    internal override void AddNeeds(PartNeeds needs) =>
        needs.AddPsf(FftSize, Filters, 1, "frame_step", needs.Frames(FrameLength, FrameStep));

    internal override (double Factor, double Offset)? Gain(double decibels) => Gain(decibels, LogScale.Ln, amplitude: false);

    private protected override void ValidateParameters(string at, RangeCheck check, int sampleRate)
    {
        check.AtLeast($"{at}.nfft", FftSize, FrameLength);
        CheckBand(at, check, ("lowfreq", LowFrequency), ("highfreq", HighFrequency), sampleRate);
    }
}
