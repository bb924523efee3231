using System.Diagnostics;
using Engine.Dsp.Files;
using Engine.Dsp.Tags;
using Engine.Tests.Support;

namespace Engine.Tests.Dsp.Tags;

/// <summary>Files that ffmpeg made, and what ffmpeg reads in those that were changed here.</summary>
public sealed class FfmpegTagTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [FfmpegTheory]
    [InlineData("a.mp3", "ID3v2.3", "-id3v2_version", "3", "-write_id3v1", "1")]
    [InlineData("a.flac", "Vorbis comments")]
    [InlineData("a.ogg", "Vorbis comments")]
    [InlineData("a.aiff", "ID3v2.4", "-write_id3v2", "1")]
    [InlineData("a.m4a", "MP4")]
    [InlineData("a.mka", "Matroska", "-c:a", "aac")]
    public void Genre_OfAFileThatFfmpegMade_IsReadWrittenAndRestored(string name, string tag, params string[] arguments)
    {
        var path = _folder[name];
        Run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "sine=440:d=0.5:r=44100", "-metadata", "artist=Ännä", "-metadata",
            "title=Tïtle", "-metadata", "genre=Rock", "-metadata", "date=2003", .. arguments, path]);
        var (song, audio) = (SongFile.Read(path, probe: true), Decoded(path));
        Assert.Equal(("Ännä", "Tïtle", "Rock", 2003), (song.Tags.Artist, song.Tags.Title, song.Tags.Genre, song.Tags.Year));
        Assert.InRange(song.Audio.Duration!.Value, 0.499, 0.6);

        var change = TagWriter.SetGenre(path, "Ünusual Genre");
        Assert.Equal((tag, "Rock"), (change.Tag, change.Old));
        Assert.Equal(["Tïtle", "Ännä", "Ünusual Genre"], Probe(path));
        Assert.Equal("Ünusual Genre", SongFile.Read(path, probe: true).Tags.Genre);
        Assert.Equal(audio, Decoded(path));

        TagWriter.RestoreGenre(path, change.Undo);
        Assert.Equal(["Rock", "Tïtle", "Ännä"], Probe(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [FfmpegFact]
    public void Mp4_TagThatFfmpegWouldLose_IsRefused()
    {
        var path = _folder["a.m4a"];
        Run("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "sine=440:d=0.5:r=44100", "-metadata", "genre=Rock", "-movflags",
            "use_metadata_tags", "-metadata", "mood=calm", "-f", "mp4", path]);
        var start = File.ReadAllBytes(path);
        Assert.Contains("ffmpeg would lose (mood)",
            Assert.Throws<TagException>(() => TagWriter.SetGenre(path, "Jazz")).Message);
        Assert.Equal(start, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    private static string Decoded(string path) => Run("ffmpeg", ["-v", "error", "-i", path, "-f", "md5", "-"]);

    private static string[] Probe(string path) => [.. Run("ffprobe", ["-v", "error", "-show_entries",
        "format_tags=artist,title,genre:stream_tags=artist,title,genre", "-of", "default=nw=1:nk=1", path])
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private static string Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(Programs.Find(program, Environment.GetEnvironmentVariable("PATH"))!)
        {
            RedirectStandardOutput = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
