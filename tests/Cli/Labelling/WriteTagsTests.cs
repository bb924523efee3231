using System.Runtime.Versioning;
using System.Text.Json;
using Engine.Cli;
using Engine.Cli.Labelling;
using Engine.Dsp.Audio;
using Engine.Dsp.Tags;
using Engine.Fuzzing.Targets;
using Engine.Pipeline;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Labelling;

/// <summary>Genres written into songs' tags by <c>engine predict --write-tags</c>, and put back.</summary>
public sealed class WriteTagsTests : IClassFixture<CorpusFixture>, IDisposable
{
    private readonly CorpusFixture _corpus;
    private readonly TemporaryFolder _folder = new();

    public WriteTagsTests(CorpusFixture corpus)
    {
        _corpus = corpus;
        Directory.CreateDirectory(_folder["music"]);
        File.WriteAllBytes(Song("a.mp3"), Recordings.Bytes("joint.mp3"));
        File.WriteAllBytes(Song("b.ogg"), Recordings.Bytes("song.ogg"));
        var comments = SongBytes.Comments("GENRE=Old, \"one\"", "GENRE=B");
        var encoder = new FlacEncoder { Metadata = [(4, comments)] };
        File.WriteAllBytes(Song("c.flac"), encoder.File(
            [.. Enumerable.Range(0, 30_000).Select(i => (long)(9000 * Math.Sin(0.001 * i * (i % 700))))]));
        File.Copy(Path.Combine(corpus.Corpus, "moondub", "moondub.00000.wav"), Song("d.wav"));
        TagWriter.SetGenre(Song("a.mp3"), "Jazz");
    }

    private string Labels => _folder["labels.csv"];

