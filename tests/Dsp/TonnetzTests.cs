using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class TonnetzTests
{
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Tonnetz_MatchesLibrosa(string signal)
    {
        var arrays = Vectors.Load("dsp_features_" + signal);
        var expected = Spectra.Transpose(arrays["tonnetz_from_chroma_stft"]);
        // From librosa's own chroma the formula alone is compared; from ours, the path from the samples.
        Close.Assert(expected.Data, Tonnetz.Of(Spectra.Transpose(arrays["chroma_stft_tuning0"])).Data, 1e-6, what: signal);
        var chroma = Chroma.Of(Spectra.Power(Vectors.Signal(signal)), Spectra.Rate, new() { Tuning = 0 });
        Close.Assert(expected.Data, Tonnetz.Of(chroma).Data, 2e-3, what: signal);
    }

    [Fact]
    public void Tonnetz_SingleClass_LiesOnItsCircles()
    {
        for (var c = 0; c < 12; c++)
        {
            var chroma = new Frames<float>(1, 12);
            chroma.Data[c] = 7;
            var t = Tonnetz.Of(chroma).Data;
            Close.Assert([1.0, 1.0, 0.5],
                [Math.Sqrt(t[0] * t[0] + t[1] * t[1]), Math.Sqrt(t[2] * t[2] + t[3] * t[3]),
                    Math.Sqrt(t[4] * t[4] + t[5] * t[5])], 1e-6);
        }
    }

    [Fact]
    public void Tonnetz_SilentAndBadFrames()
    {
        Assert.Equal(new float[6], Tonnetz.Of(new Frames<float>(1, 12)).Data);
        Assert.Empty(Tonnetz.Of(new Frames<float>(0, 12)).Data);
        Assert.Contains("0 classes", Assert.Throws<ArgumentException>(() => Tonnetz.Of(new Frames<float>(3, 0))).Message);
    }
}
