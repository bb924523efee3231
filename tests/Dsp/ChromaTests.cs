using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class ChromaTests
{
    private const int A = 9;

    [Fact]
    public void FilterBank_MatchesLibrosa()
    {
        var expected = Vectors.Load("dsp_filters")["chromafb_2048"];
        var weights = new ChromaFilterBank(Spectra.Rate, 2048).Weights;
        Assert.Equal(expected.Shape, [weights.Count, weights.Bins]);
        Close.Assert(expected.ToSingles(), weights.Data, 1e-6);
    }

    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Chroma_EstimatedTuning_MatchesLibrosa(string signal) => AssertMatches(signal, "chroma_stft", new());

    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Chroma_Untuned_MatchesLibrosa(string signal) =>
    AssertMatches(signal, "chroma_stft_tuning0", new() { Tuning = 0 });

    [Theory]
    [InlineData(110)]
    [InlineData(440)]
    [InlineData(1760)]
    public void Chroma_TonesOfA_PeakAtA(double hertz)
    {
        var chroma = Chroma.Of(Spectra.Power(Spectra.Tone(hertz)), Spectra.Rate, new() { Tuning = 0 });
        Assert.Equal(1, chroma[20][A]);
        Assert.Equal(A, chroma[20].ToArray().AsSpan().IndexOf(1f));
    }

    [Fact]
    public void Chroma_ToneOffByTuning_PeaksAtAOnceTuned()
    {
        // Just past half a semitone above A: nearer to A sharp, unless the reference is as much higher.
        var power = Spectra.Power(Spectra.Tone(880 * Math.Pow(2, 0.6 / 12)));
        Assert.Equal(1, Chroma.Of(power, Spectra.Rate, new() { Tuning = 0 })[20][A + 1]);
        Assert.Equal(1, Chroma.Of(power, Spectra.Rate, new() { Tuning = 0.6 })[20][A]);
    }

    [Fact]
    public void FilterBank_WithoutOctaveWeight_HasColumnsOfUnitLength()
    {
        var weights = new ChromaFilterBank(16000, 512, options: new() { Classes = 24, OctaveWidth = null }).Weights;
        for (var k = 0; k < weights.Bins; k++)
        {
            double squares = 0;
            for (var c = 0; c < weights.Count; c++) squares += (double)weights[c][k] * weights[c][k];
            Assert.Equal(1, squares, 1e-5);
        }
    }

    [Fact]
    public void FilterBank_StartingAtA_IsTheOneAtCRotated()
    {
        var atC = new ChromaFilterBank(22050, 1024).Weights;
        var atA = new ChromaFilterBank(22050, 1024, options: new() { StartsAtC = false }).Weights;
        for (var c = 0; c < 12; c++) Assert.Equal(atA[c].ToArray(), atC[(c + A) % 12].ToArray());
    }

    [Fact]
    public void Apply_MatchesNaiveProduct()
    {
        var random = new Random(2);
        var filters = new ChromaFilterBank(22050, 510);
        var power = Enumerable.Range(0, filters.Bins).Select(_ => random.NextSingle()).ToArray();
        var expected = new double[12];
        for (var c = 0; c < 12; c++)
            for (var k = 0; k < power.Length; k++) expected[c] += (double)filters.Weights[c][k] * power[k];
        var actual = new float[12];
        filters.Apply(power, actual);
        Close.Assert(expected, Array.ConvertAll(actual, x => (double)x), 0, 1e-6);
    }

    [Theory]
    [InlineData(ChromaNorm.None, 0.5, -2, 1)]
    [InlineData(ChromaNorm.Max, 0.25, -1, 0.5)]
    [InlineData(ChromaNorm.Sum, 0.5 / 3.5, -2 / 3.5, 1 / 3.5)]
    [InlineData(ChromaNorm.Euclidean, 0.2182179, -0.8728716, 0.4364358)]
    public void Normalize_EachNorm_Scales(ChromaNorm norm, double first, double second, double third)
    {
        float[] chroma = [0.5f, -2, 1];
        Chroma.Normalize(chroma, norm);
        Close.Assert([(float)first, (float)second, (float)third], chroma, 1e-6);
    }

    [Fact]
    public void Chroma_SilentAndNoFrames_StayZeroAndEmpty()
    {
        Assert.All(Chroma.Of(new Frames<float>(1, 1025), 22050).Data, x => Assert.Equal(0, x));
        Assert.Empty(Chroma.Of(new Frames<float>(0, 1025), 22050).Data);
    }

    [Fact]
    public void Chroma_BadParameter_NamesTheValue()
    {
        Assert.Contains("classes is 0",
            Assert.Throws<ArgumentOutOfRangeException>(() => new ChromaFilterBank(22050, 2048, options: new() { Classes = 0 }))
                .Message);
        Assert.Contains("octaveWidth -1",
            Assert.Throws<ArgumentOutOfRangeException>(
                () => new ChromaFilterBank(22050, 2048, options: new() { OctaveWidth = -1 })).Message);
        Assert.Contains("tuning NaN",
            Assert.Throws<ArgumentOutOfRangeException>(() => new ChromaFilterBank(22050, 2048, double.NaN)).Message);
        Assert.Contains("norm is 9",
            Assert.Throws<ArgumentOutOfRangeException>(() => Chroma.Normalize(new float[2], (ChromaNorm)9)).Message);
        Assert.Contains("1000 values; 1025",
            Assert.Throws<ArgumentException>(() => Chroma.Of(new Frames<float>(1, 1000), 22050, fftSize: 2048)).Message);
    }

    private static void AssertMatches(string signal, string name, ChromaOptions options)
    {
        var expected = Spectra.Transpose(Vectors.Load("dsp_features_" + signal)[name]);
        var actual = Chroma.Of(Spectra.Power(Vectors.Signal(signal)), Spectra.Rate, options);
        Close.Assert(expected.Data, actual.Data, 2e-3, what: $"{signal} {name}");
        Close.Assert(expected.Data, Chroma.Of(Vectors.Signal(signal), Spectra.Rate, options).Data, 2e-3,
            what: $"{signal} {name} of the signal");
    }
}
