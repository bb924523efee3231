using System.Runtime.InteropServices;
using Engine.Classifiers;
using Engine.Dsp;
using Engine.Pipeline.FrontEnds;
using Engine.Tensors;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>
/// Frames that a device computes against librosa's, with the budgets of the tests of <c>src/Dsp</c>, and against ours.
/// </summary>
[Collection(nameof(OpenClTests))]
public class DeviceFramesTests
{
    private static readonly string[] s_signals = ["music", "noise", "chirp", "silence"];

    [Fact]
    public void Frames_OnCpu_MatchLibrosa() => MatchLibrosa(Device.Cpu);

    [OpenClFact]
    public void Frames_OnOpenCl_MatchLibrosa() => MatchLibrosa(Device.Get("opencl"));

    [Fact]
    public void Frames_OnCpu_AreThoseOfDsp() => MatchDsp(Device.Cpu);

    [OpenClFact]
    public void Frames_OnOpenCl_AreThoseOfDsp() => MatchDsp(Device.Get("opencl"));

    [Fact]
    public void Batches_SmallOrWithReflection_GiveTheSameFrames()
    {
        float[][] signals = [.. new[] { 900, 900, 5000, 0, 1, 900, 2100 }.Select((n, i) => Signals.Noise(n, i))];
        using var mel = DeviceFrames.Mel(new() { FftSize = 512, HopLength = 100 }, new() { Bands = 20 }, Device.Cpu, new());
        var expected = mel.Compute(signals);
        Assert.Equal([10, 10, 51, 1, 1, 10, 22], expected.Select(f => f.Count));
        Assert.All(expected, f => Assert.Equal(20, f.Bins));
        mel.BatchValues = 3000;
        foreach (var (one, other) in expected.Zip(mel.Compute(signals))) Close.Assert(one.Data, other.Data, 1e-4);
        Assert.Empty(mel.Compute([]));

        var options = new StftOptions { FftSize = 512, HopLength = 100, PadMode = PadMode.Reflect };
        using var reflected = DeviceFrames.Magnitude(options, Device.Cpu);
        float[][] longer = [signals[0], signals[1], signals[2], signals[5]];
        foreach (var (signal, frames) in longer.Zip(reflected.Compute(longer))) Close.Assert(new Stft(options).Magnitude(signal)
            .Data, frames.Data, 1e-4);
        Assert.Contains("reflect padding of 256", Assert.Throws<ArgumentException>(() => reflected.Compute(signals)).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(20_000)]
    public void Read_Blocks_GiveTheFramesOfTheWhole(int samples)
    {
        var source = new FormulaSource(samples);
        var signal = source.ToArray();
        var options = new StftOptions { FftSize = 512, HopLength = 100 };
        DeviceFrames[] sets =
        [
            DeviceFrames.Complex(options, Device.Cpu),
            DeviceFrames.Magnitude(options with { Center = false }, Device.Cpu),
            DeviceFrames.Mel(options, new() { Bands = 20 }, Device.Cpu, new()),
            DeviceFrames.Mfcc(new() { Stft = options, Mel = new() { Bands = 20 }, Coefficients = 7 }, Device.Cpu),
        ];
        foreach (var frames in sets)
        {
            using (frames)
            {
                var expected = frames.Compute([signal])[0];
                // Blocks of some frames.
                frames.BatchValues = 16 * 2 * 257 * 9;
                var read = frames.Read(source);
                Assert.Equal((expected.Count, expected.Bins), (read.Count, read.Bins));
                var actual = new float[expected.Data.Length];
                foreach (var (first, values) in read.Blocks()) values.Span.CopyTo(actual.AsSpan(first * read.Bins));
                Close.Assert(expected.Data, actual, 1e-3);
            }
        }
    }

    [Fact]
    public void SpectrogramNotCentred_OfShortSignals_HasNoFrames()
    {
        using var frames = DeviceFrames.Mfcc(
            new() { Stft = new() { FftSize = 64, Center = false }, Mel = new() { Bands = 8 }, Coefficients = 5 }, Device.Cpu);
        Assert.Equal([0, 1], frames.Compute([new float[63], new float[64]]).Select(f => f.Count));
        Assert.Equal([0, 5], [.. frames.Compute([new float[63]]).SelectMany(f => new[] { f.Count, f.Bins })]);
    }

    [Fact]
    public void Of_OtherSets_AreRefused()
    {
        Assert.False(DeviceFrames.Supports(new Gtzan57Features()));
        Assert.True(DeviceFrames.Supports(new MelFeatures()));
        Assert.Contains("mfcc, mel and stft can",
            Assert.Throws<EngineException>(() => DeviceFrames.Of(new ChromaFeatures(), 22050, Device.Cpu)).Message);
        Assert.Contains("coefficients is 9",
            Assert.Throws<ArgumentOutOfRangeException>(
                () => DeviceFrames.Mfcc(new() { Coefficients = 9, Mel = new() { Bands = 8 } }, Device.Cpu)).Message);
    }

    [OpenClFact]
    public void FrontEnd_OnOpenCl_HasTheColumnsAndNoCache()
    {
        var device = Device.Get("opencl");
        foreach (var features in new FeatureSpec[] { new StftFeatures(), new MelFeatures(), new MfccFeatures() })
        {
            var spec = new FrontEndSpec(22050, features, 1);
            var (cpu, other) = (new FrontEnd(spec), new FrontEnd(spec, device));
            var expected = cpu.Extract(Vectors.Signal("music"), 22050).Rows;
            var actual = other.Extract(Vectors.Signal("music"), 22050).Rows;
            Assert.Equal(cpu.Columns, other.Columns);
            Assert.True(expected.Rows > 1);

            // Values within 5e-3 dB, as for librosa: means as well; variances by twice the deviation times that, at most 80 dB.
            Close.Assert(expected.Data, actual.Data, 5e-3, 1e-2, $"{features}");
        }

        using var folder = new TemporaryFolder();
        var path = folder["tone.wav"];
        Engine.Dsp.Audio.WavWriter.Write(path, new(Spectra.Tone(440), Spectra.Rate));
        var cache = new FeatureCache(folder["cache"]);
        new FrontEnd(new(22050, new MelFeatures()), device).ExtractFile(path, cache);
        Assert.False(Directory.Exists(folder["cache"]));
        var kept = new FrontEnd(new(22050, new MelFeatures())).ExtractFile(path, cache);
        Assert.True(Directory.Exists(folder["cache"]));
        Assert.NotEqual(kept.Features.Rows.Data, new FrontEnd(new(22050, new MelFeatures()), device).ExtractFile(path, cache)
            .Features.Rows.Data);
        Assert.Contains("mfcc, mel and stft can",
            Assert.Throws<EngineException>(() => new FrontEnd(new(22050, new Gtzan57Features()), device)).Message);
    }

    private static void MatchLibrosa(Device device)
    {
        var mel = new MelOptions();
        Check(DeviceFrames.Mel(new(), mel, device),
            (s, f) => FeatureReference.Assert(s, "mel_128", f, relative: 1e-4, ofMaximum: 1e-6));
        Check(DeviceFrames.Mel(new() { FftSize = 512, HopLength = 256 }, new() { Bands = 64 }, device),
            (s, f) => FeatureReference.Assert(s, "mel_64_512_256", f, frameStep: 2, relative: 1e-4, ofMaximum: 1e-6));
        Check(DeviceFrames.Mel(new(), mel, device, new() { Reference = null }),
            (s, f) => FeatureReference.Assert(s, "mel_128_db", f, absolute: 5e-3, relative: 1e-4));
        Check(DeviceFrames.Mfcc(new(), device),
            (s, f) => FeatureReference.Assert(s, "mfcc_20", f, absolute: 5e-3, relative: 1e-4));
        Check(
            DeviceFrames.Mfcc(new() { Coefficients = 13, Lifter = 22, Mel = new() { Scale = MelScale.Htk } }, device),
            (s, f) => FeatureReference.Assert(s, "mfcc_13_htk_lift22", f, absolute: 5e-3, relative: 1e-4));
        Check(DeviceFrames.Complex(new(), device),
            (s, f) => FeatureReference.Assert(s, "stft_2048_512", Pairs(f), frameStep: 4, ofMaximum: 1e-5));
        Check(
            DeviceFrames.Complex(new() { FftSize = 512, HopLength = 256, PadMode = PadMode.Reflect }, device),
            (s, f) => FeatureReference.Assert(s, "stft_512_256_reflect", Pairs(f), frameStep: 8, ofMaximum: 1e-5));
        Check(
            DeviceFrames.Complex(new() { FftSize = 400, HopLength = 160, WindowLength = 320, Center = false }, device),
            (s, f) => FeatureReference.Assert(s, "stft_400_160_w320_nocenter", Pairs(f), frameStep: 8, ofMaximum: 1e-5));

        static void Check(DeviceFrames frames, Action<string, Frames<float>> compare)
        {
            using (frames)
                foreach (var (signal, result) in s_signals.Zip(frames.Compute([.. s_signals.Select(Vectors.Signal)]))) compare(
                    signal, result);
        }
    }

    // Signals of many lengths in one batch.
    private static void MatchDsp(Device device)
    {
        var stft = new StftOptions { FftSize = 1000, HopLength = 300, WindowLength = 900 };
        var mfcc = new MfccOptions { Coefficients = 40, Stft = stft, Mel = new() { Bands = 60 } };
        float[][] signals = [Vectors.Signal("short"), Vectors.Signal("music"), [], [0.5f], Vectors.Signal("noise"),
            Signals.Noise(1500, 3)];

        using var magnitudes = DeviceFrames.Magnitude(stft, device);
        using var mels = DeviceFrames.Mel(stft, mfcc.Mel, device);
        using var cepstra = DeviceFrames.Mfcc(mfcc, device);
        var results = new[] { magnitudes, mels, cepstra }.Select(f => f.Compute(signals)).ToArray();
        for (var i = 0; i < signals.Length; i++)
        {
            var magnitude = new Stft(stft).Magnitude(signals[i]);
            var mel = new MelSpectrogram(stft, mfcc.Mel).Compute(signals[i]);
            Compare(magnitude, results[0][i], 0, 0, 1e-6);
            Compare(mel, results[1][i], 0, 1e-4, 1e-6);
            Compare(new Mfcc(mfcc).Compute(signals[i]), results[2][i], 5e-3, 1e-4, 0);
        }

        void Compare(Frames<float> expected, Frames<float> actual, double absolute, double relative, double ofMaximum)
        {
            Assert.Equal((expected.Count, expected.Bins), (actual.Count, actual.Bins));
            Close.Assert(expected.Data, actual.Data, absolute + ofMaximum * expected.Data.Select(Math.Abs).DefaultIfEmpty().Max(),
                relative, $"{device}");
        }
    }

    private static Frames<Complex<float>> Pairs(Frames<float> frames) =>
        new(frames.Count, frames.Bins / 2, MemoryMarshal.Cast<float, Complex<float>>(frames.Data).ToArray());
}
