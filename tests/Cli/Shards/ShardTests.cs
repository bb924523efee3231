using System.Text.Json.Nodes;
using Engine.Cli.Shards;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Shards;

public sealed class ShardTests(CorpusFixture corpus) : IClassFixture<CorpusFixture>, IDisposable
{
    private const int Parts = 4;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("csv", "features", "--set", "gtzan57")]
    [InlineData("csv", "features", "--set", "mfcc", "--segment", "0.4")]
    [InlineData("npz", "features", "--set", "mel")]
    [InlineData("npz", "features", "--set", "gtzan57")]
    [InlineData("csv", "predict")]
    [InlineData("csv", "predict", "--timeline", "--window", "0.5", "--hop", "0.25")]
    [InlineData("jsonl", "predict", "--top", "2")]
    public void Merge_OfAllParts_IsTheFileOfOneCommand(string extension, params string[] command)
    {
        // A recording that cannot be used has its place, too.
        var music = Music();
        File.WriteAllText(Path.Combine(music, "ironriff", "broken.wav"), "RIFF");
        string[] all = [command[0], .. command[0] == "predict" ? [corpus.Run] : Array.Empty<string>(), .. command[1..], music,
            "--on-error", "skip", "--out"];
        EngineRun.Of([.. all, _folder[$"whole.{extension}"]]);
        var parts = Enumerable.Range(1, Parts).Select(i => _folder[$"part-{i}.{extension}"]).ToArray();
        for (var i = Parts; i >= 1; i--)
        {
            EngineRun.Of([.. all, parts[i - 1], "--shard", $"{i}/{Parts}"]);
            Assert.True(File.Exists(parts[i - 1]));
        }

        var text = EngineRun.Of(["merge", .. parts.Reverse(), "--out", _folder[$"merged.{extension}"]]).Succeeds();
        Assert.EndsWith($"51 songs of {Parts} parts\n", text);
        Assert.Equal(File.ReadAllBytes(_folder[$"whole.{extension}"]), File.ReadAllBytes(_folder[$"merged.{extension}"]));
    }

    [Fact]
    public void Part_MoreThanSongs_IsEmptyAndMerged()
    {
        var song = Path.Combine(corpus.Corpus, "ironriff", "ironriff.00000.wav");
        EngineRun.Of("features", song, "--out", _folder["whole.csv"]).Succeeds();
        var parts = Enumerable.Range(1, 3).Select(i => _folder[$"{i}.csv"]).ToArray();
        for (var i = 1; i <= 3; i++) EngineRun.Of("features", song, "--out", parts[i - 1], "--shard", $"{i}/3").Succeeds();
        EngineRun.Of(["merge", .. parts, "--out", _folder["merged.csv"]]).Succeeds();
        Assert.Equal(File.ReadAllBytes(_folder["whole.csv"]), File.ReadAllBytes(_folder["merged.csv"]));
    }

    [Fact]
    public void Part_ThatIsThere_IsNotMadeAgain()
    {
        string[] command = ["features", corpus.Corpus, "--out", _folder["1.csv"], "--shard", "1/2"];
        EngineRun.Of(command).Succeeds();
        var bytes = File.ReadAllBytes(_folder["1.csv"]);
        Assert.EndsWith("part 1/2 of 50 recordings is there already\n", EngineRun.Of(command).Succeeds());

        // Torn, without a complete note as when the command is killed, or gone: each time it is made again.
        File.WriteAllBytes(_folder["1.csv"], bytes[..^100]);
        EngineRun.Of(command).Succeeds();
        Assert.Equal(bytes, File.ReadAllBytes(_folder["1.csv"]));
        (ShardNote.Of(_folder["1.csv"])! with { Hash = null }).Write(_folder["1.csv"]);
        EngineRun.Of(command).Succeeds();
        File.Delete(_folder["1.csv"]);
        EngineRun.Of(command).Succeeds();
        Assert.Equal(bytes, File.ReadAllBytes(_folder["1.csv"]));
    }

    [Fact]
    public void Part_OfAnotherCommandOrOtherSongs_IsNotOverwritten()
    {
        var music = Music();
        string[] command = ["features", music, "--out", _folder["1.csv"], "--shard"];
        EngineRun.Of([.. command, "1/2"]).Succeeds();
        EngineRun.Of([.. command, "1/3"]).IsRefused("1.csv: is part 1/2;", "--force");
        EngineRun.Of([.. command, "1/2", "--set", "mfcc"]).IsRefused("1.csv: is part 1/2 of another command");
        File.Delete(Path.Combine(music, "ironriff", "ironriff.00000.wav"));
        EngineRun.Of([.. command, "1/2"]).IsRefused("1.csv: is part 1/2 of other songs");
        EngineRun.Of([.. command, "1/2", "--force"]).Succeeds();
        File.WriteAllText(_folder["2.csv"], "mine");
        EngineRun.Of("features", music, "--out", _folder["2.csv"], "--shard", "2/2").IsRefused("2.csv: exists");
    }

    [Theory]
    [InlineData("csv", "gtzan57")]
    [InlineData("npz", "gtzan57")]
    [InlineData("npz", "mel")]
    public void Merge_NoteThatPromisesMore_IsRefused(string extension, string set)
    {
        var part = _folder[$"1.{extension}"];
        EngineRun.Of("features", corpus.Corpus, "--set", set, "--out", part, "--shard", "1/1").Succeeds();
        var note = JsonNode.Parse(File.ReadAllText(ShardNote.FileName(part)))!;
        foreach (var records in new[] { 100_000, int.MaxValue })
        {
            note["records"]![0] = records;
            File.WriteAllText(ShardNote.FileName(part), note.ToJsonString());
            EngineRun.Of("merge", part, "--out", _folder[$"merged.{extension}"])
                .IsRefused(records == int.MaxValue ? "is no note of engine" : "than its note says; repeat the command.");
        }
    }

    [Fact]
    public void Merge_MissingTornOrForeignPart_IsNamed()
    {
        string Part(int i, int n, params string[] more)
        {
            var path = _folder[$"{i}-{n}{string.Concat(more)}.csv"];
            EngineRun.Of(["features", corpus.Corpus, "--out", path, "--shard", $"{i}/{n}", .. more]).Succeeds();
            return path;
        }

        var (one, two, three, output) = (Part(1, 3), Part(2, 3), Part(3, 3), _folder["merged.csv"]);
        EngineRun Merge(params string[] parts) => EngineRun.Of(["merge", .. parts, "--out", output]);
        Merge(one, three).IsRefused("of 3 parts, 1 is missing: 2");
        Merge(one, two, three, two).IsRefused("2-3.csv: is part 2/3, as is");
        Merge(one, two, Part(3, 3, "--set", "mfcc")).IsRefused("mfcc.csv: was made by another command");
        Merge(one, two, Part(1, 2)).IsRefused("1-2.csv: was made by another command");
        File.WriteAllText(_folder["mine.csv"], "a,b\n");
        Merge(one, two, _folder["mine.csv"]).IsRefused("mine.csv: is no part", "mine.csv.shard");
        File.AppendAllText(two, "x");
        Merge(one, two, three).IsRefused("2-3.csv: is torn");
        File.WriteAllText(ShardNote.FileName(two), "{}");
        Merge(one, two, three).IsRefused("2-3.csv.shard: is no note of engine");
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void FilesFrom_ListOrManifest_AreTheRecordings()
    {
        string[] songs = [.. Directory.EnumerateFiles(Path.Combine(corpus.Corpus, "moondub")).Order(StringComparer.Ordinal)];
        File.WriteAllText(_folder["list.txt"], string.Join("\r\n", songs) + "\n");
        EngineRun.Of(["features", .. songs, "--out", _folder["named.csv"]]).Succeeds();
        EngineRun.Of("features", "--files-from", _folder["list.txt"], "--out", _folder["listed.csv"]).Succeeds();
        Assert.Equal(File.ReadAllBytes(_folder["named.csv"]), File.ReadAllBytes(_folder["listed.csv"]));

        File.WriteAllText(_folder["songs.csv"], "path,genre\n" + string.Concat(songs.Select(s => $"{s},moondub\n")));
        var plain = EngineRun.Of(["predict", corpus.Run, .. songs, "--format", "csv"]).Succeeds();
        foreach (var list in new[] { "list.txt", "songs.csv" })
        {
            Assert.Equal(plain,
                EngineRun.Of("predict", corpus.Run, "--files-from", _folder[list], "--format", "csv").Succeeds());
        }
    }

    [Theory]
    [InlineData("0/4")]
    [InlineData("5/4")]
    [InlineData("1/0")]
    [InlineData("1")]
    [InlineData("-1/4")]
    [InlineData("1/100001")]
    [InlineData("a/b")]
    public void Shard_OfAnotherForm_IsRefused(string shard) =>
        EngineRun.Of("predict", corpus.Corpus, "--out", _folder["x.csv"], "--shard", shard)
            .IsRefused($"'{shard}' is not a part I/N");

    [Fact]
    public void Shard_WhatDoesNotFit_IsRefused()
    {
        string[] predict = ["predict", corpus.Corpus, "--shard", "1/2"];
        EngineRun.Of(predict).IsRefused("--shard: it needs --out");
        EngineRun.Of([.. predict, "--out", _folder["x.json"]]).IsRefused("--shard: it needs --out FILE.csv or FILE.jsonl");
        EngineRun.Of([.. predict, "--out", _folder["x.csv"], "--resume"]).IsRefused("--resume: a part is written whole");
        EngineRun.Of([.. predict, "--out", _folder["x.csv"], "--sort-into", _folder["s"]]).IsRefused("--sort-into");
        EngineRun.Of([.. predict, "--out", _folder["x.csv"], "--write-tags"]).IsRefused("--write-tags: a part");
        EngineRun.Of("features", corpus.Corpus, "--shard", "1/2", "--out", _folder["x.npy"]).IsRefused("--shard", ".npz");
        EngineRun.Of("features", "--files-from", _folder["none.txt"], "--out", _folder["x.csv"])
            .IsRefused("none.txt: cannot be read");
        EngineRun.Of("features", "--out", _folder["x.csv"]).IsRefused("PATH: name recordings or folders");
        EngineRun.Of("predict").IsRefused("FILE: name recordings");
        File.WriteAllText(_folder["empty.txt"], "\n");
        EngineRun.Of("predict", "--files-from", _folder["empty.txt"]).IsRefused("empty.txt: names no file");
        EngineRun.Of("merge", _folder["x.txt"], "--out", _folder["y.txt"]).IsRefused("'", "must end in .csv");
    }

    // Neither the order nor the number of the other songs matters, and no part is much larger than another.
    [Fact]
    public void Has_ManyTracks_SharesThemOutEvenly()
    {
        var counts = new int[16];
        for (var i = 0; i < 16_000; i++)
        {
            var owner = Assert.Single(Enumerable.Range(1, 16), k => new Shard(k, 16).Has($"rock/song {i}.mp3"));
            counts[owner - 1]++;
        }

        Assert.All(counts, c => Assert.InRange(c, 880, 1120));
    }

    private string Music()
    {
        var music = _folder["music"];
        foreach (var file in Directory.EnumerateFiles(corpus.Corpus, "*.wav", SearchOption.AllDirectories))
        {
            var target = Path.Combine(music, Path.GetRelativePath(corpus.Corpus, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return music;
    }
}
