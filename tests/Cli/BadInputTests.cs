using System.Buffers.Binary;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

/// <summary>
/// What users get wrong, through the command line: exit code 2, one or two lines that name file and value, nothing written.
/// </summary>
public sealed class BadInputTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Data_MissingFolder_IsRefused() => TrainIsRefused(_folder["missing"], _folder["missing"], "no such");

    [Fact]
    public void Data_EmptyFolder_IsRefused()
    {
        Directory.CreateDirectory(_folder["empty"]);
        TrainIsRefused(_folder["empty"], _folder["empty"], "no recording");
    }

    [Fact]
    public void Data_OneGenre_IsRefused()
    {
        CopyGenres(1, tracks: 5);
        TrainIsRefused(_folder["data"], "amberwaltz");
    }

    [Fact]
    public void Data_GenreWithOneTrack_IsRefused()
    {
        CopyGenres(3, tracks: 5);
        foreach (var file in Directory.GetFiles(_folder["data", "brasswalk"]).Order(StringComparer.Ordinal).Skip(1))
            File.Delete(file);
        TrainIsRefused(_folder["data"], "brasswalk", "1");
    }

    // A shell gives an empty text for a variable that is not set: no command may take it for a name.
    [Theory]
    [InlineData("DATA", "train", "", "--recipe", "gtzan57-knn", "--out", "run")]
    [InlineData("--recipe", "train", "missing", "--recipe", "", "--out", "run")]
    [InlineData("--out", "train", "missing", "--recipe", "gtzan57-knn", "--out", "")]
    [InlineData("--split", "train", "missing", "--recipe", "gtzan57-knn", "--out", "run", "--split", "")]
    [InlineData("--set", "train", "missing", "--recipe", "gtzan57-knn", "--out", "run", "--set", "classifier.k=3", "--set", "")]
    [InlineData("--out", "train", "--resume", "--out", "")]
    [InlineData("RUN", "test", "")]
    [InlineData("DATA", "test", "missing", "")]
    [InlineData("[RUN|MODEL] FILE|FOLDER", "predict", "", "song.wav")]
    [InlineData("[RUN|MODEL] FILE|FOLDER", "predict", "missing", "song.wav", "")]
    [InlineData("PATH", "features", "", "--out", "f.csv")]
    [InlineData("--out", "features", "song.wav", "--out", "")]
    [InlineData("DATA", "compare", "", "--recipes", "gtzan57-knn", "--out", "compared")]
    [InlineData("--recipes", "compare", "missing", "--recipes", "", "--out", "compared")]
    [InlineData("--out", "compare", "missing", "--recipes", "gtzan57-knn", "--out", "")]
    [InlineData("--runs", "compare", "--runs", "")]
    [InlineData("DATA", "tune", "", "--recipe", "cortis-mlp-tuned", "--out", "tuned")]
    [InlineData("--out", "tune", "missing", "--recipe", "cortis-mlp-tuned", "--out", "")]
    [InlineData("RECIPE", "summary", "")]
    [InlineData("NAME", "recipes", "")]
    [InlineData("FOLDER", "synth", "")]
    [InlineData("--out", "demo", "--out", "")]
    [InlineData("--device", "selftest", "--device", "")]
    public void Value_Empty_IsRefusedBeforeAnyWork(string named, params string[] arguments) =>
        EngineRun.Of(arguments).IsRefused($"engine: {named}: the ", " is empty; give one.", $"engine {arguments[0]} --help");

    [Fact]
    public void Recording_ZeroBytes_IsRefused() => RecordingIsRefused([], "0 bytes");

    [Fact]
    public void Recording_NoRiffHeader_IsRefused() =>
    RecordingIsRefused([.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7))], "no RIFF header");

    [Fact]
    public void Recording_Truncated_IsRefused()
    {
        var whole = File.ReadAllBytes(Path.Combine(corpus.Corpus, "moondub", "moondub.00000.wav"));
        RecordingIsRefused(whole[..(whole.Length / 2)], "cut short");
    }

    [Fact]
    public void Recording_NotANumber_IsRefused() =>
    RecordingIsRefused(Wav(Tone(22050, at: 1000, value: float.NaN), 22050), "NaN");

    [Theory]
    [InlineData(0)]
    [InlineData(10_000_000)]
    public void Recording_ImpossibleRate_IsRefused(int rate)
    {
        var bytes = Wav(Tone(22050), 22050);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), rate);
        RecordingIsRefused(bytes, $"{rate}");
    }

    [Fact]
    public void Recording_TenMilliseconds_IsRefused() => RecordingIsRefused(Wav(Tone(220), 22050), "220");

    [Fact]
    public void Recording_Silent_IsRefused() => RecordingIsRefused(Wav(new float[22050], 22050), "silen");

    [Fact]
    public void Recording_TwentyFourBitExtensible_IsLabelled()
    {
        File.WriteAllBytes(_folder["song.wav"], Extensible24(Tone(44100), 44100));
        EngineRun.Of("predict", corpus.Run, _folder["song.wav"], "--no-cache").Succeeds();
    }

    [Fact]
    public void Table_MissingColumn_IsRefused() =>
        TableIsRefused(csv => csv.Replace("tempo", "speed"), "tempo");

    [Fact]
    public void Table_TextCell_IsRefusedWithLineAndColumn() =>
        TableIsRefused(csv => ChangeCell(csv, line: 3, cell: 4, "loud"), "line 3", "'loud'");

    [Fact]
    public void Table_MissingValue_IsRefusedWithLineAndColumn() =>
        TableIsRefused(csv => ChangeCell(csv, line: 4, cell: 2, ""), "line 4", "missing");

    [Fact]
    public void Recipe_Unknown_IsRefusedWithTheList() =>
        EngineRun.Of("train", corpus.Corpus, "--recipe", "gtzan58-knn", "--out", _folder["run"])
            .IsRefused("gtzan58-knn", "aiml-knn", "gtzan57-knn");

    [Fact]
    public void Recipe_FileWithUnknownKey_IsRefusedWithItsPath()
    {
        var json = EngineRun.Of("recipes", "gtzan57-knn").Succeeds().Replace("\"k\":", "\"kay\":");
        File.WriteAllText(_folder["mine.json"], json);
        EngineRun.Of("train", corpus.Corpus, "--recipe", _folder["mine.json"], "--out", _folder["run"])
            .IsRefused("mine.json", "kay");
    }

    [Theory]
    [InlineData("--split", "sideways", "stratified")]
    [InlineData("--split", "kfold:1", "kfold:1")]
    [InlineData("--split", "stratified:1.5", "1.5")]
    [InlineData("--set", "classifier.k=0", "0")]
    [InlineData("--set", "classifier.q=1", "q")]
    [InlineData("--set", "k7", "key=value")]
    [InlineData("--on-error", "ignore", "skip, fail")]
    [InlineData("--seed", "-1", "'-1'")]
    public void Train_BadOption_IsRefused(string option, string value, string part)
    {
        EngineRun.Of("train", corpus.Corpus, "--recipe", "gtzan57-knn", "--out", _folder["run"], "--no-cache", option, value)
            .IsRefused(part);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Split_ListMissing_IsRefused() =>
        EngineRun.Of("train", corpus.Corpus, "--recipe", "aiml-knn", "--out", _folder["run"], "--no-cache", "--split",
            $"files:{_folder["a.txt"]},{_folder["b.txt"]}")
            .IsRefused(_folder["a.txt"]);

    [Fact]
    public void Output_Exists_IsRefusedAndKept()
    {
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run", "notes.txt"], "mine");
        EngineRun.Of("train", corpus.Corpus, "--recipe", "gtzan57-knn", "--out", _folder["run"], "--no-cache")
            .IsRefused(_folder["run"], "exists");
        Assert.Equal([_folder["run", "notes.txt"]], Directory.GetFileSystemEntries(_folder["run"]));
    }

    [Fact]
    public void Model_CutShort_IsRefused()
    {
        var bytes = File.ReadAllBytes(corpus.Model);
        File.WriteAllBytes(_folder["model.safetensors"], bytes[..^100]);
        PredictIsRefused(_folder["model.safetensors"]);
    }

    [Fact]
    public void Model_OfAnotherVersion_IsRefusedWithBoth()
    {
        var bytes = File.ReadAllBytes(corpus.Model);
        var at = bytes.AsSpan().IndexOf("engine-model-1"u8);
        bytes[at + "engine-model-".Length] = (byte)'9';
        File.WriteAllBytes(_folder["model.safetensors"], bytes);
        PredictIsRefused(_folder["model.safetensors"], "engine-model-9", "engine-model-1");
    }

    [Fact]
    public void Model_Missing_IsRefused() => PredictIsRefused(_folder["nothing"]);

    private void PredictIsRefused(string model, params string[] parts) =>
        EngineRun.Of("predict", model, Path.Combine(corpus.Corpus, "moondub"), "--no-cache").IsRefused([model, .. parts]);

    // The recording among good ones: training, features and prediction all name it, and write nothing.
    private void RecordingIsRefused(byte[] bytes, params string[] parts)
    {
        CopyGenres(2, tracks: 5);
        var bad = _folder["data", "amberwaltz", "amberwaltz.00002.wav"];
        File.WriteAllBytes(bad, bytes);
        TrainIsRefused(_folder["data"], [bad, .. parts]);
        EngineRun.Of("features", _folder["data"], "--out", _folder["f.csv"], "--no-cache").IsRefused([bad, .. parts]);
        EngineRun.Of("predict", corpus.Run, bad, "--no-cache").IsRefused([bad, .. parts]);
        Assert.Equal([_folder["data"]], Directory.GetFileSystemEntries(_folder.Path));

        var skipping = EngineRun.Of("features", _folder["data"], "--out", _folder["f.csv"], "--no-cache", "--on-error", "skip");
        Assert.Contains("9 recordings, 1 skipped", skipping.Succeeds());
        Assert.Contains(bad, skipping.Error);
        Assert.Equal(10, File.ReadAllLines(_folder["f.csv"]).Length);
    }

    private void TrainIsRefused(string data, params string[] parts)
    {
        EngineRun.Of("train", data, "--recipe", "gtzan57-knn", "--out", _folder["run"], "--no-cache").IsRefused(parts);
        Assert.False(Directory.Exists(_folder["run"]));
    }

    private void TableIsRefused(Func<string, string> spoil, params string[] parts)
    {
        EngineRun.Of("features", corpus.Corpus, "--out", _folder["good.csv"], "--no-cache").Succeeds();
        File.WriteAllText(_folder["bad.csv"], spoil(File.ReadAllText(_folder["good.csv"])));
        TrainIsRefused(_folder["bad.csv"], [_folder["bad.csv"], .. parts]);
    }

    private static string ChangeCell(string csv, int line, int cell, string value)
    {
        var lines = csv.Split('\n');
        var cells = lines[line - 1].Split(',');
        cells[cell] = value;
        lines[line - 1] = string.Join(',', cells);
        return string.Join('\n', lines);
    }

    private void CopyGenres(int genres, int tracks)
    {
        foreach (var genre in Directory.GetDirectories(corpus.Corpus).Order(StringComparer.Ordinal).Take(genres))
        {
            Directory.CreateDirectory(_folder["data", Path.GetFileName(genre)]);
            foreach (var file in Directory.GetFiles(genre).Order(StringComparer.Ordinal).Take(tracks))
                File.Copy(file, _folder["data", Path.GetFileName(genre), Path.GetFileName(file)]);
        }
    }

    private static float[] Tone(int samples, int at = -1, float value = 0)
    {
        var tone = new float[samples];
        for (var i = 0; i < samples; i++) tone[i] = i == at ? value : 0.3f * MathF.Sin(0.05f * i) + 0.2f * MathF.Sin(0.2f * i);
        return tone;
    }

    // 32-bit float, written here because the library's writer refuses what is not finite.
    private static byte[] Wav(float[] samples, int rate)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        WriteStart(writer, 16, 4 * samples.Length);
        WriteFormat(writer, tag: 3, rate, bytes: 4);
        writer.Write("data"u8);
        writer.Write(4 * samples.Length);
        foreach (var sample in samples) writer.Write(sample);
        return stream.ToArray();
    }

    private static byte[] Extensible24(float[] samples, int rate)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        WriteStart(writer, 40, 3 * samples.Length);
        WriteFormat(writer, tag: 0xFFFE, rate, bytes: 3);
        writer.Write((short)22);
        writer.Write((short)24);
        writer.Write(4);
        writer.Write([0x01, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
        writer.Write("data"u8);
        writer.Write(3 * samples.Length);
        foreach (var sample in samples)
        {
            var value = (int)(sample * 8_388_607);
            writer.Write((byte)value);
            writer.Write((byte)(value >> 8));
            writer.Write((byte)(value >> 16));
        }

        return stream.ToArray();
    }

    private static void WriteStart(BinaryWriter writer, int formatBytes, int dataBytes)
    {
        writer.Write("RIFF"u8);
        writer.Write(20 + formatBytes + dataBytes);
        writer.Write("WAVEfmt "u8);
        writer.Write(formatBytes);
    }

    private static void WriteFormat(BinaryWriter writer, int tag, int rate, int bytes)
    {
        writer.Write((short)tag);
        writer.Write((short)1);
        writer.Write(rate);
        writer.Write(rate * bytes);
        writer.Write((short)bytes);
        writer.Write((short)(8 * bytes));
    }
}
