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
    public void MelFilterBank_Weights_MatchLibrosa(
        int fftSize, int bands, MelScale scale, MelNorm norm, double min, double? max, string array)
    {
        var bank = new MelFilterBank(new() { Bands = bands, Scale = scale, Norm = norm, MinFrequency = min, MaxFrequency = max },
            fftSize);
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
        var mel = new MelSpectrogram(new() { FftSize = 512, HopLength = 256 },
            new() { Bands = 64 }).Compute(Vectors.Signal(signal));
        FeatureReference.Assert(signal, "mel_64_512_256", mel, frameStep: 2, relative: 1e-4, ofMaximum: 1e-6);
    }

    [Fact]
    public void MelSpectrogram_IntoOutput_AllocatesNothingPerFrame()
    {
        var mel = new MelSpectrogram(new() { FftSize = 64, HopLength = 16 }, new() { Bands = 8 });
        var signal = new float[5000 * 16];
        var output = mel.Compute(signal);
        var before = GC.GetAllocatedBytesForCurrentThread();
        mel.Compute(signal, output);

        // The buffers of one call may have left the pool meanwhile; one small object per frame would be 120,000 bytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Fact]
    public void MelSpectrogram_SharedByThreads_GivesTheSameBits()
    {
        var mel = new MelSpectrogram(new(), new());
        var signal = Vectors.Signal("noise");
        var expected = mel.Compute(signal).Data;
        Parallel.For(0, 8, _ => Assert.Equal(expected, mel.Compute(signal).Data));
    }

    [Fact]
    public void MelSpectrogram_WrongOutput_NamesSizes()
    {
        var message = Assert.Throws<ArgumentException>(
            () => new MelSpectrogram(new(), new()).Compute(new float[1000], new Frames<float>(2, 64))).Message;
        Assert.Contains("[2, 128]", message);
        Assert.Contains("[2, 64]", message);
    }

    [Fact]
    public void MelFilterBank_Apply_IsTheDenseProduct()
    {
        foreach (var (fftSize, bands) in new[] { (2048, 128), (400, 23), (30, 5), (7, 3), (1, 1) })
        {
            var bank = new MelFilterBank(new() { Bands = bands }, fftSize);
            var dense = bank.ToDense();
            var spectra = new Frames<float>(4, bank.Bins, Array.ConvertAll(Support.Signals.Noise(4 * bank.Bins), Math.Abs));
            var actual = bank.Apply(spectra);
            for (var t = 0; t < 4; t++)
            {
                for (var b = 0; b < bands; b++)
                {
                    double expected = 0;
                    for (var k = 0; k < bank.Bins; k++) expected += (double)dense[b][k] * spectra[t][k];

                    // All terms are positive, so the error is at most an ulp for each of the few dozen.
                    Close.Assert([expected], [(double)actual[t][b]], 0, 32 * Math.ScaleB(1, -24), $"{fftSize}/{bands}[{t}, {b}]");
                }
            }
        }
    }

    [Fact]
    public void MelFilterBank_NarrowBands_ListsTheEmptyOnes()
    {
        Assert.Empty(new MelFilterBank(new(), 2048).EmptyBands);
        var bank = new MelFilterBank(new() { Bands = 256 }, 512);
        var dense = bank.ToDense();
        Assert.NotEmpty(bank.EmptyBands);
        Assert.Equal(Enumerable.Range(0, 256).Where(b => dense[b].ToArray().All(w => w == 0)), bank.EmptyBands);
    }

    [Theory]
    [InlineData(MelScale.Slaney, 1000, 15)]
    [InlineData(MelScale.Slaney, 500, 7.5)]
    [InlineData(MelScale.Slaney, 6400, 42)]
    [InlineData(MelScale.Htk, 1000, 999.985537139)]
    public void Mel_KnownFrequencies_Convert(MelScale scale, double hertz, double mel)
    {
        Assert.Equal(mel, Mel.FromHertz(hertz, scale), 6);
        Assert.Equal(hertz, Mel.ToHertz(mel, scale), 6);
    }

    [Fact]
    public void MelFilterBank_WrongOptions_NamesThem()
    {
        Throws("bands is 0", new() { Bands = 0 });
        Throws("sampleRate is 0 Hz", new() { SampleRate = 0 });
        Throws("sampleRate is NaN Hz", new() { SampleRate = double.NaN });
        Throws("minFrequency is -1 Hz", new() { MinFrequency = -1 });
        Throws("maxFrequency is 20 Hz; it must exceed minFrequency 50 Hz", new() { MinFrequency = 50, MaxFrequency = 20 });
        Throws("unknown scale 4", new() { Scale = (MelScale)4 });
        Throws("unknown norm 4", new() { Norm = (MelNorm)4 });
        Assert.Contains("fftSize is 0", Assert.Throws<ArgumentOutOfRangeException>(() => new MelFilterBank(new(), 0)).Message);
        Assert.Contains("9 bins and the output 128 bands; they must be 1025 and 128",
            Assert.Throws<ArgumentException>(() => new MelFilterBank(new(), 2048).Apply(new float[9], new float[128])).Message);

        static void Throws(string expected, MelOptions options) =>
            Assert.Contains(expected, Assert.Throws<ArgumentOutOfRangeException>(() => new MelFilterBank(options, 2048)).Message);
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
