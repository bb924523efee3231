using Engine.Dsp;
using Engine.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Engine.Tests.Dsp;

public class SpectralShapeTests
{
    private static readonly SpectralShape s_shape = new(Spectra.Rate, 2048);

    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Centroid_MatchesLibrosa(string signal) => AssertMatches(signal, "spectral_centroid", s_shape.Centroids);

    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Bandwidth_MatchesLibrosa(string signal) => AssertMatches(signal, "spectral_bandwidth", s_shape.Bandwidths);

    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Rolloff_MatchesLibrosa(string signal) => AssertMatches(signal, "spectral_rolloff", s_shape.Rolloffs);

    [Theory]
    [InlineData("music")]
    [InlineData("chirp")]
    public void Shape_OfASignal_MatchesLibrosa(string signal)
    {
        var (arrays, y) = (Vectors.Load("dsp_features_" + signal), Vectors.Signal(signal));
        Close.Assert(arrays["spectral_centroid"].ToSingles(), SpectralShape.Centroids(y, Spectra.Rate), 0, 1e-3, signal);
        Close.Assert(arrays["spectral_bandwidth"].ToSingles(), SpectralShape.Bandwidths(y, Spectra.Rate), 0, 1e-3, signal);
        Close.Assert(arrays["spectral_rolloff"].ToSingles(), SpectralShape.Rolloffs(y, Spectra.Rate), 0, 1e-3, signal);
    }

    [Fact]
    public void Shape_OneBin_IsItsFrequencyWithoutWidth()
    {
        var frame = new float[1025];
        frame[300] = 0.25f;
        var hertz = 300 * 22050f / 2048;
        Assert.Equal(hertz, s_shape.Centroid(frame), 1e-3f);
        Assert.Equal(0, s_shape.Bandwidth(frame, s_shape.Centroid(frame)), 1e-3f);
        Assert.Equal(hertz, s_shape.Rolloff(frame), 1e-3f);
    }

    [Fact]
    public void Shape_PureTone_LiesAtItsFrequency()
    {
        // A frame inside the tone, where the window's side lobes are the only energy away from it.
        var frame = Spectra.Magnitude(Spectra.Tone(1000))[20];
        Assert.InRange(s_shape.Centroid(frame), 990, 1010);
        Assert.InRange(s_shape.Bandwidth(frame, s_shape.Centroid(frame)), 0, 100);
        Assert.InRange(s_shape.Rolloff(frame), 1000, 1022);
    }

    [Fact]
    public void Shape_AnyFrame_MatchesNaiveSumsAndIgnoresScale()
    {
        var spectra = ArbMap.Default.ArbFor<int>().Generator.Select(seed =>
        {
            var random = new Random(seed);
            return Enumerable.Range(0, 129).Select(_ => (float)Math.Pow(random.NextDouble(), 8)).ToArray();
        });
        var shape = new SpectralShape(8000, 256, 0.5);
        Prop.ForAll(spectra.ToArbitrary(), frame =>
        {
            var frequencies = FftFrequencies.Create(8000, 256);
            var total = frame.Sum(x => (double)x);
            var centroid = frame.Select((x, k) => x * frequencies[k]).Sum() / total;
            var variance = frame.Select((x, k) => x * Math.Pow(frequencies[k] - centroid, 2)).Sum() / total;
            Close.Assert([centroid, Math.Sqrt(variance)], [shape.Centroid(frame), shape.Bandwidth(frame, (float)centroid)], 0,
                1e-5);
            var below = frequencies.TakeWhile(f => f < shape.Rolloff(frame)).Select((_, k) => (double)frame[k]).Sum();
            Assert.True(below <= 0.5 * total * (1 + 1e-5));

            var louder = Array.ConvertAll(frame, x => 4 * x);
            Assert.Equal(shape.Centroid(frame), shape.Centroid(louder));
            Assert.Equal(shape.Rolloff(frame), shape.Rolloff(louder));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Shape_NoFrames_IsEmpty()
    {
        var none = new Frames<float>(0, 1025);
        Assert.Empty(s_shape.Centroids(none));
        Assert.Empty(s_shape.Bandwidths(none));
        Assert.Empty(s_shape.Rolloffs(none));
    }

    [Fact]
    public void Shape_BadParameter_NamesTheValue()
    {
        Assert.Contains("sampleRate is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralShape(0, 2048)).Message);
        Assert.Contains("sampleRate is NaN", Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralShape(double.NaN, 2048))
            .Message);
        Assert.Contains("fftSize is 1", Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralShape(22050, 1)).Message);
        Assert.Contains("rollPercent is 1", Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralShape(22050, 2048, 1))
            .Message);
        var message = Assert.Throws<ArgumentException>(() => s_shape.Centroid(new float[1024])).Message;
        Assert.Contains("1024", message);
        Assert.Contains("1025", message);
    }

    private static void AssertMatches(string signal, string name, Func<Frames<float>, float[]> compute)
    {
        var expected = Vectors.Load("dsp_features_" + signal)[name].ToSingles();
        Close.Assert(expected, compute(Spectra.Magnitude(Vectors.Signal(signal))), 0, 1e-3, $"{signal} {name}");
    }
}
