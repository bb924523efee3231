using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class StftTests
{
    public static TheoryData<string> Signals => FeatureReference.Signals;

    [Theory]
    [MemberData(nameof(Signals))]
    public void Stft_Defaults_MatchesLibrosa(string signal) =>
        FeatureReference.Assert(signal, "stft_2048_512", new Stft(new()).Forward(Vectors.Signal(signal)), frameStep: 4, ofMaximum: 1e-5);

    [Theory]
    [MemberData(nameof(Signals))]
    public void Stft_Reflect_MatchesLibrosa(string signal)
    {
        var stft = new Stft(new() { FftSize = 512, HopLength = 256, PadMode = PadMode.Reflect });
        FeatureReference.Assert(signal, "stft_512_256_reflect", stft.Forward(Vectors.Signal(signal)), frameStep: 8, ofMaximum: 1e-5);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void Stft_ShortWindowUncentred_MatchesLibrosa(string signal)
    {
        var stft = new Stft(new() { FftSize = 400, HopLength = 160, WindowLength = 320, Center = false });
        FeatureReference.Assert(signal, "stft_400_160_w320_nocenter", stft.Forward(Vectors.Signal(signal)), frameStep: 8, ofMaximum: 1e-5);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void Inverse_OfForward_MatchesLibrosa(string signal)
    {
        var stft = new Stft(new());
        var y = Vectors.Signal(signal);
        FeatureReference.Assert(signal, "istft_2048_512", stft.Inverse(stft.Forward(y), y.Length), step: 7, ofMaximum: 1e-5);
    }
}
