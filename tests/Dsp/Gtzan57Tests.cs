using Engine.Dsp;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp;

public class Gtzan57Tests
{
    [Fact]
    public void Columns_Names_AreThePublishedOnesInOrder()
    {
        string[] first =
        [
            "chroma_stft_mean", "chroma_stft_var", "rms_mean", "rms_var", "spectral_centroid_mean", "spectral_centroid_var",
            "spectral_bandwidth_mean", "spectral_bandwidth_var", "rolloff_mean", "rolloff_var", "zero_crossing_rate_mean",
            "zero_crossing_rate_var", "harmony_mean", "harmony_var", "perceptr_mean", "perceptr_var", "tempo", "mfcc1_mean",
            "mfcc1_var",
        ];
        Assert.Equal(57, Gtzan57.Columns.Count);
        Assert.Equal(first, Gtzan57.Columns.Take(first.Length));
        Assert.Equal(["mfcc20_mean", "mfcc20_var"], Gtzan57.Columns.TakeLast(2));
    }

    [Fact]
    public void Extract_Music_MatchesLibrosa()
    {
        var expected = Vectors.Load("dsp_features_music")["gtzan57"].ToDoubles();
        var actual = new Gtzan57().Extract(Vectors.Signal("music"));
        Assert.Equal(Gtzan57.Columns.Count, expected.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var name = Gtzan57.Columns[i];
            // These two hover around zero: measured by the signal's standard deviation.
            if (name is "harmony_mean" or "perceptr_mean")
                Close.Assert([expected[i]], [actual[i]], 1e-3 * Math.Sqrt(expected[i + 1]), what: name);
            else if (name == "tempo") Close.Assert([expected[i]], [actual[i]], 0, 1e-12, name);
            else Close.Assert([expected[i]], [actual[i]], 0, 1e-3, name);
        }
    }

    [Fact]
    public void Extract_Silence_GivesLibrosasConstants()
    {
        var features = new Gtzan57().Extract(Vectors.Signal("silence"));
        var tempo = Vectors.Load("dsp_features_silence")["tempo"].ToDoubles()[0];
        // An orthonormal DCT of 128 bands at -100 dB.
        var first = -100 * Math.Sqrt(128);
        for (var i = 0; i < features.Length; i++)
        {
            var expected = Gtzan57.Columns[i] switch { "tempo" => tempo, "mfcc1_mean" => first, _ => 0 };
            Close.Assert([expected], [features[i]], 1e-3, what: Gtzan57.Columns[i]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(220)]
    [InlineData(700)]
    public void Extract_ShorterThanAWindow_IsFinite(int samples)
    {
        var features = new Gtzan57().Extract(Vectors.Signal("short").AsSpan(0, samples));
        Assert.All(features, value => Assert.True(double.IsFinite(value)));
    }

    [Fact]
    public void Extract_ReusedAndInParallel_GivesTheSameBits()
    {
        var gtzan57 = new Gtzan57();
        string[] names = ["music", "noise", "short", "chirp", "silence", "music", "short", "noise"];
        var expected = Array.ConvertAll(names, name => new Gtzan57().Extract(Vectors.Signal(name)));
        var actual = new double[names.Length][];
        Parallel.For(0, names.Length, i => actual[i] = gtzan57.Extract(Vectors.Signal(names[i])));
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Extract_EmptySignal_SaysSo()
    {
        var error = Assert.Throws<ArgumentException>(() => new Gtzan57().Extract([]));
        Assert.StartsWith("Gtzan57: the signal has 0 samples; it must have at least 1.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Extract_SampleNotFinite_NamesIt(float value)
    {
        var signal = new float[5000];
        signal[4321] = value;
        var error = Assert.Throws<ArgumentException>(() => new Gtzan57().Extract(signal));
        Assert.StartsWith($"Gtzan57: sample 4321 is {value}; it must be finite.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-22050)]
    [InlineData(double.NaN)]
    public void Gtzan57_BadSampleRate_NamesIt(double sampleRate)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new Gtzan57(sampleRate));
        Assert.Contains($"sampleRate is {sampleRate};", error.Message, StringComparison.Ordinal);
    }
}
