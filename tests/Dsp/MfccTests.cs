using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class MfccTests
{
    public static TheoryData<string> Signals => FeatureReference.Signals;

    [Theory]
    [MemberData(nameof(Signals))]
    public void Mfcc_Defaults_MatchesLibrosa(string signal) =>
        FeatureReference.Assert(signal, "mfcc_20", new Mfcc(new()).Compute(Vectors.Signal(signal)), absolute: 5e-3,
            relative: 1e-4);

    [Theory]
    [MemberData(nameof(Signals))]
    public void Mfcc_HtkLifter_MatchesLibrosa(string signal)
    {
        var mfcc = new Mfcc(new() { Coefficients = 13, Lifter = 22, Mel = new() { Scale = MelScale.Htk } });
        FeatureReference.Assert(signal, "mfcc_13_htk_lift22", mfcc.Compute(Vectors.Signal(signal)), absolute: 5e-3,
            relative: 1e-4);
    }

    [Fact]
    public void Mfcc_NormNone_IsTheUnscaledTransform()
    {
        var mel = new Frames<float>(3, 128, Support.Signals.Noise(3 * 128));
        var actual = new Mfcc(new() { Norm = DctNorm.None }).FromDecibels(mel);
        for (var t = 0; t < mel.Count; t++)
        {
            for (var k = 0; k < 20; k++)
            {
                double sum = 0;
                for (var n = 0; n < 128; n++) sum += 2 * mel[t][n] * Math.Cos(Math.PI * k * (2 * n + 1) / 256);
                Close.Assert([sum], [(double)actual[t][k]], 1e-4);
            }
        }
    }

    [Fact]
    public void Mfcc_FromPower_IsThatOfTheSignal()
    {
        var mfcc = new Mfcc(new());
        var signal = Vectors.Signal("short");
        var mel = mfcc.MelSpectrogram.Compute(signal);
        Assert.Equal(mfcc.Compute(signal).Data, mfcc.FromPower(mel).Data);
    }

    [Fact]
    public void Mfcc_WrongArguments_NamesThem()
    {
        Throws("coefficients is 41; it must be between 1 and the 40 mel bands",
            new() { Coefficients = 41, Mel = new() { Bands = 40 } });
        Throws("coefficients is 0", new() { Coefficients = 0 });
        Throws("lifter is -1", new() { Lifter = -1 });
        Throws("unknown norm 5", new() { Norm = (DctNorm)5 });
        Assert.Contains("has 3 bands; it must have 128",
            Assert.Throws<ArgumentException>(() => new Mfcc(new()).FromDecibels(new(1, 3))).Message);

        static void Throws(string expected, MfccOptions options) =>
            Assert.Contains(expected, Assert.Throws<ArgumentOutOfRangeException>(() => new Mfcc(options)).Message);
    }
}
