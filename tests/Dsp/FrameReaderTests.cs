using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class FrameReaderTests
{
    private const int Rate = 22050;

    private static readonly StftOptions s_options = new() { FftSize = 512, HopLength = 200 };

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(20_011)]
    public void Read_EverySet_GivesTheBitsOfTheWhole(int samples)
    {
        var source = new FormulaSource(samples);
        var signal = source.ToArray();
        var stft = new Stft(s_options);
        var mel = new MelSpectrogram(s_options, new MelOptions { Bands = 24 });
        var mfcc = new Mfcc(new MfccOptions { Stft = s_options, Mel = new MelOptions { Bands = 24 }, Coefficients = 9 });
        var speech = new PythonSpeechFeatures(new PythonSpeechFeaturesOptions { SampleRate = Rate, FftSize = 1024 });
        var contrast = new SpectralContrast(Rate, 512);
        var decibels = mel.Compute(signal);
        Decibels.FromPower(decibels.Data, decibels.Data);
        var chroma = Chroma.Of(stft.Power(signal), Rate, fftSize: 512);
        Check(stft.Forward(signal), FrameReader.Spectrum(source, stft));
        Check(stft.Magnitude(signal), FrameReader.Magnitude(source, stft));
        Check(stft.Power(signal), FrameReader.Power(source, stft));
        Check(mel.Compute(signal), FrameReader.Mel(source, mel));
        Check(decibels, FrameReader.MelDecibels(source, mel));
        Check(mfcc.Compute(signal), FrameReader.Mfcc(source, mfcc));
        Check(chroma, FrameReader.Chroma(source, stft));
        Check(Tonnetz.Of(chroma), FrameReader.Tonnetz(source, stft));
        Check(contrast.Of(stft.Magnitude(signal)), FrameReader.Contrast(source, stft, contrast));
        var flatness = SpectralFlatness.Of(stft.Power(signal));
        Check(new(flatness.Length, 1, flatness), FrameReader.Flatness(source, stft));
        Check(speech.Mfcc(signal), FrameReader.PythonSpeechMfcc(source, speech));
    }

    [Fact]
    public void Read_NotCentred_GivesTheBitsOfTheWhole()
    {
        var source = new FormulaSource(9_001);
        foreach (var options in (StftOptions[])[new() { FftSize = 400, HopLength = 700, Center = false },
            new() { FftSize = 401, WindowLength = 300, HopLength = 77 }])
        {
            var stft = new Stft(options);
            Check(stft.Forward(source.ToArray()), FrameReader.Spectrum(source, stft));
        }
    }

    // More than 2²¹ values, so that nothing is remembered, and those that rest on the whole read it twice.
    [Fact]
    public void Read_MoreThanIsRemembered_GivesTheBitsOfTheWhole()
    {
        var source = new FormulaSource(260_000);
        var signal = source.ToArray();
        var options = new StftOptions { FftSize = 512, HopLength = 30 };
        var stft = new Stft(options);
        var mel = new MelSpectrogram(options, new MelOptions { Bands = 256, SampleRate = Rate });
        var decibels = mel.Compute(signal);
        Decibels.FromPower(decibels.Data, decibels.Data);
        var reader = FrameReader.MelDecibels(source, mel);
        Assert.True(reader.Count > reader.BlockFrames && (long)reader.Count * reader.Bins > 1 << 21);
        Assert.Same(reader, reader.Remembered());
        Equal(decibels, reader);
        Equal(Chroma.Of(stft.Power(signal), Rate, fftSize: 512), FrameReader.Chroma(source, stft));
        Assert.InRange(source.LargestRead, 1, 260_000);
    }

    [Fact]
    public void Remembered_FewFrames_AreComputedOnce()
    {
        var source = new FormulaSource(20_000);
        var reader = FrameReader.Magnitude(source, new Stft(s_options));
        var remembered = reader.Remembered();
        Equal(new Stft(s_options).Magnitude(source.ToArray()), remembered);
        Assert.Single(remembered.Blocks());
    }

    [Fact]
    public void Read_NoWholeFrames_SaysSo()
    {
        var reader = FrameReader.Magnitude(new FormulaSource(2000), new Stft(s_options));
        Assert.Equal((11, 257), (reader.Count, reader.Bins));
        foreach (var (first, values) in ((int, int)[])[(0, 100), (10, 2 * 257), (-1, 257)])
        {
            var error = Assert.Throws<ArgumentException>(() => reader.Read(first, new float[values]));
            Assert.Equal($"FrameReader: {values} values from frame {first} on are not whole frames of [11, 257].", error.Message);
        }
    }

    [Fact]
    public void Magnitude_Mirrored_IsRefused()
    {
        var stft = new Stft(new StftOptions { PadMode = PadMode.Reflect });
        Assert.Contains("padMode is Reflect",
            Assert.Throws<ArgumentException>(() => FrameReader.Magnitude(new FormulaSource(9000), stft)).Message);
    }

    [Fact]
    public void Blocks_LongTransform_StayInBounds()
    {
        var reader = FrameReader.Magnitude(new FormulaSource(1 << 18),
            new Stft(new StftOptions { FftSize = 1 << 16, HopLength = 16 }));
        Assert.InRange((long)reader.BlockFrames * reader.Bins, reader.Bins, 1 << 21);
        var coarse = FrameReader.Magnitude(new FormulaSource(1 << 18),
            new Stft(new StftOptions { FftSize = 64, HopLength = 1 << 19 }));
        Assert.Equal(2, coarse.BlockFrames);
    }

    // Runs of any frames in any order, then all by blocks.
    private static void Check<T>(Frames<T> expected, FrameReader<T> actual)
        where T : unmanaged
    {
        Assert.Equal((expected.Count, expected.Bins), (actual.Count, actual.Bins));
        var random = new Random(3);
        for (var i = 0; i < 10; i++)
        {
            var first = random.Next(expected.Count);
            var frames = new T[random.Next(1, Math.Min(20, expected.Count - first) + 1) * expected.Bins];
            actual.Read(first, frames);
            Assert.Equal(expected.Data.AsSpan(first * expected.Bins, frames.Length).ToArray(), frames);
        }

        Equal(expected, actual);
        Equal(expected, actual.Remembered());
    }

    private static void Equal<T>(Frames<T> expected, FrameReader<T> actual)
        where T : unmanaged
    {
        var all = new T[expected.Data.Length];
        foreach (var (first, values) in actual.Blocks()) values.Span.CopyTo(all.AsSpan(first * expected.Bins));
        Assert.Equal(expected.Data, all);
    }
}
