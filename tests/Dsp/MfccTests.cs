using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class MfccTests
{
    public static TheoryData<string> Signals => FeatureReference.Signals;

    [Theory]
    [MemberData(nameof(Signals))]
    public void Mfcc_Defaults_MatchesLibrosa(string signal) =>
        FeatureReference.Assert(signal, "mfcc_20", new Mfcc(new()).Compute(Vectors.Signal(signal)), absolute: 5e-3, relative: 1e-4);

    [Theory]
    [MemberData(nameof(Signals))]
    public void Mfcc_HtkLifter_MatchesLibrosa(string signal)
    {
        var mfcc = new Mfcc(new() { Coefficients = 13, Lifter = 22, Mel = new() { Scale = MelScale.Htk } });
        FeatureReference.Assert(signal, "mfcc_13_htk_lift22", mfcc.Compute(Vectors.Signal(signal)), absolute: 5e-3, relative: 1e-4);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void Delta_OfMfcc_MatchesLibrosa(string signal)
    {
        var mfcc = new Mfcc(new()).Compute(Vectors.Signal(signal));
        FeatureReference.Assert(signal, "delta_9", new Delta(9, 1).Compute(mfcc), absolute: 5e-3, relative: 1e-4);
        FeatureReference.Assert(signal, "delta2_9", new Delta(9, 2).Compute(mfcc), absolute: 5e-3, relative: 1e-4);
    }
}
