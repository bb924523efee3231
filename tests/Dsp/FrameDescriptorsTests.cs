using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class FrameDescriptorsTests
{
    private const int Rate = 22050;

    // Against librosa, within the budgets of each descriptor's own test.
    [Theory]
    [InlineData("music")]
    [InlineData("noise")]
    [InlineData("chirp")]
    [InlineData("silence")]
    public void Read_EachDescriptor_MatchesLibrosa(string signal)
    {
        var samples = Vectors.Signal(signal);
        var columns = Columns(new FrameDescriptors(Rate).Read(SampleSource.Of(samples, Rate)));
        var arrays = Vectors.Load("dsp_features_" + signal);
        string[] names =
            ["spectral_centroid", "spectral_bandwidth", "spectral_rolloff", "zero_crossing_rate", "rms", "onset_strength"];
        (double Absolute, double Relative)[] budgets = [(0, 1e-3), (0, 1e-3), (0, 1e-3), (0, 0), (0, 1e-5), (4e-4, 0)];
        foreach (var (name, column, budget) in names.Zip(columns, budgets))
            Close.Assert(arrays[name].ToSingles(), column, budget.Absolute, budget.Relative, $"{signal} {name}");
    }

    // Sizes whose frames overlap the ends differently, hops longer than frames, and an onset shift of several frames.
    [Theory]
    [InlineData(1, 512, 200)]
    [InlineData(300, 512, 200)]
    [InlineData(20_011, 512, 200)]
    [InlineData(20_011, 401, 77)]
    [InlineData(20_011, 256, 700)]
    [InlineData(5_000, 2048, 64)]
    public void Read_AnyRunOfFrames_GivesTheBitsOfTheWhole(int count, int fftSize, int hop)
    {
        var source = new FormulaSource(count);
        var samples = source.ToArray();
        var magnitude = new Stft(new() { FftSize = fftSize, HopLength = hop }).MagnitudeInDouble(samples);
        var shape = new SpectralShape(Rate, fftSize);
        float[][] expected =
        [
            shape.Centroids(magnitude), shape.Bandwidths(magnitude), shape.Rolloffs(magnitude),
            ZeroCrossingRate.Of(samples, fftSize, hop), Rms.Of(samples, fftSize, hop),
            OnsetStrength.Of(samples, Rate, new() { FftSize = fftSize, HopLength = hop }),
        ];
        var reader = new FrameDescriptors(Rate, fftSize, hop).Read(source);
        Assert.Equal((magnitude.Count, 6), (reader.Count, reader.Bins));
        var random = new Random(3);
        for (var i = 0; i < 20; i++)
        {
            var first = random.Next(reader.Count);
            var frames = new float[random.Next(1, reader.Count - first + 1) * 6];
            reader.Read(first, frames);
            for (var at = 0; at < frames.Length; at++) Assert.Equal(expected[at % 6][first + at / 6], frames[at]);
        }

        Assert.Equal(expected, Columns(reader));
    }

    [Fact]
    public void Read_LongRecording_IsReadInBlocks()
    {
        var source = new FormulaSource(3_000_000);
        var columns = Columns(new FrameDescriptors(Rate, 512, 128).Read(source));
        Assert.InRange(source.LargestRead, 1, 1 << 20);
        Assert.Equal(OnsetStrength.Of(source.ToArray(), Rate, new() { FftSize = 512, HopLength = 128 }), columns[5]);
    }

    [Theory]
    [InlineData(0, 2048, 512, "sampleRate")]
    [InlineData(22050, 1, 512, "fftSize is 1")]
    [InlineData(22050, 2048, 0, "hopLength is 0")]
    public void Create_OutOfRange_SaysWhat(double rate, int fftSize, int hop, string part) =>
        Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(() => new FrameDescriptors(rate, fftSize, hop)).Message);

    private static float[][] Columns(FrameReader<float> reader)
    {
        var columns = FrameDescriptors.Names.Select(_ => new float[reader.Count]).ToArray();
        foreach (var (first, values) in reader.Blocks())
        {
            for (var i = 0; i < values.Length; i++) columns[i % columns.Length][first + i / columns.Length] = values.Span[i];
        }

        return columns;
    }
}
