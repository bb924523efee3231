using System.Text;
using Engine.Cli;
using Engine.Cli.Labelling;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Labelling;

/// <summary>Labelling that was stopped, and goes on.</summary>
public sealed class ResumeTests : IClassFixture<CorpusFixture>, IDisposable
{
    private const int Kills = 10;

    private readonly CorpusFixture _corpus;
    private readonly TemporaryFolder _folder = new();

    public ResumeTests(CorpusFixture corpus) => _corpus = corpus;

    public void Dispose() => _folder.Dispose();

    [PosixFact]
    public void Predict_KilledTenTimes_LabelsEachSongOnce()
    {
        var expected = Predict("--format", "csv").Succeeds();
        var (path, length, stopped) = (_folder["labels.csv"], 0L, 0);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = Child.Engine(_folder, Arguments("--out", path, "--resume", "--threads", "1"));
            // Once it has got further than the one before.
            while (!process.HasEnded && Length() <= length) Thread.Sleep(1);
            if (process.HasEnded) break;
            if (kill % 3 == 2)
            {
                process.Signal("INT");
                Assert.Equal(CommandLine.Stopped, process.End().Code);
            }
            else
            {
                process.Kill();
            }

            length = Length();
            stopped += length < Encoding.UTF8.GetByteCount(expected) ? 1 : 0;
            var text = File.ReadAllText(path);
            Assert.StartsWith(text, expected);
            Assert.EndsWith("\n", text);
        }

        Assert.InRange(stopped, 1, Kills);
        Predict("--out", path, "--resume").Succeeds();
        Assert.Equal(expected, File.ReadAllText(path));

