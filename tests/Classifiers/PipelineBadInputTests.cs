using System.Text;
using Engine.Dsp.Audio;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Runs;
using Engine.Tests.Support;

namespace Engine.Tests.Classifiers;

/// <summary>Input that cannot be trained on, or only in part: which error, and what skipping leaves.</summary>
public sealed class PipelineBadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> BadRecordings => new()
    {
        { "zero bytes", "the file is empty (0 bytes)" },
        { "no header", "no RIFF header" },
        { "truncated", "more than half: it is cut short or damaged" },
        { "10 ms", "220 samples at 22050 Hz (10 ms) are too short; the front end needs at least 2048 (92.9 ms)" },
        { "NaN", "NaN" },
        { "0 Hz", "0" },
        { "10 MHz", "10000000" },
    };

    [Theory]
    [MemberData(nameof(BadRecordings))]
    public void Train_BadRecording_FailsNamingItOrSkipsIt(string kind, string expected)
    {
        var audio = PipelineCorpus.WriteAudio(_folder["audio"]);
        var bad = _folder["audio", "hiss", "hiss.00002.wav"];
        Spoil(bad, kind);
        var options = PipelineCorpus.Options(audio, _folder["run"]);
        var message = PipelineCorpus.ErrorOf(() => Training.Run(options));
        Assert.Contains(bad, message);
        Assert.Contains(expected, message);
        Assert.False(Path.Exists(_folder["run"]));

        var result = Training.Run(options with { Extraction = new() { OnError = OnError.Skip } });
        Assert.Equal([new SkippedFile(bad, message)], result.Record.Skipped);
        Assert.Equal(14, result.Record.Rows.Count);
        // What training skipped, testing does not need.
        Assert.Equal(result.Metrics.Accuracy, Testing.Run(new() { Run = _folder["run"] }).Metrics.Accuracy);
    }

    [Fact]
    public void Train_SeveralBadRecordings_TheFirstIsNamedWhateverTheThreads()
    {
        var audio = PipelineCorpus.WriteAudio(_folder["audio"]);
        foreach (var name in new[] { "hiss.00001.wav", "hiss.00002.wav", "hiss.00004.wav" })
            Spoil(_folder["audio", "hiss", name], "zero bytes");
        foreach (var threads in new[] { 1, 2, 8 })
        {
            var options = PipelineCorpus.Options(audio, _folder["run"]) with { Extraction = new() { Threads = threads } };
            Assert.Contains("hiss.00001.wav", PipelineCorpus.ErrorOf(() => Training.Run(options)));
        }
    }

    [Fact]
    public void Train_EveryRecordingOfAGenreSkipped_IsAnError()
    {
        var audio = PipelineCorpus.WriteAudio(_folder["audio"], tracks: 2);
        foreach (var file in Directory.GetFiles(_folder["audio", "pulse"])) Spoil(file, "no header");
        var options = PipelineCorpus.Options(audio, _folder["run"]) with { Extraction = new() { OnError = OnError.Skip } };
        Assert.Contains("every recording of pulse was skipped; the first because: ",
            PipelineCorpus.ErrorOf(() => Training.Run(options)));
    }

    [Theory]
    [InlineData("gtzan57-knn")]
    [InlineData("aiml-knn")]
    public void Train_SilentClip_IsAnError(string recipe)
    {
        var audio = PipelineCorpus.WriteAudio(_folder["audio"]);
        var silent = _folder["audio", "drone", "drone.00003.wav"];
        PipelineCorpus.WriteWav(silent, new float[22050]);
        Assert.Contains($"{silent}: all 22050 samples are 0",
            PipelineCorpus.ErrorOf(() => Training.Run(PipelineCorpus.Options(audio, _folder["run"], recipe))));
    }

    [Fact]
    public void Train_SilentSegment_HasFeaturesButNoCovariance()
    {
        var audio = PipelineCorpus.WriteAudio(_folder["audio"]);
        var paused = _folder["audio", "drone", "drone.00003.wav"];
        PipelineCorpus.WriteWav(paused, [.. PipelineCorpus.Clip("drone", 3, 0.6), .. new float[11025]]);
        var options = PipelineCorpus.Options(audio, _folder["run"]);
        Assert.Equal(15 * 2, Training.Run(options with { Recipe = options.Recipe.With("front_end.segment", "0.5") })
            .Record.Rows.Count);
        options = PipelineCorpus.Options(audio, _folder["other"], "aiml-knn");
        var message = PipelineCorpus.ErrorOf(
            () => Training.Run(options with { Recipe = options.Recipe.With("front_end.segment", "0.3") }));
        Assert.Contains($"{paused}, segment 2: the covariance", message);
        Assert.Contains("not positive definite, as for silence", message);
    }

    [Fact]
    public void Train_OneGenre_IsAnError()
    {
        var audio = PipelineCorpus.WriteAudio(_folder["audio"]);
        Directory.Delete(_folder["audio", "hiss"], recursive: true);
        Directory.Delete(_folder["audio", "pulse"], recursive: true);
        var message = PipelineCorpus.ErrorOf(() => Training.Run(PipelineCorpus.Options(audio, _folder["run"])));
        Assert.Contains(audio, message);
        Assert.Contains("'drone'", message);
        Assert.Contains("at least two", message);
    }

    [Fact]
    public void Train_GenreWithOneTrack_IsAnError()
    {
        var audio = PipelineCorpus.WriteAudio(_folder["audio"]);
        for (var i = 1; i < 5; i++) File.Delete(_folder["audio", "pulse", $"pulse.{i:00000}.wav"]);
        var message = PipelineCorpus.ErrorOf(() => Training.Run(PipelineCorpus.Options(audio, _folder["run"])));
        Assert.Contains(audio, message);
        Assert.Contains("'pulse' has 1", message);
    }

    [Fact]
    public void Train_MoreNeighboursThanRows_IsAnError()
    {
        var options = PipelineCorpus.Options(PipelineCorpus.WriteTable(_folder["table.csv"], tracks: 3), _folder["run"]);
        Assert.Contains("k is 50",
            PipelineCorpus.ErrorOf(() => Training.Run(options with { Recipe = options.Recipe.With("classifier.k", "50") })));
    }

    [Theory]
    [InlineData("no such place", "no such folder or feature table")]
    [InlineData("notes.txt", "expected a folder with one sub-folder of audio files per genre, or a feature table ending in .csv")]
    [InlineData("empty", "no recording found")]
    public void Train_NoData_SaysWhatIsExpected(string data, string expected)
    {
        File.WriteAllText(_folder["notes.txt"], "");
        Directory.CreateDirectory(_folder["empty"]);
        var message = PipelineCorpus.ErrorOf(() => Training.Run(PipelineCorpus.Options(_folder[data], _folder["run"])));
        Assert.StartsWith(_folder[data], message);
        Assert.Contains(expected, message);
    }

    [Theory]
    [InlineData("half", "'half' is unknown")]
    [InlineData("holdout:x", "'x'")]
    [InlineData("files:/nowhere/a.txt,/nowhere/b.txt", "/nowhere/a.txt")]
    public void Train_BadSplit_NamesIt(string split, string expected) => Assert.Contains(expected, PipelineCorpus.ErrorOf(() =>
        Training.Run(PipelineCorpus.Options(PipelineCorpus.WriteTable(_folder["table.csv"]),
            _folder["run"]) with
        { Split = split })));

    [Fact]
    public void Train_TableLacksAColumn_NamesIt()
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"],
            edit: lines => lines.Select((l, i) => i == 0 ? l.Replace("tempo", "bpm") : l));
        Assert.Contains($"{table}: column 'tempo' is missing",
            PipelineCorpus.ErrorOf(() => Training.Run(PipelineCorpus.Options(table, _folder["run"]))));
        Assert.Contains("column 'mfcc1_mfcc1_cov' is missing",
            PipelineCorpus.ErrorOf(() => Training.Run(PipelineCorpus.Options(table, _folder["run"], "aiml-knn"))));
    }

    [Fact]
    public void Train_TableRowWithoutLabel_IsNamed()
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"],
            edit: lines => lines.Select((l, i) => i == 3 ? l.Replace(",drone", ",") : l));
        Assert.Contains("drone.00002.wav has no label",
            PipelineCorpus.ErrorOf(() => Training.Run(PipelineCorpus.Options(table, _folder["run"]))));
    }

    [Fact]
    public void Train_TableWithATrackTwice_NamesBoth()
    {
        var table = PipelineCorpus.WriteTable(_folder["table.csv"],
            edit: lines => lines.Select((l, i) => i == 3 ? l.Replace("drone.00002.wav", "drone.00001.au") : l));
        var message = PipelineCorpus.ErrorOf(() => Training.Run(PipelineCorpus.Options(table, _folder["run"])));
        Assert.Contains("track drone.00001 appears twice", message);
        Assert.Contains("drone.00001.au", message);
    }

    [Fact]
    public void Train_OutputThere_IsLeftAlone()
    {
        var options = PipelineCorpus.Options(PipelineCorpus.WriteTable(_folder["table.csv"]), _folder["run"]);
        Directory.CreateDirectory(_folder["run"]);
        File.WriteAllText(_folder["run", "song.txt"], "mine");
        Assert.Contains($"{_folder["run"]}: the folder exists and is not empty",
            PipelineCorpus.ErrorOf(() => Training.Run(options)));
        Assert.Contains("is a file", PipelineCorpus.ErrorOf(() => Training.Run(options with { Output = _folder["table.csv"] })));
        Assert.Equal(["song.txt"], Directory.GetFiles(_folder["run"]).Select(Path.GetFileName));

        File.Delete(_folder["run", "song.txt"]);
        Training.Run(options);
        Assert.Equal(4, Directory.GetFiles(_folder["run"]).Length);
        Training.Run(options with { Output = _folder["new", "deep", "run"] + "/" });
        Assert.Equal(4, Directory.GetFiles(_folder["new", "deep", "run"]).Length);
    }

    [Fact]
    public void FrontEnd_ImpossibleParameters_AreNamed()
    {
        Assert.Contains("segments of 0.05 s",
            PipelineCorpus.ErrorOf(() => _ = new FrontEnd(new(22050, new Gtzan57Features(), 0.05))));
        Assert.Contains("$.front_end.features.n_mfcc is 200",
            PipelineCorpus.ErrorOf(() => _ = new FrontEnd(new(22050, new MfccFeatures(200)))));
        Assert.Contains("512", PipelineCorpus.ErrorOf(
            () => _ = new FrontEnd(new(22050, new PsfGaussianFeatures(WindowSeconds: 1)))));
    }

    private static void Spoil(string path, string kind)
    {
        var samples = PipelineCorpus.Clip("hiss", 2);
        switch (kind)
        {
            case "zero bytes":
                File.WriteAllBytes(path, []);
                break;
            case "no header":
                File.WriteAllBytes(path, Encoding.ASCII.GetBytes(new string('x', 5000)));
                break;
            case "truncated":
                File.WriteAllBytes(path, File.ReadAllBytes(path)[..20094]);
                break;
            case "10 ms":
                PipelineCorpus.WriteWav(path, samples[..220]);
                break;
            case "NaN":
                WavWriter.Write(path, new(samples, 22050), WavEncoding.Float32);
                var floats = File.ReadAllBytes(path);
                BitConverter.GetBytes(float.NaN).CopyTo(floats, floats.Length - 400);
                File.WriteAllBytes(path, floats);
                break;
            default:
                var bytes = File.ReadAllBytes(path);
                BitConverter.GetBytes(kind == "0 Hz" ? 0 : 10_000_000).CopyTo(bytes, 24);
                File.WriteAllBytes(path, bytes);
                break;
        }
    }
}
