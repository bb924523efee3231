using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class SpectralContrastTests
{
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Contrast_MatchesLibrosa(string signal)
    {
        var expected = Spectra.Transpose(Vectors.Load("dsp_features_" + signal)["spectral_contrast"]);
        var actual = SpectralContrast.Of(Vectors.Signal(signal), Spectra.Rate);
        Assert.Equal(7, actual.Bins);
        Close.Assert(expected.Data, actual.Data, 2e-3, what: signal);
    }

    // Small quantiles keep a few bins, large ones most of them: the order of the bins must not matter either way.
    [Theory]
    [InlineData(0.02)]
    [InlineData(0.3)]
    [InlineData(0.9)]
    public void Frame_ShuffledBins_MatchesSorting(double quantile)
    {
        var contrast = new SpectralContrast(22050, 2048, octaves: 1, quantile: quantile);
        var random = new Random(4);
        var frame = new float[1025];
        for (var i = 0; i < frame.Length; i++) frame[i] = random.Next(200) / 64f;
        float[] peaks = new float[2], valleys = new float[2];
        contrast.Frame(frame, peaks, valleys);

        // 200 Hz lies between bins 18 and 19: the lower band drops its last bin, the upper one takes it in.
        (int From, int To, int Members)[] bands = [(0, 18, 19), (18, 1025, 1007)];
        for (var b = 0; b < 2; b++)
        {
            var sorted = frame[bands[b].From..bands[b].To].Order().ToArray();
            var kept = Math.Min(sorted.Length, Math.Max(1, (int)Math.Round(quantile * bands[b].Members)));
            Assert.Equal(sorted.TakeLast(kept).Average(), peaks[b], 1e-4f);
            Assert.Equal(sorted.Take(kept).Average(), valleys[b], 1e-4f);
        }
    }

    [Fact]
    public void Linear_IsPeakMinusValley()
    {
        var frames = new Frames<float>(1, 1025);
        for (var k = 0; k < 1025; k++) frames.Data[k] = k;
        var linear = new SpectralContrast(22050, 2048, octaves: 1, quantile: 0.01).Of(frames, linear: true);
        Assert.Equal(17, linear.Data[0]);
        Assert.Equal(1019.5f - 22.5f, linear.Data[1]);
    }

    [Fact]
    public void Contrast_BadParameter_NamesTheValue()
    {
        Assert.Contains("quantile 1",
            Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralContrast(22050, 2048, quantile: 1)).Message);
        Assert.Contains("octaves 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralContrast(22050, 2048, octaves: 0)).Message);
        Assert.Contains("6400 Hz", Assert.Throws<ArgumentOutOfRangeException>(() => new SpectralContrast(8000, 2048)).Message);
        Assert.Contains("has no bin", Assert.Throws<ArgumentException>(() => new SpectralContrast(22050, 64)).Message);
        var contrast = new SpectralContrast(22050, 2048);
        Assert.Contains("513", Assert.Throws<ArgumentException>(() => contrast.Of(new Frames<float>(1, 513))).Message);
        Assert.Empty(contrast.Of(new Frames<float>(0, 1025)).Data);
    }
}