    private string[] Songs => [.. Directory.GetFiles(_folder["music"]).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public void WriteTags_ChangesOnlyTheGenre_AndUndoPutsItBack(string format)
    {
        var (labels, before) = (_folder[$"labels.{format}"], State());
        var sound = Songs.Select(s => AudioFile.Read(s).Samples).ToArray();
        var output = Predict("--write-tags", "--out", labels).Succeeds();
        Assert.Equal(["4", "0", "0"], Totals(output));
        var held = Rows(labels);
        using (var model = GenreModel.Load(_corpus.Run))
        {
            for (var i = 0; i < 4; i++)
            {
                Assert.Equal(model.Predict(Songs[i]).Label, held[i].Genre);
                Assert.Equal([held[i].Genre!], SongFile.Read(Songs[i]).Tags.Genres);
                Assert.Equal(sound[i], AudioFile.Read(Songs[i]).Samples);
            }
        }

        Assert.Equal([("Jazz", "genre=Jazz"), (null, "none"), ("Old, \"one\"; B", "genre=Old, \"one\";genre=B"), (null, "none")],
            held.Select(h => (h.Old, h.Undo)));

        Assert.Equal("4 to be restored, 0 as before already, 0 not possible\n",
            EngineRun.Of("undo-tags", labels, "--dry-run").Succeeds());
        Assert.Equal([held[0].Genre!], SongFile.Read(Songs[0]).Tags.Genres);
        Assert.Equal("4 restored, 0 as before already, 0 not possible\n", EngineRun.Of("undo-tags", labels).Succeeds());
        Assert.Equal("0 restored, 4 as before already, 0 not possible\n", EngineRun.Of("undo-tags", labels).Succeeds());
        Assert.Equal(before.Select(b => b.Genres), State().Select(s => s.Genres));
        Assert.Equal(sound, Songs.Select(s => AudioFile.Read(s).Samples));
    }

    [Fact]
    public void DryRun_ChangesNothing_AndResumeThenWrites()
    {
        var before = State();
        Assert.Equal(["4", "0", "0"], Totals(Predict("--write-tags", "--dry-run").Succeeds()));
        var output = Predict("--write-tags", "--dry-run", "--out", Labels).Succeeds();
        Assert.Contains("to be tagged", output);
        Assert.Equal(before.Select(b => b.Bytes), State().Select(b => b.Bytes));
        Assert.Equal(["4", "0", "0"], Totals(Predict("--write-tags", "--out", Labels, "--resume").Succeeds()));
        Assert.Equal(Rows(Labels).Select(r => r.Genre), State().Select(s => s.Genres));
        // All is done.
        Assert.Equal(["0", "4", "0"], Totals(Predict("--write-tags", "--out", Labels, "--resume").Succeeds()));
    }

    [Fact]
    public void Resume_StoppedBetweenLineAndTag_WritesTheTagAndKeepsTheOldGenre()
    {
        Predict("--write-tags", "--out", Labels).Succeeds();
        var (whole, after) = (File.ReadAllText(Labels), State());
        EngineRun.Of("undo-tags", Labels).Succeeds();
        // The second song's line is there, its tag is not yet written; the third's line is torn.
        var lines = whole.Split('\n');
        File.WriteAllText(Labels, string.Join('\n', lines[..3]) + "\n" + lines[3][..20]);
        TagWriter.SetGenre(Songs[0], Rows(Labels)[0].Genre!);
        Assert.Equal(["3", "1", "0"], Totals(Predict("--write-tags", "--out", Labels, "--resume").Succeeds()));
        Assert.Equal(whole, File.ReadAllText(Labels));
        Assert.Equal(after.Select(a => a.Genres), State().Select(s => s.Genres));
    }

    [Fact]
    public void GenreOfTheUser_IsNotOverwrittenBetweenRuns()
    {
        Predict("--write-tags", "--out", Labels).Succeeds();
        TagWriter.SetGenre(Songs[1], "Mine");
        var again = Predict("--write-tags", "--out", Labels, "--resume");
        Assert.Equal(CommandLine.Failed, again.Code);
        Assert.Contains($"{Songs[1]}: its genre has changed since it was labelled, to Mine; it was left so.", again.Error);
        var undo = EngineRun.Of("undo-tags", Labels);
        Assert.Equal(CommandLine.Failed, undo.Code);
        Assert.Equal("3 restored, 0 as before already, 1 not possible\n", undo.Output);
        Assert.Contains($"not restored: {Songs[1]}: its genre is not ", undo.Error);
        Assert.Equal("Mine", SongFile.Read(Songs[1]).Tags.Genre);
    }

    [Fact]
    public void SongWithoutTags_IsLabelledAndCounted()
    {
        var au = _folder["music", "e.au"];
        var tone = Enumerable.Range(0, 22050).Select(i => 9e3 * Math.Sin(0.1 * i));
        File.WriteAllBytes(au, AudioBytes.Au(AudioBytes.Encode(tone, 16, bigEndian: true), 3));
        var bytes = File.ReadAllBytes(au);
        var run = Predict("--write-tags", "--out", Labels);
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Single(run.Error.TrimEnd().Split('\n'), line => line.Contains($"not tagged: {au}: "));
        Assert.Equal(5, Rows(Labels).Count(r => r.Genre is not null));
        Assert.Equal(4, Rows(Labels).Count(r => r.Undo is not null));
        Assert.Contains($"{Labels}: 5 songs labelled\n", run.Output);
        Assert.Equal(["4", "0", "1"], Totals(run.Output));
        Assert.Equal(bytes, File.ReadAllBytes(au));
        // The exit code does not depend on where it was stopped.
        Assert.Equal(CommandLine.Failed, Predict("--write-tags", "--out", Labels, "--resume").Code);
    }

    [PosixFact, UnsupportedOSPlatform("windows")]
    public void ReadOnlySong_GetsOneLine()
    {
        File.SetUnixFileMode(Songs[2], UnixFileMode.UserRead);
        var before = File.ReadAllBytes(Songs[2]);
        var run = Predict("--write-tags", "--out", Labels);
        Assert.Equal(CommandLine.Failed, run.Code);
        Assert.Single(run.Error.TrimEnd().Split('\n'), line => line.Contains($"not tagged: {Songs[2]}: the file is read-only"));
        Assert.Equal(before, File.ReadAllBytes(Songs[2]));
        Assert.Equal(["3", "0", "1"], Totals(run.Output));
    }

    [Fact]
    public void UnknownGenre_IsNotWritten()
    {
        var label = new SongLabel(Songs[0], SongLabel.Unknown, new(Songs[0]));
        var tags = new GenreTags(false, _ => { });
        Assert.Null(tags.Planned(label).Tag);
        tags.Take(label);
        Assert.Equal("Jazz", SongFile.Read(Songs[0]).Tags.Genre);
    }

    [Fact]
    public void TagsBeforeCopies_SoThatCopiesHaveThem()
    {
        Predict("--write-tags", "--out", Labels, "--sort-into", _folder["sorted"], "--copy").Succeeds();
        Predict("--write-tags", "--out", Labels, "--resume", "--sort-into", _folder["sorted"], "--copy").Succeeds();
        var copies = Directory.GetFiles(_folder["sorted"], "*", SearchOption.AllDirectories);
        Assert.Equal(4, copies.Length);
        Assert.All(copies, c => Assert.Equal(Path.GetFileName(Path.GetDirectoryName(c)), SongFile.Read(c).Tags.Genre));
    }

    [Fact]
    public void Options_ThatLoseTheOldGenres_AreRefused()
    {
        var before = State();
        Predict("--write-tags").IsRefused("--write-tags: it needs --out FILE.csv", "undo-tags");
        Predict("--write-tags", "--out", _folder["a.json"]).IsRefused("--write-tags: it needs --out");
        Predict("--write-tags", "--timeline", "--out", Labels).IsRefused("--write-tags: along time");
        File.WriteAllText(Labels, "mine");
        Predict("--write-tags", "--out", Labels, "--force").IsRefused(Labels, "old genres", "--force");
        Predict("--write-tags", "--out", Labels).IsRefused(Labels, "exists");
        EngineRun.Of("predict", _corpus.Run, "-", "--write-tags", "--out", _folder["b.csv"]).IsRefused("-: is no file");
        Assert.Equal(before.Select(b => b.Bytes), State().Select(b => b.Bytes));
    }

    [Fact]
    public void UndoTags_OfSomethingElse_IsRefused()
    {
        File.WriteAllText(_folder["a.csv"], "name,price\nx,1\n");
        File.WriteAllText(_folder["short.csv"], "file,genre,undo\na.mp3,Rock\n");
        File.WriteAllText(_folder["a.jsonl"], "[1]\n");
        File.WriteAllText(_folder["empty.csv"], "");
        foreach (var name in (string[])["a.csv", "short.csv", "a.jsonl", "empty.csv"])
            EngineRun.Of("undo-tags", _folder[name]).IsRefused(_folder[name], "file, genre and undo", "--write-tags");
        EngineRun.Of("undo-tags", _folder["none.csv"]).IsRefused("none.csv: there is no such file");
        EngineRun.Of("undo-tags", _folder.Path).IsRefused("is a folder");
        Predict("--out", Labels).Succeeds();
        EngineRun.Of("undo-tags", Labels).IsRefused(Labels, "file, genre and undo");

        File.WriteAllText(_folder["bad.csv"], $"file,genre,undo\n{Songs[0]},Jazz,what?\n{_folder["gone.mp3"]},Rock,none\n");
        var run = EngineRun.Of("undo-tags", _folder["bad.csv"]);
        Assert.Equal((CommandLine.Failed, "0 restored, 0 as before already, 2 not possible\n"), (run.Code, run.Output));
        Assert.Contains($"not restored: {Songs[0]}: 'what?' does not say", run.Error);
        Assert.Contains($"not restored: {_folder["gone.mp3"]}", run.Error.Replace("Could not find file '", ""));
    }

    [Fact]
    public void UndoTags_JsonLinesOfAnyName_AreRead()
    {
        File.WriteAllText(_folder["labels.log"],
            JsonSerializer.Serialize(new { file = Songs[0], genre = "Jazz", undo = "none" }) + "\n");
        Assert.Equal("1 to be restored, 0 as before already, 0 not possible\n",
            EngineRun.Of("undo-tags", _folder["labels.log"], "--dry-run").Succeeds());
    }

    private string Song(string name) => _folder["music", name];

    private EngineRun Predict(params string[] options) =>
        EngineRun.Of(["predict", _corpus.Run, _folder["music"], .. options, "--no-cache"]);

    private (string? Genres, byte[] Bytes)[] State() => [.. Songs.Select(s =>
        (SongFile.Read(s).Tags.Genres is { Count: > 0 } genres ? string.Join(';', genres) : null, File.ReadAllBytes(s)))];

    // The sums of the table at the end: tagged, so before, not possible.
    private static string[] Totals(string output) => [.. output.TrimEnd().Split('\n')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Where(cells => cells.Length == 4 && cells[1..].All(c => int.TryParse(c, out _)))
        .Select(cells => cells[1..].Select(int.Parse)).Aggregate((a, b) => a.Zip(b, (x, y) => x + y)).Select(n => $"{n}")];

    private static List<(string? Genre, string? Old, string? Undo)> Rows(string path)
    {
        if (path.EndsWith('l'))
        {
            return [.. File.ReadLines(path).Select(l => JsonDocument.Parse(l).RootElement).Select(e => (Value(e, "genre"),
                Value(e, "old_genre"), Value(e, "undo")))];
        }

        var lines = File.ReadAllLines(path).Select(l => CsvFields.Of(l)).ToArray();
        string? Cell(string[] cells, string name) =>
            Array.IndexOf(lines[0], name) is var place && cells.Length > place && cells[place].Length > 0 ? cells[place] : null;
        return [.. lines.Skip(1).Select(c => (Cell(c, "genre"), Cell(c, "old_genre"), Cell(c, "undo")))];
    }

    private static string? Value(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) ? value.GetString() : null;
}
