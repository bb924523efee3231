using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class RmsTests
{
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Rms_MatchesLibrosa(string signal)
    {
        var expected = Vectors.Load("dsp_features_" + signal)["rms"].ToSingles();
        // Sums of 2048 squares in float32 on both sides: 4u·sqrt(2048) = 1.1e-5, halved by the root.
        Close.Assert(expected, Rms.Of(Vectors.Signal(signal)), 0, 1e-5, signal);
    }

    [Fact]
    public void Rms_ConstantSignal_IsItsLevelAndHalvesInPowerAtTheEdge()
    {
        var rms = Rms.Of(Enumerable.Repeat(-0.5f, 4096).ToArray());
        Assert.Equal(9, rms.Length);
        Close.Assert([0.5 * Math.Sqrt(0.5), 0.5, 0.5 * Math.Sqrt(0.5)], [rms[0], rms[4], rms[8]], 0, 1e-6);
    }

    [Fact]
    public void Rms_FromMagnitude_AgreesWithSamplesUnderARectangularWindow()
    {
        foreach (var length in (int[])[64, 63])
        {
            var signal = Vectors.Signal("short");
            var options = new StftOptions { FftSize = length, HopLength = 16, Window = WindowKind.Rectangular };
            var stft = new Stft(options).Forward(signal);
            var magnitude = new Frames<float>(stft.Count, stft.Bins, Array.ConvertAll(stft.Data, z => z.Magnitude));
            Close.Assert(Rms.Of(signal, length, 16), Rms.FromMagnitude(magnitude, length), 1e-6, 1e-5, $"length {length}");
        }
    }

    [Fact]
    public void Rms_EmptyAndShortSignals_GiveTheFramesOfTheStft()
    {
        Assert.Equal([0f], Rms.Of([]));
        Assert.Empty(Rms.Of(new float[100], center: false));
        Assert.Equal(new Stft(new StftOptions()).FrameCount(700), Rms.Of(Vectors.Signal("short")).Length);
        Assert.Equal([0.5f], Rms.Of([0.5f], frameLength: 1, hopLength: 1));
    }

    [Fact]
    public void Rms_BadParameter_NamesTheValue()
    {
        Assert.Contains("hopLength 0", Assert.Throws<ArgumentOutOfRangeException>(() => Rms.Of([1f], hopLength: 0)).Message);
        Assert.Contains("frameLength is -1", Assert.Throws<ArgumentOutOfRangeException>(() => Rms.Of([1f], frameLength: -1))
            .Message);
        Assert.Contains("3 samples in a frame of 2", Assert.Throws<ArgumentException>(() => Rms.Frame([1, 2, 3], 2)).Message);
        Assert.Contains("33", Assert.Throws<ArgumentException>(() => Rms.FromMagnitude(new Frames<float>(1, 30), 64)).Message);
    }
}