        long Length() => File.Exists(path) ? new FileInfo(path).Length : 0;
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public void Resume_TornAnywhere_EndsInTheSameBytes(string format)
    {
        var whole = Encoding.UTF8.GetBytes(Predict("--format", format).Succeeds());
        var path = _folder[$"labels.{format}"];
        foreach (var cut in new[] { 0, 1, 60, whole.Length / 3, whole.Length - 1, whole.Length })
        {
            File.WriteAllBytes(path, whole[..cut]);
            Predict("--out", path, "--resume").Succeeds();
            Assert.Equal(whole, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void Resume_Timeline_LabelsTheLastSongAgain()
    {
        string[] songs = [.. Directory.GetFiles(Path.Combine(_corpus.Corpus, "moondub")).Order(StringComparer.Ordinal)];
        string[] arguments = ["predict", _corpus.Run, .. songs, "--timeline", "--hop", "0.25", "--window", "0.5", "--no-cache"];
        var whole = EngineRun.Of([.. arguments, "--format", "csv"]).Succeeds();
        foreach (var share in new[] { 0.3, 0.55, 0.9, 1 })
        {
            File.WriteAllText(_folder["t.csv"], whole[..(int)(share * whole.Length)]);
            EngineRun.Of([.. arguments, "--out", _folder["t.csv"], "--resume"]).Succeeds();
            Assert.Equal(whole, File.ReadAllText(_folder["t.csv"]));
        }
    }

    [Fact]
    public void Resume_AfterABadSong_KeepsItsLineAndExitCode()
    {
        File.WriteAllText(_folder["bad.wav"], "this is not audio");
        string[] arguments = ["predict", _corpus.Run, _folder["bad.wav"], Path.Combine(_corpus.Corpus, "moondub"), "--out",
            _folder["labels.csv"], "--no-cache"];
        Assert.Equal(CommandLine.Failed, EngineRun.Of(arguments).Code);
        var whole = File.ReadAllText(_folder["labels.csv"]);
        File.WriteAllText(_folder["labels.csv"], whole[..(whole.Length / 2)]);
        var again = EngineRun.Of([.. arguments, "--resume"]);
        Assert.Equal(CommandLine.Failed, again.Code);
        Assert.Equal(whole, File.ReadAllText(_folder["labels.csv"]));
        Assert.DoesNotContain("not audio", again.Error);
        Assert.Contains("1 of 6 recordings were skipped", again.Error);
    }

    [Fact]
    public void Resume_SongsNotSortedBefore_AreSorted()
    {
        Predict("--out", _folder["labels.csv"]).Succeeds();
        Predict("--out", _folder["labels.csv"], "--resume", "--sort-into", _folder["sorted"]).Succeeds();
        Assert.Equal(50, Directory.GetFiles(_folder["sorted"], "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Resume_TableRows_AreEachLabelledOnce()
    {
        EngineRun.Of("features", Path.Combine(_corpus.Corpus, "moondub"), "--set", "gtzan57", "--out", _folder["t.csv"],
            "--no-cache").Succeeds();
        var whole = EngineRun.Of("predict", _corpus.Run, _folder["t.csv"], "--format", "csv").Succeeds();
        File.WriteAllText(_folder["labels.csv"], whole[..(whole.Length / 2)]);
        EngineRun.Of("predict", _corpus.Run, _folder["t.csv"], "--out", _folder["labels.csv"], "--resume").Succeeds();
        Assert.Equal(whole, File.ReadAllText(_folder["labels.csv"]));
    }

    [Fact]
    public void Resume_OfSomethingElse_IsRefusedAndUntouched()
    {
        Predict("--out", _folder["a.csv"], "--top", "2").Succeeds();
        Predict("--out", _folder["a.jsonl"], "--top", "2").Succeeds();
        Refused("a.csv", ["--top", "3"], "other columns");
        Refused("a.jsonl", ["--top", "3"], "another model or of other options");
        EngineRun.Of("train", _corpus.Corpus, "--recipe", "gtzan57-knn", "--set", "classifier.k=1", "--out", _folder["other"],
            "--no-cache").Succeeds();
        EngineRun.Of("predict", _folder["other"], _corpus.Corpus, "--out", _folder["a.csv"], "--resume", "--top", "2")
            .IsRefused("a.csv", "another model or of other options");
        File.WriteAllText(_folder["b.csv"], "name,price\nx,1\n");
        Refused("b.csv", [], "does not hold what this command writes");
        File.WriteAllText(_folder["b.jsonl"], "[1, 2]\n");
        Refused("b.jsonl", [], "does not hold what this command writes");
        File.WriteAllText(_folder["c.jsonl"], "some notes");
        Refused("c.jsonl", [], "does not hold what this command writes");

        void Refused(string name, string[] options, params string[] parts)
        {
            var before = File.ReadAllBytes(_folder[name]);
            Predict(["--out", _folder[name], "--resume", .. options]).IsRefused([_folder[name], .. parts]);
            Assert.Equal(before, File.ReadAllBytes(_folder[name]));
        }
    }

    [Fact]
    public void HeldCsv_CutAtEveryByte_HoldsTheWholeLines()
    {
        var settings = new LabelSettings(["a"], 1, true, false, false, null, "0123");
        var format = new LabelCsv(settings);
        string[] names = ["plain.wav", "line\nbreak.wav", "quo\"te,.wav"];
        var lines = new[] { format.Begin() }.Concat(names.Select(n => format.Of(new(n, "a", new(n)
        {
            Prediction = new([new("a", 0.5)]),
            IsTrainedOn = true,
        })))).ToArray();
        var bytes = Encoding.UTF8.GetBytes(string.Concat(lines));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var held = HeldLabels.OfCsv("x.csv", bytes[..cut], lines[0], settings);
            var (count, length) = (0, 0);
            while (count < lines.Length && length + Encoding.UTF8.GetByteCount(lines[count]) <= cut)
                length += Encoding.UTF8.GetByteCount(lines[count++]);
            Assert.Equal(length, held.Length);
            Assert.Equal(names.Take(Math.Max(0, count - 1)), held.Songs.Select(s => s.File));
            Assert.All(held.Songs, s => Assert.Equal(("a", true), (s.Genre, s.Song.IsTrainedOn)));
        }
    }

    [Fact]
    public void Out_WrittenByAnother_IsRefused()
    {
        using (LabelsFile.Create(_folder["labels.csv"]))
        {
            var run = Predict("--out", _folder["labels.csv"], "--resume");
            Assert.Equal(CommandLine.Failed, run.Code);
            Assert.Contains("labels.csv: cannot be written", run.Error);
        }
    }

    [PosixFact]
    public void Out_OnAFullDisk_IsAFailureThatNamesTheFile()
    {
        if (!OperatingSystem.IsLinux()) return;
        File.CreateSymbolicLink(_folder["full.csv"], "/dev/full");
        var run = Predict("--out", _folder["full.csv"], "--force");
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Contains("full.csv: cannot be written", run.Error);
    }

    private EngineRun Predict(params string[] options) => EngineRun.Of(Arguments([.. options, "--no-cache"]));

    private string[] Arguments(params string[] options) => ["predict", _corpus.Run, _corpus.Corpus, .. options];
}
