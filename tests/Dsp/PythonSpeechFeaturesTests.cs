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
            Assert.Contains(expected, Assert.Throws<ArgumentOutOfRangeException>(() => new PythonSpeechFeatures(options)).Message);
    }

    // The reference's 16-bit samples.
    private static float[] Integers(string signal) => Array.ConvertAll(Vectors.Signal(signal), x => MathF.Round(x * 32767));

    // Unlike librosa's, these arrays are [frames, coefficients], as ours.
    private static void Compare(string signal, string array, Frames<float> actual, int frameStep = 1)
    {
        var kept = Enumerable.Range(0, actual.Count).Where(t => t % frameStep == 0).SelectMany(t => actual[t].ToArray()).ToArray();
        Close.Assert(Vectors.Load("dsp_features_" + signal)[array].ToSingles(), kept, 5e-3, 1e-4, $"{signal}/{array}");
    }
}
