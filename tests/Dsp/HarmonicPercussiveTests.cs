using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

[EveryInstructionSet]
public class HarmonicPercussiveTests
{
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Separate_Spectrum_MatchesLibrosa(string signal)
    {
        var spectrum = new Stft(new StftOptions()).Forward(Vectors.Signal(signal));
        var (harmonic, percussive) = new HarmonicPercussive().Separate(spectrum);
        AssertThinned(signal, "hpss_h", harmonic);
        AssertThinned(signal, "hpss_p", percussive);
    }

    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Separate_Signal_MatchesLibrosa(string signal)
    {
        var samples = Vectors.Signal(signal);
        var separation = new HarmonicPercussive();
        var (harmonic, percussive) = separation.Separate(samples);
        AssertThinned(signal, "harmonic", harmonic);
        AssertThinned(signal, "percussive", percussive);
        Assert.Equal(harmonic, separation.Harmonic(samples));
        Assert.Equal(percussive, separation.Percussive(samples));
    }

    [Theory]
    [InlineData(31, 31, 2, 1, 1)]
    [InlineData(17, 5, 2, 1, 1)]
    [InlineData(5, 17, 1, 1, 1)]
    [InlineData(31, 31, 2.5f, 1, 1)]
    [InlineData(13, 13, 2, 3, 2)]
    [InlineData(13, 13, 2, 1, 5)]
    [InlineData(31, 31, float.PositiveInfinity, 1, 1)]
    [InlineData(31, 31, float.PositiveInfinity, 2, 3)]
    public void Masks_AnyParameters_MatchDefinition(
        int harmonicSize, int percussiveSize, float power, float harmonicMargin, float percussiveMargin)
    {
        var options = new HarmonicPercussiveOptions
        {
            HarmonicSize = harmonicSize,
            PercussiveSize = percussiveSize,
            Power = power,
            HarmonicMargin = harmonicMargin,
            PercussiveMargin = percussiveMargin,
        };
        var magnitude = Magnitudes(70, 43);
        var (expectedHarmonic, expectedPercussive) = ReferenceSeparation.Masks(magnitude, options);
        var (harmonic, percussive) = new HarmonicPercussive(options).Masks(magnitude);
        // Some ten roundings on a value of at most 1.
        Close.Assert(expectedHarmonic, Widen(harmonic.Data), 1e-6, what: "harmonic");
        Close.Assert(expectedPercussive, Widen(percussive.Data), 1e-6, what: "percussive");
    }

    [Theory]
    [InlineData(1e-42f)]
    [InlineData(1e-30f)]
    [InlineData(1e30f)]
    public void Masks_ExtremeScale_MatchDefinition(float scale)
    {
        var magnitude = Magnitudes(40, 40);
        for (var i = 0; i < magnitude.Data.Length; i++) magnitude.Data[i] *= scale;
        var options = new HarmonicPercussiveOptions();
        var (harmonic, _) = new HarmonicPercussive().Masks(magnitude);
        Close.Assert(ReferenceSeparation.Masks(magnitude, options).Harmonic, Widen(harmonic.Data), 1e-6, what: $"scale {scale}");
    }

    [Fact]
    public void Separate_MarginsOfOne_PartsAddUpToSignal()
    {
        var signal = Vectors.Signal("music");
        var (harmonic, percussive) = new HarmonicPercussive().Separate(signal);
        var sum = harmonic.Zip(percussive, (h, p) => h + p).ToArray();
        Close.Assert(signal, sum, 1e-5, what: "harmonic + percussive");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(700)]
    public void Separate_ShortSignal_KeepsLength(int samples)
    {
        var (harmonic, percussive) = new HarmonicPercussive().Separate(Vectors.Signal("short").AsSpan(0, samples));
        Assert.Equal(samples, harmonic.Length);
        Assert.Equal(samples, percussive.Length);
        Assert.All(harmonic, v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void Separate_NanSample_NamesFrame()
    {
        var signal = new float[8192];
        signal[5000] = float.NaN;
        var error = Assert.Throws<ArgumentException>(() => new HarmonicPercussive().Separate(signal));
        Assert.Equal("HarmonicPercussive: the magnitude of frame 8, bin 0 is NaN; it must be finite and at least 0.",
            error.Message);
    }

    [Fact]
    public void Masks_NegativeMagnitude_NamesIt()
    {
        var error = Assert.Throws<ArgumentException>(
            () => new HarmonicPercussive().Masks(new Frames<float>(2, 2, [1, 2, 3, -4])));
        Assert.Equal("HarmonicPercussive: the magnitude of frame 1, bin 1 is -4; it must be finite and at least 0.",
            error.Message);
    }

    [Theory]
    [InlineData(30, 31, 2, 1, "MedianFilter: size is 30; it must be odd")]
    [InlineData(31, 0, 2, 1, "MedianFilter: size is 0; it must be odd")]
    [InlineData(31, 31, 0, 1, "power is 0; it must be above 0")]
    [InlineData(31, 31, float.NaN, 1, "power is NaN; it must be above 0")]
    [InlineData(31, 31, 2, 0.5f, "the margins are 0.5 and 1; both must be finite and at least 1")]
    public void HarmonicPercussive_BadOption_NamesIt(
        int harmonicSize, int percussiveSize, float power, float margin, string message)
    {
        var options = new HarmonicPercussiveOptions
        {
            HarmonicSize = harmonicSize,
            PercussiveSize = percussiveSize,
            Power = power,
            HarmonicMargin = margin,
        };
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new HarmonicPercussive(options));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    // Magnitudes with ties, and silent frames and bins wider than the windows.
    private static Frames<float> Magnitudes(int frames, int bins)
    {
        var random = new Random(5);
        var magnitude = new Frames<float>(frames, bins);
        for (var t = 0; t < frames * 2 / 3; t++)
            for (var k = 0; k < bins; k++) magnitude[t][k] = random.Next(12) / 8f;
        return magnitude;
    }

    // The reference holds magnitudes [bins, frames], every eighth bin of every fourth frame.
    private static void AssertThinned(string signal, string name, Frames<Complex<float>> spectrum)
    {
        var reference = Vectors.Load("dsp_features_" + signal)[name];
        var (bins, columns) = (reference.Shape[0], reference.Shape[1]);
        var expected = reference.ToSingles();
        var actual = new float[expected.Length];
        Assert.Equal((bins, columns), ((spectrum.Bins + 7) / 8, (spectrum.Count + 3) / 4));
        for (var k = 0; k < bins; k++)
            for (var t = 0; t < columns; t++) actual[k * columns + t] = spectrum[4 * t][8 * k].Magnitude;
        Close.Assert(expected, actual, 1e-4 * expected.Max(), what: $"{signal} {name}");
    }

    private static void AssertThinned(string signal, string name, float[] part)
    {
        var expected = Vectors.Load("dsp_features_" + signal)[name].ToSingles();
        var actual = part.Where((_, i) => i % 16 == 0).ToArray();
        Close.Assert(expected, actual, 1e-4 * expected.Max(Math.Abs), what: $"{signal} {name}");
    }

    private static double[] Widen(float[] values) => Array.ConvertAll(values, v => (double)v);
}
