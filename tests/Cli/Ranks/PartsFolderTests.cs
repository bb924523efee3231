using System.Text;
using Engine.Cli;
using Engine.Cli.Shards;
using Engine.Tests.Support;

namespace Engine.Tests.Cli.Ranks;

public sealed class PartsFolderTests : IDisposable
{
    private static readonly ShardedSong[] s_songs =
        [.. Enumerable.Range(0, 10).Select(i => new ShardedSong($"{i}.wav", $"{i}", $"/none/{i}.wav"))];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_PartsThatAreThere_AreNotMissingAndTellTheirNumber()
    {
        var list = new ShardedList(["features"], s_songs);
        using (var parts = Open(list, 3))
        {
            Assert.Equal(3, parts.Missing.Count);
            Keep(parts, list, new(2, 3));
        }

        using (var parts = Open(list, 5))
        {
            Assert.Equal([new(1, 3), new(3, 3)], parts.Missing);
            Keep(parts, list, new(1, 3));
            File.AppendAllText(parts.Parts[1], "torn");
        }

        using (var parts = Open(list, 5))
        {
            Assert.Equal([new(2, 3), new(3, 3)], parts.Missing);
            Keep(parts, list, new(2, 3));
            File.WriteAllText(ShardNote.FileName(parts.Parts[1]), "{");
        }

        using (var parts = Open(list, 5))
        {
            Assert.Equal([new(2, 3), new(3, 3)], parts.Missing);
            parts.Remove();
            Assert.True(Directory.Exists(_folder["x.csv.parts"]));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Open_PartsOfOtherSongsOrAnotherCommand_AreKeptUnlessForced()
    {
        var list = new ShardedList(["features"], s_songs);
        using (var parts = Open(list, 3)) Keep(parts, list, new(2, 3));
        Refuse(new(["predict"], s_songs), "holds parts of another command or version");
        Refuse(new(["features"], s_songs[1..]), "holds parts of other songs");
        using (var parts = Open(new(["predict"], s_songs), 4, force: true)) Assert.Equal(4, parts.Missing.Count);
        File.WriteAllText(_folder["y.csv.parts"], "mine");
        Assert.Contains("is a file", Assert.Throws<CommandLineException>(
            () => PartsFolder.Open(_folder["y.csv"], list, 2, force: true)).Message);

        void Refuse(ShardedList other, string message) =>
            Assert.Contains(message, Assert.Throws<CommandLineException>(() => Open(other, 3)).Message);
    }

    private PartsFolder Open(ShardedList list, int count, bool force = false) =>
        PartsFolder.Open(_folder["x.csv"], list, count, force);

    // As a rank makes it.
    private void Keep(PartsFolder parts, ShardedList list, Shard shard)
    {
        var bytes = Encoding.UTF8.GetBytes($"a\n{shard}\n");
        var places = list.Places(shard);
        var content = new PartContent([.. places.Select(_ => 1)], new Dictionary<int, string> { [places[0]] = "why: \"x\"" });
        var sent = PartBytes.Read(PartBytes.Of(ShardNote.Of(shard, list, places, content, bytes), ["careful"], bytes));
        Assert.Equal(["careful"], sent.Warnings);
        parts.Keep(shard, sent.Note, sent.Content.Span);
        var kept = _folder["x.csv.parts", $"{shard.Index}.csv"];
        Assert.Equal($"a\n{shard}\n", Encoding.UTF8.GetString(File.ReadAllBytes(kept)));
        Assert.Equal("why: \"x\"", Assert.Single(ShardNote.Of(kept)!.Skipped).Value);
    }
}
