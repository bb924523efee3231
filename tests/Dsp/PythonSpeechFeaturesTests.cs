using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class PythonSpeechFeaturesTests
{
    public static TheoryData<string> Signals => FeatureReference.Signals;

    [Theory]
    [MemberData(nameof(Signals))]
    public void Mfcc_Defaults_MatchesPackage(string signal)
    {
        var features = new PythonSpeechFeatures(new() { SampleRate = 22050, FftSize = 1024, SampleScale = 1 });
        Compare(signal, "psf_mfcc_default", features.Mfcc(Integers(signal)));
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void Mfcc_26Coefficients_MatchesPackage(string signal)
    {
        var features = new PythonSpeechFeatures(new() { SampleRate = 22050, FftSize = 1024, Coefficients = 26, SampleScale = 1 });
        Compare(signal, "psf_mfcc_26cep", features.Mfcc(Integers(signal)));
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void LogFilterBank_Defaults_MatchesPackage(string signal)
    {
        var features = new PythonSpeechFeatures(new() { SampleRate = 22050, FftSize = 1024, SampleScale = 1 });
        Compare(signal, "psf_logfbank_26", features.LogFilterBank(Integers(signal)), frameStep: 2);
    }

    // By the package's own expression, numpy.floor((nfft + 1) * mel2hz(numpy.linspace(low, high, nfilt + 2)) / rate), in double.
    // The last edge of an odd nfft is a whole bin but for rounding: 127.99999999999997 at 8 kHz is 127 and not 128.
    [Theory]
    [InlineData(8000, 255, 13, 64, "2, 5, 9, 13, 18, 24, 30, 38, 46, 56, 67, 79, 93, 109, 127")]
    [InlineData(8000, 511, 26, 0,
        "0, 3, 6, 10, 14, 18, 23, 28, 33, 39, 45, 52, 59, 67, 75, 84, 93, 103, 114, 126, 138, 152, 166, 182, 198, 216, 235, 255")]
    [InlineData(16000, 511, 26, 0,
        "0, 2, 4, 7, 10, 13, 16, 20, 24, 29, 34, 40, 46, 52, 60, 68, 77, 87, 97, 109, 122, 136, 152, 169, 188, 208, 231, 256")]
    [InlineData(11025, 513, 13, 133.3333, "6, 12, 19, 27, 36, 46, 59, 73, 89, 108, 130, 155, 184, 218, 257")]
    public void Edges_OddFftSize_AreThoseOfThePackage(double rate, int fftSize, int filters, double low, string expected) =>
        Assert.Equal(expected, string.Join(", ", PythonSpeechFeatures.Edges(filters, fftSize, rate, low, rate / 2)));

    [Fact]
    public void LogFilterBank_OddFftSize_FollowsThoseEdges()
    {
        // An impulse has equal power in every bin, so a filter gives the sum of its weights: of the last, from bin 93 over 109 to
        // 127.
        var features = new PythonSpeechFeatures(
            new() { SampleRate = 8000, FftSize = 255, Filters = 13, LowFrequency = 64, SampleScale = 1, PreEmphasis = 0 });
        var signal = new float[200];
        signal[0] = 1;
        var bank = features.LogFilterBank(signal);
        var edges = PythonSpeechFeatures.Edges(13, 255, 8000, 64, 4000);
        for (var b = 0; b < 13; b++)
        {
            var sum = 0.0;
            for (var k = edges[b]; k < edges[b + 1]; k++) sum += (k - edges[b]) / (edges[b + 1] - edges[b]);
            for (var k = edges[b + 1]; k < edges[b + 2]; k++) sum += (edges[b + 2] - k) / (edges[b + 2] - edges[b + 1]);
            Close.Assert([Math.Log(sum / 255)], [bank[0][b]], 0, 1e-6, $"filter {b}");
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(551, 1)]
    [InlineData(552, 2)]
    [InlineData(772, 2)]
    [InlineData(773, 3)]
    public void FrameCount_PadsTheLastFrame(int samples, int expected)
    {
        // 25 and 10 ms at 22,050 Hz are 551.25 and 220.5 samples: 551 and, halves going up, 221.
        var features = new PythonSpeechFeatures(new() { SampleRate = 22050, FftSize = 1024 });
        Assert.Equal(expected, features.FrameCount(samples));
        Assert.Equal(expected, features.Mfcc(new float[samples]).Count);
    }

    [Fact]
    public void LogFilterBank_StepBeyondTheSignal_IsAFrameOfSilence()
    {
        var features = new PythonSpeechFeatures(new() { StepSeconds = 1 });
        var bank = features.LogFilterBank(Vectors.Signal("short"));
        Assert.Equal(2, bank.Count);
        Assert.All(bank[1].ToArray(), x => Assert.Equal((float)Math.Log(Math.Pow(2, -52)), x));
    }

    [Fact]
    public void Mfcc_SampleScale_MultipliesTheSamples()
    {
        var signal = Vectors.Signal("short");
        var scaled = new PythonSpeechFeatures(new()).Mfcc(signal);
        var integers = new PythonSpeechFeatures(new() { SampleScale = 1 }).Mfcc(Array.ConvertAll(signal, x => x * 32768));
        Assert.Equal(integers.Data, scaled.Data);
    }

    [Fact]
    public void Mfcc_WithoutEnergy_KeepsCoefficientZero()
    {
        var signal = Vectors.Signal("short");
        var bank = new PythonSpeechFeatures(new()).LogFilterBank(signal);
        var cepstra = new PythonSpeechFeatures(new() { AppendEnergy = false, Lifter = 0 }).Mfcc(signal);
        for (var t = 0; t < bank.Count; t++)
            Close.Assert([bank[t].ToArray().Sum(x => (double)x) / Math.Sqrt(26)], [(double)cepstra[t][0]], 1e-3);
    }

    [Fact]
    public void Mfcc_NaNSample_SpoilsOnlyFramesThatHoldIt()
    {
        var signal = Vectors.Signal("short");
        signal = [.. signal];
        signal[5] = float.NaN;
        var cepstra = new PythonSpeechFeatures(new()).Mfcc(signal);
        Assert.All(cepstra[0].ToArray(), x => Assert.True(float.IsNaN(x)));
        Assert.All(cepstra[1].ToArray(), x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void PythonSpeechFeatures_WrongOptions_NamesThem()
    {
        Throws("fftSize is 512; it must be at least the frame's 551 samples", new() { SampleRate = 22050, FftSize = 512 });
        Throws("coefficients is 27; it must be between 1 and the 26 filters", new() { Coefficients = 27 });
        Throws("sampleRate is 0 Hz", new() { SampleRate = 0 });
        Throws("windowSeconds is 0", new() { WindowSeconds = 0 });
        Throws("stepSeconds is -1", new() { StepSeconds = -1 });
        Throws("filters is 0", new() { Filters = 0 });
        Throws("lifter is -2", new() { Lifter = -2 });
        Throws("highFrequency 9000 Hz; they must ascend from 0 to half of 16000 Hz", new() { HighFrequency = 9000 });

        static void Throws(string expected, PythonSpeechFeaturesOptions options) =>
            Assert.Contains(expected, Assert.Throws<ArgumentOutOfRangeException>(() => new PythonSpeechFeatures(options))
                .Message);
    }

    // The reference's 16-bit samples.
    private static float[] Integers(string signal) => Array.ConvertAll(Vectors.Signal(signal), x => MathF.Round(x * 32767));

    // Unlike librosa's, these arrays are [frames, coefficients], as ours.
    private static void Compare(string signal, string array, Frames<float> actual, int frameStep = 1)
    {
        var kept = Enumerable.Range(0, actual.Count).Where(t => t % frameStep == 0).SelectMany(t => actual[t].ToArray())
            .ToArray();
        Close.Assert(Vectors.Load("dsp_features_" + signal)[array].ToSingles(), kept, 5e-3, 1e-4, $"{signal}/{array}");
    }
}
