using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class MelTests
{
    public static TheoryData<string> Signals => FeatureReference.Signals;

    [Theory]
    [InlineData(2048, 128, MelScale.Slaney, MelNorm.Slaney, 0, null, "melfb_2048_128_slaney_slaney")]
    [InlineData(512, 64, MelScale.Slaney, MelNorm.Slaney, 0, null, "melfb_512_64_slaney_slaney")]
    [InlineData(512, 26, MelScale.Htk, MelNorm.None, 0, null, "melfb_512_26_htk_None")]
    [InlineData(2048, 96, MelScale.Htk, MelNorm.None, 20, 8000.0, "melfb_2048_96_htk_None")]
    public void MelFilterBank_Weights_MatchLibrosa(int fftSize, int bands, MelScale scale, MelNorm norm, double min, double? max, string array)
    {
        var bank = new MelFilterBank(new() { Bands = bands, Scale = scale, Norm = norm, MinFrequency = min, MaxFrequency = max }, fftSize);
        Close.Assert(Vectors.Load("dsp_filters")[array].ToSingles(), bank.ToDense().Data, 1e-6, what: array);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void MelSpectrogram_Defaults_MatchesLibrosa(string signal)
    {
        var mel = new MelSpectrogram(new(), new()).Compute(Vectors.Signal(signal));
        FeatureReference.Assert(signal, "mel_128", mel, relative: 1e-4, ofMaximum: 1e-6);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void MelSpectrogram_64Bands_MatchesLibrosa(string signal)
    {
        var mel = new MelSpectrogram(new() { FftSize = 512, HopLength = 256 }, new() { Bands = 64 }).Compute(Vectors.Signal(signal));
        FeatureReference.Assert(signal, "mel_64_512_256", mel, frameStep: 2, relative: 1e-4, ofMaximum: 1e-6);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void Decibels_OfMelPower_MatchLibrosa(string signal)
    {
        var mel = new MelSpectrogram(new(), new()).Compute(Vectors.Signal(signal));
        Decibels.FromPower(mel.Data, mel.Data, reference: Decibels.Peak(mel.Data));
        FeatureReference.Assert(signal, "mel_128_db", mel, absolute: 5e-3, relative: 1e-4);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void Decibels_OfAmplitudes_MatchLibrosa(string signal)
    {
        var all = new Stft(new()).Magnitude(Vectors.Signal(signal));
        var kept = new Frames<float>((all.Count + 7) / 8, all.Bins);
        for (var t = 0; t < kept.Count; t++) all[8 * t].CopyTo(kept[t]);
        Decibels.FromAmplitude(kept.Data, kept.Data, reference: Decibels.Peak(kept.Data));
        FeatureReference.Assert(signal, "amp_db", kept, absolute: 5e-3, relative: 1e-4);
    }
}
