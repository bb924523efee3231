using System.Text.Json;
using Engine.Tests.Support;
using static Engine.Fuzzing.Targets.SongBytes;

namespace Engine.Tests.Cli;

/// <summary><c>engine scan</c> on small libraries built byte by byte.</summary>
public sealed class ScanTests : IDisposable
{
    private const string Header = "path,genre,artist,album,title,duration,sample_rate,channels,format,genres";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Scan_Library_WritesTheManifestAndSaysWhatIsMissing()
    {
        Library();
        var run = EngineRun.Of("scan", _folder["music"], "--out", _folder["songs.csv"]);
        var report = string.Join(' ', run.Succeeds().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
        [
            Header,
            "music/Ann/One/1.mp3,Rock,Ann,\"A \"\"B\"\", C\",Title,0.131,44100,2,MP3,Pop",
            "music/Ann/One/2.flac,rock,ANN;Bob,,,1,44100,2,FLAC,",
            "music/Bob/3.ogg,Drum & Bass,Bob,,,2,44100,2,Ogg Vorbis,",
            "music/Bob/4.wav,,,,,0.01,44100,2,WAV,",
        ], File.ReadAllLines(_folder["songs.csv"]));
        Assert.Contains("4 songs, 2 artists, 3 genres", report);
        Assert.Contains("1 song without a genre: engine train leaves them out.", report);
        Assert.Contains("1 song without an artist: with --split artists each counts as an artist of its own.", report);
        Assert.Contains("Genres that differ only in case count as different: Rock and rock.", report);
        Assert.Contains("2 files could not be read", report);
        Assert.Contains("empty.mp3: the file is empty", report);
        Assert.Contains("picture.mp3: its content is a PNG image", report);
    }

    [Fact]
    public void Scan_ManifestElsewhere_PathsLeadBack()
    {
        Library();
        Directory.CreateDirectory(_folder["lists", "deep"]);
        EngineRun.Of("scan", _folder["music", "Bob"], "--out", _folder["lists", "deep", "songs.csv"]).Succeeds();
        Assert.StartsWith("../../music/Bob/3.ogg,", File.ReadAllLines(_folder["lists", "deep", "songs.csv"])[1]);
    }

    [Theory]
    [InlineData("folder", "Bob", "Bob"), InlineData("tag,folder", "Drum & Bass", "Bob"), InlineData("tag", "Drum & Bass", "")]
    public void Scan_GenreFrom_TagOrFolder(string from, string tagged, string untagged)
    {
        Library();
        string[] genresAt = from == "tag" ? [] : ["--genres-at", "parent"];
        EngineRun.Of(["scan", _folder["music"], "--out", _folder["songs.csv"], "--genre-from", from, .. genresAt]).Succeeds();
        var lines = File.ReadAllLines(_folder["songs.csv"]);
        Assert.Equal((tagged, untagged), (lines[3].Split(',')[1], lines[4].Split(',')[1]));
    }

    [Fact]
    public void Scan_Json_CountsEverything()
    {
        Library();
        var run = EngineRun.Of("scan", _folder["music"], "--out", _folder["s.csv"], "--json");
        using var json = JsonDocument.Parse(run.Succeeds());
        var root = json.RootElement;
        Assert.Equal((4, 2, 1, 1), (root.GetProperty("songs").GetInt32(), root.GetProperty("artists").GetInt32(),
            root.GetProperty("without_genre").GetInt32(), root.GetProperty("without_artist").GetInt32()));
        Assert.Equal(1, root.GetProperty("genres").GetProperty("Drum & Bass").GetInt32());
        Assert.Equal(["empty.mp3", "picture.mp3"],
            root.GetProperty("unreadable").EnumerateArray().Select(u => Path.GetFileName(u.GetProperty("path").GetString())));
    }

    [Fact]
    public void Scan_GenreInAnotherUnicodeForm_IsComposed()
    {
        _folder.Write("a.mp3", [.. Id3(3, TextFrame(3, "TCON", "Mu\u0301sica\u00A0 popular ", 1)), .. Mpeg(5)]);
        EngineRun.Of("scan", _folder["a.mp3"], "--out", _folder["s.csv"]).Succeeds();
        Assert.Equal("M\u00FAsica popular", File.ReadAllLines(_folder["s.csv"])[1].Split(',')[1]);
    }

    [Fact]
    public void Scan_Misuse_IsRefused()
    {
        Library();
        Directory.CreateDirectory(_folder["none"]);
        EngineRun.Of("scan", _folder["none"], "--out", _folder["s.csv"]).IsRefused("none", "holds no recording");
        EngineRun.Of("scan", _folder["gone"], "--out", _folder["s.csv"]).IsRefused("gone", "no such file or folder");
        EngineRun.Of("scan", _folder["music"], "--out", _folder["s.txt"]).IsRefused("--out", "must end in .csv");
        EngineRun.Of("scan", _folder["music"], "--out", _folder["s.csv"], "--genre-from", "x").IsRefused("--genre-from", "'x'");
        EngineRun.Of("scan", _folder["music"], "--out", _folder["s.csv"], "--genres-at", "top")
            .IsRefused("--genres-at", "--genre-from");
        EngineRun.Of("scan", _folder["music", "empty.mp3"], "--out", _folder["s.csv"]).IsRefused("none of 1", "empty.mp3");
        Assert.False(File.Exists(_folder["s.csv"]));
        _folder.Write("s.csv", []);
        EngineRun.Of("scan", _folder["music"], "--out", _folder["s.csv"]).IsRefused("s.csv: exists", "--force");
        EngineRun.Of("scan", _folder["music"], "--out", _folder["s.csv"], "--force").Succeeds();
    }

    [Fact]
    public void Scan_Stopped_LeavesNothing()
    {
        Library();
        var stopped = new CancellationToken(canceled: true);
        Assert.Equal(130, EngineRun.Of(stopped, "scan", _folder["music"], "--out", _folder["s.csv"]).Code);
        Assert.Equal([_folder["music"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    private void Library()
    {
        Directory.CreateDirectory(_folder["music", "Ann", "One"]);
        Directory.CreateDirectory(_folder["music", "Bob"]);
        _folder.Write("music/Ann/One/1.mp3",
        [
            .. Id3(4, [.. TextFrame(4, "TCON", "17\0Pop"), .. TextFrame(4, "TPE1", "Ann"), .. TextFrame(4, "TALB", "A \"B\", C"),
                .. TextFrame(4, "TIT2", "Title")]), .. Mpeg(5),
        ]);
        _folder.Write("music/Ann/One/2.flac", Flac((4, Comments("ARTIST=ANN", "ARTIST=Bob", "GENRE= rock "))));
        _folder.Write("music/Bob/3.ogg", Vorbis(Comments("ALBUMARTIST=Bob", "GENRE=Drum &  Bass")));
        _folder.Write("music/Bob/4.wav", Wav());
        _folder.Write("music/empty.mp3", []);
        _folder.Write("music/picture.mp3", [0x89, .. "PNG\r\n"u8, 0x1A, 10, 0, 0]);
    }
}
