using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// Mel spectrogram as <c>librosa.feature.melspectrogram</c> and <c>power_to_db</c>: <c>[1, n_mels, frames]</c>, low frequencies
/// first. The keys from <c>win_length</c> on make the front ends of pre-trained networks.
/// </summary>
/// <param name="FftSize">Points of the transform (<c>n_fft</c>).</param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
/// <param name="Bands">Mel bands (<c>n_mels</c>).</param>
/// <param name="MinFrequency">Lower edge of the first band in Hz (<c>fmin</c>), from 0 to below half the sample rate.</param>
/// <param name="MaxFrequency">
/// Upper edge of the last band in Hz (<c>fmax</c>), above <c>fmin</c>; null: half the sample rate.
/// </param>
/// <param name="Power">2 to filter the power of the spectrum, 1 its magnitude (<c>power</c>).</param>
/// <param name="Log">The logarithm taken.</param>
/// <param name="Reference">Of decibels: what 0 dB is (<c>ref</c>).</param>
/// <param name="TopDecibels">
/// Of decibels: the range kept below the window's largest value (<c>top_db</c>); null: all of it.
/// </param>
/// <param name="Htk">True for the HTK mel formula, false for Slaney's (<c>htk</c>).</param>
/// <param name="Norm">How bands are scaled (<c>norm</c>).</param>
/// <param name="Center">
/// Whether frame t is centred on sample t·hop_length (<c>center</c>), zeros around the window, or starts there.
/// </param>
/// <param name="WindowLength">
/// Samples of the Hann window (<c>win_length</c>), at most <c>n_fft</c>, in whose middle it lies; null: <c>n_fft</c>.
/// </param>
/// <param name="Symmetric">
/// Whether the Hann window's last value equals its first (cos(2πn / (win_length - 1))); false: it is periodic.
/// </param>
/// <param name="PadMode">What centred frames have beyond the window's ends (<c>pad_mode</c>).</param>
/// <param name="PreEmphasis">
/// Coefficient c of a filter that raises high frequencies before all else, x[n] = y[n+1] - c·y[n], which leaves one sample fewer;
/// 0: none.
/// </param>
/// <param name="Triangles">The axis along which mel filters are triangles.</param>
/// <param name="LogFactor">Of <c>ln</c> and <c>log10</c>, with <c>log_offset</c>: the factor; null: 1.</param>
/// <param name="LogOffset">
/// Of <c>ln</c> and <c>log10</c>: the logarithm is that of log_factor·x + log_offset; null: of x, raised to the floor.
/// </param>
/// <param name="Mean">What is taken off the result.</param>
/// <param name="Deviation">What the result is then divided by; null: 1.</param>
/// <param name="FramesFirst">
/// Whether the window is <c>[1, frames, n_mels]</c>. Masks, crops, the <c>bin</c> scaler and pictures need <c>n_mels</c> first.
/// </param>
public sealed record MelFrames(
    [property: Range(Minimum = 1), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512,
    [property: Range(Minimum = 1), JsonPropertyName("n_mels")] int Bands = 128,
    [property: JsonPropertyName("fmin")] double MinFrequency = 0,
    [property: JsonPropertyName("fmax")] double? MaxFrequency = null,
    [property: Range(1, 2)] int Power = 2,
    LogScale Log = LogScale.Db,
    [property: JsonPropertyName("ref")] DecibelReference Reference = DecibelReference.One,
    [property: Range(Above = 0), JsonPropertyName("top_db")] double? TopDecibels = 80,
    bool Htk = false,
    MelNorm Norm = MelNorm.Slaney,
    bool Center = true,
    [property: Range(Minimum = 1), JsonPropertyName("win_length"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    int? WindowLength = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Symmetric = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] PadMode PadMode = PadMode.Constant,
    [property: Range(0, 1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double PreEmphasis = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] TriangleAxis Triangles = TriangleAxis.Hertz,
    [property: Range(1e-30, 1e30), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? LogFactor = null,
    [property: Range(1e-30, 1e30), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? LogOffset = null,
    [property: Range(-1e9, 1e9), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] double Mean = 0,
    [property: Range(1e-9, 1e9), JsonPropertyName("std"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    double? Deviation = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool FramesFirst = false) : WindowSpec
{
    private bool HasMean => Mean != 0 || Deviation is not null;

    /// <summary>The transform.</summary>
    internal StftOptions Stft() => new()
    {
        FftSize = FftSize,
        HopLength = HopLength,
        WindowLength = WindowLength,
        Symmetric = Symmetric,
        Center = Center,
        PadMode = PadMode,
    };

    /// <summary>The bands at a sample rate.</summary>
    internal MelOptions Filters(int sampleRate) => new()
    {
        SampleRate = sampleRate,
        Bands = Bands,
        MinFrequency = MinFrequency,
        MaxFrequency = MaxFrequency,
        Scale = Htk ? MelScale.Htk : MelScale.Slaney,
        Norm = Norm,
        Triangles = Triangles,
    };

    /// <summary>What becomes of the bands.</summary>
    internal Levels Levels() => new(Log, Power == 1, Reference, TopDecibels)
    {
        Factor = LogFactor ?? 1,
        Offset = LogOffset,
        Standard = HasMean ? (Mean, Deviation ?? 1) : null,
    };

    internal override WindowExtractor CreateWindows(int sampleRate) => FrameWindows.Mel(this, sampleRate);

    internal override WindowAxes Axes(int sampleRate, int samples, int columns) => new(
        WindowRows.MelBands, WindowAxes.Frames(columns, FftSize, HopLength, Center, sampleRate),
        WindowAxes.MelBands(Bands, MinFrequency, MaxFrequency ?? sampleRate / 2.0, Htk ? MelScale.Htk : MelScale.Slaney),
        (HasMean ? "scaled " : "") + WindowAxes.UnitOf(Log, amplitude: Power == 1));

    internal override bool HasTimeFirst => FramesFirst;

    internal override int MinimumSamples => FftSize + (PreEmphasis > 0 && FftSize < int.MaxValue ? 1 : 0);

    internal override double ValueCount(double samples) => Bands * PartNeeds.Frames(samples, FftSize, HopLength);

    internal override void AddNeeds(PartNeeds needs) => needs.AddMel(FftSize, HopLength, Bands);

    // Under a logarithm, the offset does not change with the level.
    internal override (double Factor, double Offset)? Gain(double decibels)
    {
        if (LogOffset is not null) return null;
        var (factor, offset) = Gain(decibels, Log, amplitude: Power == 1);
        return HasMean ? (factor, ((factor - 1) * Mean + offset) / (Deviation ?? 1)) : (factor, offset);
    }

    private protected override void ValidateParameters(string at, RangeCheck check, int sampleRate)
    {
        CheckBand(at, check, ("fmin", MinFrequency), ("fmax", MaxFrequency), sampleRate);
        if (WindowLength > FftSize) check.Fail($"{at}.win_length", WindowLength, $"it must be at most n_fft, {FftSize}");
        if (PadMode != PadMode.Constant && !Center)
            check.Fail($"{at}.pad_mode", "reflect", "frames that are not centred have no padding; it must be constant");
        if (LogFactor is not null && LogOffset is null)
            check.Fail($"{at}.log_factor", LogFactor, "it needs log_offset, which is added before the logarithm");
        if (LogOffset is not null && Log is not (LogScale.Ln or LogScale.Log10))
        {
            check.Fail($"{at}.log_offset", LogOffset,
                $"it needs a log of ln or log10; that of {Log.ToString().ToLowerInvariant()} has none");
        }
    }
}
