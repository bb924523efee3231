using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class ZeroCrossingRateTests
{
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Rate_MatchesLibrosa(string signal)
    {
        var expected = Vectors.Load("dsp_features_" + signal)["zero_crossing_rate"].ToSingles();
        // A count over the frame length, rounded once to float32: equal.
        Assert.Equal(expected, ZeroCrossingRate.Of(Vectors.Signal(signal)));
    }

    [Fact]
    public void Crossings_EveryLengthAndOffset_MatchesNaiveCount()
    {
        float[] levels = [-1, -1e-9f, -1e-11f, -0f, 0, 1e-11f, 1];
        var random = new Random(1);
        for (var length = 0; length < 80; length++)
        {
            var samples = Enumerable.Range(0, length).Select(_ => levels[random.Next(levels.Length)]).ToArray();
            var expected = samples.Skip(1).Zip(samples, (now, before) => now < -1e-10f != before < -1e-10f)
                .Count(changed => changed);
            Assert.Equal(expected, ZeroCrossingRate.Crossings(samples));
        }
    }

    [Fact]
    public void Rate_Tone_IsTwiceItsFrequencyOverTheSampleRate() =>
        Assert.Equal(2 * 1000.0 / Spectra.Rate, ZeroCrossingRate.Of(Spectra.Tone(1000))[20], 2.0 / 2048);

    [Fact]
    public void Rate_EmptyAndConstantSignals_IsZero()
    {
        Assert.Equal([0f], ZeroCrossingRate.Of([]));
        Assert.Equal([0f], ZeroCrossingRate.Of([-1f]));
        Assert.All(ZeroCrossingRate.Of(Enumerable.Repeat(-1f, 5000).ToArray()), rate => Assert.Equal(0, rate));
        Assert.Empty(ZeroCrossingRate.Of(new float[100], center: false));
    }

    [Fact]
    public void Rate_BadParameter_NamesTheValue() =>
        Assert.Contains("hopLength -3", Assert.Throws<ArgumentOutOfRangeException>(() => ZeroCrossingRate.Of([1f], hopLength: -3))
            .Message);
}
