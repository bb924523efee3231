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

    // The reference's 16-bit samples.
    private static float[] Integers(string signal) => Array.ConvertAll(Vectors.Signal(signal), x => MathF.Round(x * 32767));

    // Unlike librosa's, these arrays are [frames, coefficients], as ours.
    private static void Compare(string signal, string array, Frames<float> actual, int frameStep = 1)
    {
        var kept = Enumerable.Range(0, actual.Count).Where(t => t % frameStep == 0).SelectMany(t => actual[t].ToArray()).ToArray();
        Close.Assert(Vectors.Load("dsp_features_" + signal)[array].ToSingles(), kept, 5e-3, 1e-4, $"{signal}/{array}");
    }
}
