using Engine.Cli.Demo;
using Engine.Tests.Support;

namespace Engine.Tests.Cli;

public class SynthTests
{
    [Fact]
    public void Synth_NewFolder_HoldsTenGenresOfNamedTracks()
    {
        using var folder = new TemporaryFolder();
        var output = EngineRun.Of("synth", folder["corpus"], "--tracks", "2", "--seconds", "0.5").Succeeds();
        Assert.Contains("synthetic", output);
        var files = Directory.GetFiles(folder["corpus"], "*", SearchOption.AllDirectories);
        Assert.Equal(20, files.Length);
        Assert.All(Genres.All, genre => Assert.Contains(folder["corpus", genre.Name, $"{genre.Name}.00001.wav"], files));
        Assert.All(files, file => Assert.Equal(44 + 2 * 11025, new FileInfo(file).Length));
    }

    [Fact]
    public void Synth_OtherThreadsAndTracks_GivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        EngineRun.Of("synth", folder["a"], "--tracks", "2", "--seconds", "1", "--threads", "2", "--seed", "5").Succeeds();
        EngineRun.Of("synth", folder["b"], "--tracks", "1", "--seconds", "1", "--threads", "1", "--seed", "5").Succeeds();
        EngineRun.Of("synth", folder["c"], "--tracks", "1", "--seconds", "1", "--seed", "6").Succeeds();
        Assert.All(Genres.All, genre =>
        {
            byte[] Bytes(string corpus) => File.ReadAllBytes(SynthCorpus.PathOf(folder[corpus], genre, 0));
            Assert.Equal(Bytes("a"), Bytes("b"));
            Assert.NotEqual(Bytes("a"), Bytes("c"));
        });
    }

    [Fact]
    public void Render_EveryGenre_IsFiniteAudibleAndInRange()
    {
        foreach (var genre in Genres.All)
        {
            for (var number = 0; number < 5; number++)
            {
                var samples = Synthesizer.Render(genre, number, 4, seed: 9);
                Assert.Equal(4 * Sound.SampleRate, samples.Length);
                Assert.All(samples, s => Assert.InRange(s, -1f, 1f));
                Assert.True(samples.Max(Math.Abs) > 0.2, $"{genre.Name} {number} is silent");
            }
        }
    }

    [Fact]
    public void Synth_FolderWithEntries_IsRefusedUnlessForced()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.txt"], "keep");
        string[] arguments = ["synth", folder.Path, "--tracks", "1", "--seconds", "0.1"];
        EngineRun.Of(arguments).IsRefused(folder.Path, "--force");
        Assert.Equal([folder["mine.txt"]], Directory.GetFileSystemEntries(folder.Path));
        EngineRun.Of([.. arguments, "--force"]).Succeeds();
        Assert.Equal("keep", File.ReadAllText(folder["mine.txt"]));
        Assert.True(File.Exists(folder["moondub", "moondub.00000.wav"]));
    }

    [Fact]
    public void Synth_FolderIsAFile_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");
        EngineRun.Of("synth", folder["file"], "--tracks", "1", "--seconds", "0.1").IsRefused(folder["file"], "is a file");
    }
}
