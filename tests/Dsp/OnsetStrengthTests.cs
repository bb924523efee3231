using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class OnsetStrengthTests
{
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Onset_MatchesLibrosa(string signal)
    {
        var arrays = Vectors.Load("dsp_features_" + signal);
        // Differences of dB values near -80 are rounded to 2^-17 (8e-6); the mean over 128 bands has less than that.
        Close.Assert(arrays["onset_strength"].ToSingles(), OnsetStrength.Of(Decibels(arrays["mel_128"])), 1e-5, 1e-5, signal);
        // From the samples the mel power is ours, within 1e-4 of librosa's, which is 4e-4 dB.
        Close.Assert(arrays["onset_strength"].ToSingles(), OnsetStrength.Of(Vectors.Signal(signal), Spectra.Rate), 4e-4,
            what: signal);
    }

    [Fact]
    public void Onset_OneRise_AppearsShiftedByHalfAFrame()
    {
        var decibels = new Frames<float>(10, 4);
        for (var t = 4; t < 10; t++) decibels[t].Fill(6);
        decibels[4][0] = -3;
        decibels[5][0] = -3;
        float[] expected = [0, 0, 0, 0, 4.5f, 0, 2.25f, 0, 0, 0];
        Assert.Equal(expected, OnsetStrength.Of(decibels, new() { Center = false }));
        Assert.Equal([0, 0, .. expected[..8]], OnsetStrength.Of(decibels));
        Assert.Equal([0, 0, 0, 0, 4.5f, 4.5f, 2.25f, 2.25f, 0, 0], OnsetStrength.Of(decibels, new() { Center = false, Lag = 2 }));
    }

    [Fact]
    public void Onset_MaxFilter_IgnoresAToneThatMovesByOneBand()
    {
        var decibels = new Frames<float>(6, 8);
        for (var t = 0; t < 6; t++) decibels[t][2 + t % 2] = 10;
        Assert.Contains(OnsetStrength.Of(decibels, new() { Center = false }), x => x > 1);
        Assert.All(OnsetStrength.Of(decibels, new() { Center = false, MaxSize = 3 }), x => Assert.Equal(0, x));
        Assert.Contains(OnsetStrength.Of(decibels, new() { Center = false, MaxSize = 2 }), x => x > 1);
    }

    [Fact]
    public void Onset_Detrend_DecaysAConstantRise()
    {
        var decibels = new Frames<float>(4, 1, [0, 1, 2, 3]);
        Close.Assert([0f, 1, 0.99f, 0.9801f], OnsetStrength.Of(decibels, new() { Center = false, Detrend = true }), 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Onset_FewFrames_IsZero(int frames) =>
        Assert.Equal(new float[frames], OnsetStrength.Of(new Frames<float>(frames, 128)));

    [Fact]
    public void Onset_BadParameter_NamesTheValue()
    {
        var frames = new Frames<float>(2, 3);
        Assert.Contains("lag is 0", Assert.Throws<ArgumentException>(() => OnsetStrength.Of(frames, new() { Lag = 0 })).Message);
        Assert.Contains("maxSize -1", Assert.Throws<ArgumentException>(() => OnsetStrength.Of(frames, new() { MaxSize = -1 }))
            .Message);
        Assert.Contains("bands 0", Assert.Throws<ArgumentException>(() => OnsetStrength.Of(new Frames<float>(2, 0))).Message);
    }

    private static Frames<float> Decibels(Engine.Dsp.Numpy.NpyArray mel)
    {
        var frames = Spectra.Transpose(mel);
        Engine.Dsp.Decibels.FromPower(frames.Data, frames.Data);
        return frames;
    }
}
