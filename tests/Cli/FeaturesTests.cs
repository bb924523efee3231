using Engine.Dsp;
using Engine.Dsp.Audio;
using Engine.Dsp.Numpy;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public sealed class FeaturesTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Track => Path.Combine(corpus.Corpus, "ironriff", "ironriff.00000.wav");

    [Fact]
    public void Csv_Gtzan57_HasThePublishedLayout()
    {
        EngineRun.Of("features", corpus.Corpus, "--set", "gtzan57", "--out", _folder["f.csv"], "--no-cache").Succeeds();
        var lines = File.ReadAllLines(_folder["f.csv"]);
        Assert.Equal(51, lines.Length);
        Assert.StartsWith("filename,length,chroma_stft_mean,chroma_stft_var,rms_mean", lines[0]);
        Assert.EndsWith("mfcc20_mean,mfcc20_var,label", lines[0]);
        Assert.StartsWith("amberwaltz.00000.wav,22050,", lines[1]);
        Assert.EndsWith(",amberwaltz", lines[1]);
        Assert.Equal(60, lines[1].Split(',').Length);
    }

    [Theory]
    [InlineData("mfcc")]
    [InlineData("mel")]
    [InlineData("stft")]
    [InlineData("chroma")]
    [InlineData("descriptors")]
    [InlineData("all")]
    [InlineData("covariance")]
    [InlineData("contrast")]
    public void Csv_EverySet_HasFiniteCells(string set)
    {
        EngineRun.Of("features", Path.Combine(corpus.Corpus, "moondub"), "--set", set, "--out", _folder["f.csv"], "--no-cache")
            .Succeeds();
        var lines = File.ReadAllLines(_folder["f.csv"]);
        Assert.Equal(6, lines.Length);
        Assert.All(lines[1..].SelectMany(l => l.Split(',')[1..^1]),
            cell => Assert.True(double.IsFinite(double.Parse(cell)), cell));
    }

    [Fact]
    public void Csv_OtherThreads_IsTheSameFile()
    {
        EngineRun.Of("features", corpus.Corpus, "--out", _folder["one.csv"], "--threads", "1", "--no-cache").Succeeds();
        EngineRun.Of("features", corpus.Corpus, "--out", _folder["two.csv"], "--threads", "2", "--no-cache").Succeeds();
        Assert.Equal(File.ReadAllBytes(_folder["one.csv"]), File.ReadAllBytes(_folder["two.csv"]));
    }

    [Fact]
    public void Csv_Segments_AreNamedAsWindowsOfTheirTrack()
    {
        EngineRun.Of("features", Track, "--segment", "0.4", "--out", _folder["f.csv"], "--no-cache").Succeeds();
        var names = File.ReadAllLines(_folder["f.csv"])[1..].Select(l => l[..(l.IndexOf(',') + 5)]);
        Assert.Equal(["ironriff.00000.0.wav,8820", "ironriff.00000.1.wav,8820"], names);
    }

    [Fact]
    public void Npz_Table_HoldsTheCsv()
    {
        EngineRun.Of("features", corpus.Corpus, "--out", _folder["f.npz"], "--no-cache").Succeeds();
        EngineRun.Of("features", corpus.Corpus, "--out", _folder["f.npy"], "--no-cache").Succeeds();
        EngineRun.Of("features", corpus.Corpus, "--out", _folder["f.csv"], "--no-cache").Succeeds();
        var arrays = NpzFile.Read(_folder["f.npz"]);
        Assert.Equal([50, 57], arrays["features"].Shape);
        Assert.Equal("tempo", arrays["columns"].ToStrings()[16]);
        Assert.Equal("brasswalk.00000.wav", arrays["filename"].ToStrings()[5]);
        Assert.Equal("brasswalk", arrays["label"].ToStrings()[5]);
        Assert.Equal(22050, arrays["length"].ToInt64s()[5]);
        Assert.Equal(arrays["features"].ToDoubles(), NpyArray.Load(_folder["f.npy"]).ToDoubles());
        var cells = File.ReadAllLines(_folder["f.csv"])[6].Split(',')[2..^1].Select(double.Parse);
        Assert.Equal(cells, arrays["features"].ToDoubles()[(5 * 57)..(6 * 57)]);
    }

    [Fact]
    public void Npz_Frames_KeepLibrosasOrientation()
    {
        EngineRun.Of("features", Path.Combine(corpus.Corpus, "ironriff"), "--set", "mel", "--out", _folder["f.npz"], "--no-cache")
            .Succeeds();
        var arrays = NpzFile.Read(_folder["f.npz"]);
        Assert.Equal(["hop_length", "ironriff.00000.wav", "ironriff.00001.wav", "ironriff.00002.wav", "ironriff.00003.wav",
            "ironriff.00004.wav", "n_fft", "sr", "times"], arrays.Keys.Order(StringComparer.Ordinal));
        var frames = new MelSpectrogram(new StftOptions(), new MelOptions()).Compute(AudioFile.Read(Track).Samples);
        var mel = arrays["ironriff.00000.wav"];
        Assert.Equal([128, frames.Count], mel.Shape);
        Assert.Equal(frames[3][17], mel.ToSingles()[17 * frames.Count + 3]);
        Assert.Equal(22050, arrays["sr"].ToInt64s()[0]);
        Assert.Equal(Enumerable.Range(0, frames.Count).Select(t => t * 512 / 22050.0), arrays["times"].ToDoubles());
    }

    // The longest recording has one time for each frame; a shorter one takes the first of them.
    [Fact]
    public void Npz_Descriptors_NameTheirRowsAndTimes()
    {
        WavWriter.Write(_folder["long.wav"], new FormulaSource(40_000).ToArray(), 22050);
        EngineRun.Of("features", _folder["long.wav"], Track, "--set", "descriptors", "--out", _folder["f.npz"], "--no-cache")
            .Succeeds();
        var arrays = NpzFile.Read(_folder["f.npz"]);
        Assert.Equal(["descriptors", "hop_length", "ironriff.00000.wav", "long.wav", "n_fft", "sr", "times"],
            arrays.Keys.Order(StringComparer.Ordinal));
        string[] names = ["spectral_centroid", "spectral_bandwidth", "rolloff", "zero_crossing_rate", "rms", "onset_strength"];
        Assert.Equal(names, arrays["descriptors"].ToStrings());
        Assert.Equal([6, 44], arrays["ironriff.00000.wav"].Shape);
        Assert.Equal([6, 79], arrays["long.wav"].Shape);
        Assert.Equal(Enumerable.Range(0, 79).Select(t => t * 512 / 22050.0), arrays["times"].ToDoubles());
        var samples = AudioFile.Read(Track).Samples;
        var rows = arrays["ironriff.00000.wav"].ToSingles().Chunk(44).ToArray();
        Assert.Equal(Rms.Of(samples), rows[4]);
        Assert.Equal(ZeroCrossingRate.Of(samples), rows[3]);
        Assert.Equal(SpectralShape.Centroids(samples, 22050), rows[0]);
    }

    // The columns that the published table has, too, are the same numbers.
    [Fact]
    public void Csv_Descriptors_AreThoseOfThePublishedColumns()
    {
        EngineRun.Of("features", Track, "--set", "descriptors", "--out", _folder["d.csv"], "--no-cache").Succeeds();
        EngineRun.Of("features", Track, "--out", _folder["g.csv"], "--no-cache").Succeeds();
        var (descriptors, published) = (Row("d.csv"), Row("g.csv"));
        Assert.Equal(12 + 3, descriptors.Count);
        Assert.Equal(["onset_strength_mean", "onset_strength_var"], descriptors.Keys.Except(published.Keys));
        foreach (var name in descriptors.Keys.Intersect(published.Keys).Except(["filename", "label"]))
            Close.Assert([double.Parse(published[name])], [double.Parse(descriptors[name])], 0, 1e-3, name);

        Dictionary<string, string> Row(string file)
        {
            var lines = File.ReadAllLines(_folder[file]).Select(l => l.Split(',')).ToArray();
            return lines[0].Zip(lines[1]).ToDictionary(p => p.First, p => p.Second);
        }
    }

    [Theory]
    [InlineData("mfcc", 20)]
    [InlineData("mel", 128)]
    [InlineData("chroma", 12)]
    [InlineData("descriptors", 6)]
    [InlineData("contrast", 7)]
    public void Npy_OneRecording_HoldsItsFrames(string set, int bins)
    {
        EngineRun.Of("features", Track, "--set", set, "--out", _folder["f.npy"], "--no-cache").Succeeds();
        Assert.Equal([bins, 44], NpyArray.Load(_folder["f.npy"]).Shape);
    }

    [Fact]
    public void Npy_SeveralRecordings_IsRefused()
    {
        EngineRun.Of("features", corpus.Corpus, "--set", "mel", "--out", _folder["f.npy"], "--no-cache").IsRefused(".npz");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    // Both frames of 50 s in one array of 17 MB, more than waits in memory, and windows of it that are small.
    [Fact]
    public void Frames_LongRecording_AreThoseOfTheWhole()
    {
        var track = _folder["long.wav"];
        WavWriter.Write(track, new FormulaSource(50 * 22050).ToArray(), 22050);
        var samples = AudioFile.Read(track).Samples;
        var expected = NpyArray.FromFrames(new Stft(new StftOptions()).Forward(samples));
        EngineRun.Of("features", track, "--set", "stft", "--out", _folder["f.npy"], "--no-cache").Succeeds();
        Assert.Equal(expected.Data, NpyArray.Load(_folder["f.npy"]).Data);
        EngineRun.Of("features", track, Track, "--set", "stft", "--out", _folder["f.npz"], "--no-cache").Succeeds();
        Assert.Equal(expected.Data, NpzFile.Read(_folder["f.npz"])["long.wav"].Data);
        EngineRun.Of("features", track, "--set", "stft", "--segment", "24", "--out", _folder["w.npz"], "--no-cache").Succeeds();
        var windows = NpzFile.Read(_folder["w.npz"]);
        Assert.Equal(6, windows.Count);
        Assert.Equal(NpyArray.FromFrames(new Stft(new StftOptions()).Forward(samples.AsSpan(24 * 22050, 24 * 22050))).Data,
            windows["long.1.wav"].Data);
        Assert.Equal(4, Directory.EnumerateFileSystemEntries(_folder.Path).Count());
        EngineRun.Of("features", track, "--set", "stft", "--segment", "24", "--out", _folder["w.npy"], "--no-cache")
            .IsRefused(".npz");
        Assert.False(File.Exists(_folder["w.npy"]));
    }

    [Theory]
    [InlineData(0, "samples are 0")]
    [InlineData(1e30f, "features overflow")]
    public void Frames_UnusableRecording_IsRefusedAndSkipped(float value, string reason)
    {
        var samples = new float[9000];
        samples[100] = value;
        WavWriter.Write(_folder["bad.wav"], samples, 22050, WavEncoding.Float32);
        EngineRun.Of("features", _folder["bad.wav"], "--set", "mel", "--out", _folder["f.npy"], "--no-cache")
            .IsRefused("bad.wav", reason);
        var run = EngineRun.Of("features", _folder["bad.wav"], Track, "--set", "mel", "--on-error", "skip", "--out",
            _folder["f.npz"], "--no-cache");
        Assert.Contains("1 skipped", run.Succeeds());
        Assert.Contains(reason, run.Error);
    }

    [OpenClTheory]
    [InlineData("stft")]
    [InlineData("mel")]
    [InlineData("mfcc")]
    public void Device_OpenCl_ComputesTheSameFramesAndCells(string set)
    {
        var genre = Path.Combine(corpus.Corpus, "ironriff");
        foreach (var device in new[] { "cpu", "opencl" })
        {
            EngineRun.Of("features", genre, "--set", set, "--out", _folder[device + ".npz"], "--device", device).Succeeds();
            EngineRun.Of("features", genre, "--set", set, "--segment", "0.3", "--out", _folder[device + ".csv"], "--device",
                device, "--no-cache").Succeeds();
        }

        var (expected, actual) = (NpzFile.Read(_folder["cpu.npz"]), NpzFile.Read(_folder["opencl.npz"]));
        Assert.Equal(expected.Keys, actual.Keys);
        foreach (var name in expected.Keys.Where(k => k.EndsWith(".wav", StringComparison.Ordinal)))
        {
            Assert.Equal(expected[name].Shape, actual[name].Shape);
            var (e, a) = (Values(expected[name]), Values(actual[name]));
            Close.Assert(e, a, set == "mfcc" ? 5e-3 : 1e-5 * e.Max(Math.Abs), 1e-4, name);
        }

        var (cells, others) = (Cells("cpu"), Cells("opencl"));
        Assert.Equal(15, cells.Length);
        foreach (var (one, other) in cells.Zip(others))
        {
            Assert.Equal((one[0], one[^1]), (other[0], other[^1]));
            Close.Assert(Array.ConvertAll(one[1..^1], double.Parse), Array.ConvertAll(other[1..^1], double.Parse), 5e-3, 1e-2,
                one[0]);
        }

        static float[] Values(NpyArray array) => array.Data is Complex<float>[] pairs
            ? System.Runtime.InteropServices.MemoryMarshal.Cast<Complex<float>, float>(pairs).ToArray() : array.ToSingles();
        string[][] Cells(string device) => [.. File.ReadAllLines(_folder[device + ".csv"])[1..].Select(l => l.Split(','))];
    }

    [OpenClTheory]
    [InlineData("gtzan57")]
    [InlineData("chroma")]
    [InlineData("descriptors")]
    [InlineData("all")]
    public void Device_SetThatItCannotCompute_IsRefused(string set)
    {
        EngineRun.Of("features", Track, "--set", set, "--out", _folder["f.csv"], "--device", "opencl")
            .IsRefused($"'{set}' cannot be computed on opencl; mfcc, mel, stft and embedding can");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("--set", "gtzan58", "gtzan57, mfcc")]
    [InlineData("--segment", "0", "--segment")]
    [InlineData("--sr", "10", "from 1000")]
    [InlineData("--out", "f.txt", ".csv, .npz or .npy")]
    public void Option_BadValue_IsRefused(string option, string value, string part)
    {
        string[] arguments = ["features", Track, "--no-cache", option, option == "--out" ? _folder[value] : value];
        if (option != "--out") arguments = [.. arguments, "--out", _folder["f.csv"]];
        EngineRun.Of(arguments).IsRefused(part);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Output_Exists_IsRefusedUnlessForced()
    {
        File.WriteAllText(_folder["f.csv"], "mine");
        EngineRun.Of("features", Track, "--out", _folder["f.csv"], "--no-cache").IsRefused(_folder["f.csv"], "--force");
        Assert.Equal("mine", File.ReadAllText(_folder["f.csv"]));
        EngineRun.Of("features", Track, "--out", _folder["f.csv"], "--no-cache", "--force").Succeeds();
        Assert.Equal(2, File.ReadAllLines(_folder["f.csv"]).Length);
        EngineRun.Of("features", Track, "--out", _folder["missing", "f.csv"], "--no-cache").IsRefused(_folder["missing"]);
    }
}
