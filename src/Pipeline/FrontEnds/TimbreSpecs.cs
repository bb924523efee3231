using System.Text.Json.Serialization;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Pipeline.FrontEnds.Needs;
using Engine.Tensors;

namespace Engine.Pipeline.FrontEnds;

/// <summary>
/// The mean of each MFCC, and how the MFCC and their deltas vary together: the logarithm of their covariance matrix, whose
/// entries can be compared as plain columns (log-Euclidean; Arsigny et al. 2006). n MFCC give n (2n + 2) columns.
/// </summary>
/// <param name="Coefficients">How many MFCC (<c>n_mfcc</c>), from 1 to <c>n_mels</c>.</param>
/// <param name="FftSize">Points of the transform (<c>n_fft</c>).</param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
/// <param name="Bands">Mel bands (<c>n_mels</c>).</param>
/// <param name="Width">Frames from which a delta is computed, an odd number.</param>
/// <param name="Ridge">Variance added to every direction, in dB², so that silence and constant tones have a logarithm.</param>
public sealed record CovarianceFeatures(
    [property: JsonPropertyName("n_mfcc")] int Coefficients = 13,
    [property: Range(Minimum = 1), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512,
    [property: Range(Minimum = 1), JsonPropertyName("n_mels")] int Bands = 128,
    [property: Range(3, ushort.MaxValue)] int Width = 9,
    [property: Range(Above = 0)] double Ridge = 0.01) : FeatureSpec
{
    /// <summary>The transform, the bands and the coefficients at a sample rate.</summary>
    internal MfccOptions Cepstra(int sampleRate) => new()
    {
        Coefficients = Coefficients,
        Stft = new() { FftSize = FftSize, HopLength = HopLength },
        Mel = new() { SampleRate = sampleRate, Bands = Bands },
    };

    internal override FeatureExtractor CreateExtractor(int sampleRate) => new CovarianceExtractor(this, sampleRate);

    internal override double ColumnCount => Coefficients * (2.0 * Coefficients + 2);

    internal override string ColumnsKey => "n_mfcc";

    internal override void AddNeeds(PartNeeds needs)
    {
        needs.AddMel(FftSize, HopLength, Bands, 3 * Coefficients);
        needs.Add("n_mfcc", "the covariance of the coefficients", 16.0 * sizeof(double) * Coefficients * Coefficients);
    }

    internal override void Validate(string at, RangeCheck check, FrontEndSpec frontEnd)
    {
        check.Between($"{at}.n_mfcc", Coefficients, 1, Bands);
        if (Width % 2 == 0) check.Fail($"{at}.width", Width, "it must be odd");
    }
}

/// <summary>
/// The modulation spectrum: how much each mel band's level rises and falls, in octaves of how fast, from slow swells to tremolo
/// and drum rolls. A column is the logarithm of a variance in dB².
/// </summary>
/// <param name="FftSize">Points of the transform (<c>n_fft</c>).</param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
/// <param name="Bands">Mel bands (<c>n_mels</c>).</param>
/// <param name="Frames">Frames of the segments whose spectra are averaged; a recording has at least one segment.</param>
/// <param name="Lowest">Where the lowest octave begins, in Hz.</param>
/// <param name="Octaves">How many octaves, the highest ending at most at half the frames a second.</param>
public sealed record ModulationFeatures(
    [property: Range(Minimum = 1), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512,
    [property: Range(Minimum = 1), JsonPropertyName("n_mels")] int Bands = 20,
    [property: Range(4, 1 << 20)] int Frames = 256,
    [property: Range(Above = 0)] double Lowest = 0.5,
    [property: Range(1, ModulationSpectrum.MostOctaves)] int Octaves = 5) : FeatureSpec
{
    /// <summary>The transform and the bands at a sample rate.</summary>
    internal MelSpectrogram Mel(int sampleRate) => new(
        new() { FftSize = FftSize, HopLength = HopLength }, new() { SampleRate = sampleRate, Bands = Bands });

    internal override FeatureExtractor CreateExtractor(int sampleRate) => new ModulationExtractor(this, sampleRate);

    internal override double ColumnCount => (double)Bands * Octaves;

    internal override string ColumnsKey => "n_mels";

    internal override void AddNeeds(PartNeeds needs)
    {
        needs.AddMel(FftSize, HopLength, Bands);
        needs.Add("frames", "a segment of the mel bands", (sizeof(float) * (double)Bands + 128) * Frames);
    }
}

/// <summary>Spectral contrast as <c>librosa.feature.spectral_contrast</c>: mean and variance of each of its 7 bands.</summary>
/// <param name="FftSize">Points of the transform (<c>n_fft</c>).</param>
/// <param name="HopLength">Samples between frames (<c>hop_length</c>).</param>
public sealed record ContrastFeatures(
    [property: Range(Minimum = 2), JsonPropertyName("n_fft")] int FftSize = 2048,
    [property: Range(Minimum = 1)] int HopLength = 512) : FeatureSpec
{
    /// <inheritdoc/>
    public override StftOptions Transform() => new() { FftSize = FftSize, HopLength = HopLength };

    internal override FeatureExtractor CreateExtractor(int sampleRate) =>
        SummaryExtractor.Contrast(sampleRate, FftSize, HopLength);

    internal override double ColumnCount => 14;

    internal override void AddNeeds(PartNeeds needs) => needs.AddStft(FftSize, HopLength);
}
