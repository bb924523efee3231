using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class SpectralFlatnessTests
{
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Flatness_MatchesLibrosa(string signal)
    {
        var expected = Vectors.Load("dsp_features_" + signal)["spectral_flatness"].ToSingles();
        // librosa adds 1025 logarithms of up to 23 one after another in float32: a running sum near 2^14 rounds by up to
        // 2^-11, in the mean of 1025 random such errors 1.5e-5, which the exponential turns into a relative error.
        Close.Assert(expected, SpectralFlatness.Of(Vectors.Signal(signal)), 0, 1e-4, signal);
    }

    [Fact]
    public void Flatness_ConstantFrame_IsOne() =>
        Close.Assert([1f, 1f], [SpectralFlatness.Frame(Enumerable.Repeat(0.3f, 1025).ToArray()),
            SpectralFlatness.Frame(new float[1025])], 0, 1e-5);

    [Fact]
    public void Flatness_OneBin_IsTheRatioOfItsMeans()
    {
        var frame = new float[100];
        frame[3] = 1;
        var floor = 1e-10;
        var expected = Math.Exp(99 * Math.Log(floor) / 100) / ((1 + 99 * floor) / 100);
        Assert.Equal(expected, SpectralFlatness.Frame(frame), expected * 1e-5);
    }

    [Fact]
    public void Flatness_BadInput_NamesTheValue()
    {
        Assert.Contains("floor is 0", Assert.Throws<ArgumentOutOfRangeException>(() => SpectralFlatness.Frame(new float[3], 0))
            .Message);
        Assert.Contains("0 values", Assert.Throws<ArgumentException>(() => SpectralFlatness.Frame([])).Message);
        Assert.Empty(SpectralFlatness.Of(new Frames<float>(0, 1025)));
    }
}
