using System.Runtime.Versioning;
using Engine.Dsp.Audio;
using Engine.Dsp.Tags;
using Engine.Tests.Support;
using static Engine.Fuzzing.Targets.SongBytes;

namespace Engine.Tests.Dsp.Tags;

/// <summary>The genre written into files, and everything else as it was.</summary>
public sealed class TagWriterTests : IDisposable
{
    private static readonly byte[] s_picture = Frame(3, "APIC", Filled(500));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Mp3_WithoutTag_GetsOneAndLosesItAgain()
    {
        var path = Song("a.mp3", Mpeg(5));
        var change = TagWriter.SetGenre(path, "Rock");
        Assert.Equal(new GenreChange(path, "ID3v2.3", null, "Rock", "none", true), change);
        Assert.Equal([.. Id3(3, TextFrame(3, "TCON", "Rock")), .. Mpeg(5)], File.ReadAllBytes(path));
        Assert.Equal("Rock", TagWriter.RestoreGenre(path, change.Undo).Old);
        Assert.Equal(Mpeg(5), File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData(2, "TCO"), InlineData(3, "TCON"), InlineData(4, "TCON")]
    public void Mp3_Padding_IsUsedAndTheRestKeepsItsBytes(int version, string id)
    {
        var (before, after) = (TextFrame(version, version == 2 ? "TT2" : "TIT2", "Title", 1),
            Frame(version, version == 2 ? "PIC" : "APIC", Filled(version == 2 ? 300 : 90)));
        byte[] Tag(string genre) =>
            Id3(version, [.. before, .. TextFrame(version, id, genre), .. after], padding: 40 - genre.Length);
        var path = Song("a.mp3", [.. Tag("(17)"), .. Mpeg(5)]);
        var change = TagWriter.SetGenre(path, "Drum & Bass");
        Assert.Equal(($"ID3v2.{version}", "Rock", "genre=(17)"), (change.Tag, change.Old, change.Undo));
        Assert.Equal([.. Tag("Drum & Bass"), .. Mpeg(5)], File.ReadAllBytes(path));
        TagWriter.RestoreGenre(path, change.Undo);
        Assert.Equal([.. Tag("(17)"), .. Mpeg(5)], File.ReadAllBytes(path));
    }

    [Fact]
    public void Mp3_PaddingTooSmall_TheTagGrows()
    {
        var path = Song("a.mp3", [.. Id3(3, s_picture, padding: 5), .. Mpeg(5)]);
        TagWriter.SetGenre(path, "Rock");
        Assert.Equal([.. Id3(3, [.. s_picture, .. TextFrame(3, "TCON", "Rock")], padding: 1024), .. Mpeg(5)],
            File.ReadAllBytes(path));
    }

    [Theory]
    [InlineData(3, "Ωμέγα", 1), InlineData(4, "Ωμέγα", 3), InlineData(3, "ÿ", 1), InlineData(3, "Música", 0)]
    [InlineData(4, "Música", 3), InlineData(3, "(Foo)", 0), InlineData(4, "(Foo)", 0)]
    public void Mp3_AnyText_ReadsBack(int version, string genre, int encoding)
    {
        var path = Song("a.mp3", [.. Id3(version, TextFrame(version, "TCON", "x")), .. Mpeg(5)]);
        TagWriter.SetGenre(path, genre);
        Assert.Equal([genre], SongFile.Read(path).Tags.Genres);
        Assert.Equal(encoding, File.ReadAllBytes(path)[20]);
    }

    [Fact]
    public void Mp3_UnsynchronisedTag_StaysSo()
    {
        byte[] picture = [.. "APIC\0\0\0\u0003\0\0"u8, 0xFF, 0, 0xFB, 7];
        var path = Song("a.mp3", [.. Id3(3, [.. picture, .. TextFrame(3, "TCON", "Rock")], 0x80, 60), .. Mpeg(5)]);
        var change = TagWriter.SetGenre(path, "Ω");
        byte[] frame = [.. "TCON\0\0\0\u0007\0\0"u8, 1, 0xFF, 0, 0xFE, 0xA9, 3, 0, 0];
        Assert.Equal([.. Id3(3, [.. picture, .. frame], 0x80, 60 + 15 - frame.Length), .. Mpeg(5)], File.ReadAllBytes(path));
        Assert.Equal("Ω", SongFile.Read(path).Tags.Genre);
        Assert.Equal("Ω", TagWriter.RestoreGenre(path, change.Undo).Old);
        Assert.Equal("Rock", SongFile.Read(path).Tags.Genre);
    }

    [Fact]
    public void Mp3_Footer_FollowsTheSize()
    {
        var path = Song("a.mp3", [.. Id3(4, TextFrame(4, "TCON", "Rock"), 0x10), .. Mpeg(5)]);
        TagWriter.SetGenre(path, "Jazz and more");
        Assert.Equal([.. Id3(4, TextFrame(4, "TCON", "Jazz and more"), 0x10), .. Mpeg(5)], File.ReadAllBytes(path));
    }

    [Fact]
    public void Mp3_Id3v1_ChangesOnlyForAGenreInTheList()
    {
        byte[] V1(byte genre) => Id3v1("Title", "Ann", "Album", "1999", 3, genre);
        var path = Song("a.mp3", [.. Mpeg(5), .. V1(12)]);
        var foo = TagWriter.SetGenre(path, "Foo");
        Assert.Equal("none;id3v1=12", foo.Undo);
        Assert.Equal([.. Id3(3, TextFrame(3, "TCON", "Foo")), .. Mpeg(5), .. V1(12)], File.ReadAllBytes(path));
        var jazz = TagWriter.SetGenre(path, "jazz");
        Assert.Equal([.. Mpeg(5), .. V1(8)], File.ReadAllBytes(path)[^(5 * 417 + 128)..]);
        TagWriter.RestoreGenre(path, jazz.Undo);
        Assert.Equal("Foo", SongFile.Read(path).Tags.Genre);
        TagWriter.RestoreGenre(path, foo.Undo);
        Assert.Equal([.. Mpeg(5), .. V1(12)], File.ReadAllBytes(path));
    }

    [Fact]
    public void Mp3_SeveralGenres_AreReplacedByOneAndRestored()
    {
        var path = Song("a.mp3", [.. Id3(4, TextFrame(4, "TCON", "17\0a;b\\c")), .. Mpeg(5)]);
        var change = TagWriter.SetGenre(path, "Pop");
        Assert.Equal(("Rock; a;b\\c", "genre=17;genre=a\\;b\\\\c"), (change.Old, change.Undo));
        Assert.Equal(["Pop"], SongFile.Read(path).Tags.Genres);
        TagWriter.RestoreGenre(path, change.Undo);
        Assert.Equal(["Rock", "a;b\\c"], SongFile.Read(path).Tags.Genres);
    }

    [Theory]
    [InlineData(200), InlineData(10), InlineData(-1)]
    public void Flac_Comments_ChangeAndComeBack(int padding)
    {
        byte[] Whole(string[] comments, int pad) => Flac([(4, Comments(comments)),
            .. padding < 0 ? [] : new (int, byte[])[] { (1, new byte[pad]) }, (2, Filled(20))]);
        var start = Whole(["ARTIST=Ann", "Genre=Rock", "TITLE=x", "GENRE=Pop"], padding);
        var path = Song("a.flac", start);
        var change = TagWriter.SetGenre(path, "Progressive Electronic and Ambient");
        Assert.Equal(("Rock; Pop", "genre=Rock;genre=Pop"), (change.Old, change.Undo));
        // "Genre=Rock" and "GENRE=Pop" with their lengths are 27 bytes, the new comment 44.
        string[] changed = ["ARTIST=Ann", "GENRE=Progressive Electronic and Ambient", "TITLE=x"];
        Assert.Equal(Whole(changed, padding == 200 ? 200 - 17 : padding), File.ReadAllBytes(path));
        TagWriter.RestoreGenre(path, change.Undo);
        Assert.Equal(["Rock", "Pop"], SongFile.Read(path).Tags.Genres);
        if (padding == 200) Assert.Equal(start.Length, new FileInfo(path).Length);
    }

    [Fact]
    public void Flac_WithoutComments_GetsThemAndLosesThemAgain()
    {
        foreach (var start in (byte[][])[Flac(), Flac((1, new byte[100])), [.. Id3(3, s_picture), .. Flac((2, Filled(9)))]])
        {
            var path = Song("a.flac", start);
            var change = TagWriter.SetGenre(path, "Rock");
            Assert.Equal("Rock", SongFile.Read(path).Tags.Genre);
            TagWriter.RestoreGenre(path, change.Undo);
            Assert.Equal(start, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void Ogg_MorePages_AreNumberedAnewWithRightChecksums()
    {
        // One byte less than a page holds: with a genre the headers need another page.
        var filler = "COMMENT=" + new string('x', 61_900);
        foreach (var start in (byte[][])[Vorbis(Comments("TITLE=x", filler), 70_000), Opus(Comments("TITLE=x",
            filler + new string('x', 3050))), OggFlac(Comments("TITLE=x", filler + new string('x', 3040)))])
        {
            var path = Song("a.ogg", start);
            var change = TagWriter.SetGenre(path, "Rock and " + new string('y', 200));
            var changed = File.ReadAllBytes(path);
            var (old, now) = (Pages(start), Pages(changed));
            Assert.Equal(old.Count + 1, now.Count);
            Assert.Equal(new string('y', 200), SongFile.Read(path).Tags.Genre![9..]);
            Assert.Equal(SongFile.Read(new MemoryStream(start), "a").Audio, SongFile.Read(path).Audio);
            TagWriter.RestoreGenre(path, change.Undo);
            Assert.Equal(start, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void Ogg_SamePages_OnlyTheHeaderDiffers()
    {
        var start = Vorbis(Comments("TITLE=x", "GENRE=Rock"));
        var path = Song("a.ogg", start);
        TagWriter.SetGenre(path, "Jazz");
        Assert.Equal(Vorbis(Comments("TITLE=x", "GENRE=Jazz")), File.ReadAllBytes(path));
    }

    [Fact]
    public void Ogg_DamagedPageThatMustBeRenumbered_IsRefused()
    {
        var start = Opus(Comments("TITLE=x", "COMMENT=" + new string('x', 64_950)));
        start[^3] ^= 1;
        var path = Song("a.opus", start);
        Assert.Contains("is damaged", Assert.Throws<TagException>(() => TagWriter.SetGenre(path, new string('y', 200))).Message);
        AssertUntouched(path, start);
    }

    [Fact]
    public void WavAndAiff_Id3Chunk_IsAddedChangedAndRemoved()
    {
        foreach (var (name, start, with) in (ReadOnlySpan<(string, byte[], Func<string, byte[]>)>)
        [
            ("a.wav", Wav(Info(("IART", "Ann"))),
                genre => Wav(Info(("IART", "Ann")), Chunk("id3 ", Id3(3, TextFrame(3, "TCON", genre))))),
            ("a.aiff", Aiff(), genre => Aiff(Chunk("ID3 ", Id3(3, TextFrame(3, "TCON", genre)), true))),
        ])
        {
            var path = Song(name, start);
            var none = TagWriter.SetGenre(path, "Rock");
            Assert.Equal(with("Rock"), File.ReadAllBytes(path));
            var rock = TagWriter.SetGenre(path, "Folk");
            Assert.Equal(with("Folk"), File.ReadAllBytes(path));
            Assert.Equal(("Rock", "genre=Rock"), (rock.Old, rock.Undo));
            TagWriter.RestoreGenre(path, none.Undo);
            Assert.Equal(start, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void DryRun_AndSameGenre_ChangeNothing()
    {
        var start = (byte[])[.. Id3(3, TextFrame(3, "TCON", "Rock")), .. Mpeg(5)];
        var path = Song("a.mp3", start);
        Assert.True(TagWriter.SetGenre(path, "Jazz", dryRun: true).IsChange);
        Assert.False(TagWriter.SetGenre(path, " Rock ").IsChange);
        AssertUntouched(path, start);
    }

    [Theory]
    [InlineData("broken"), InlineData("rf64"), InlineData("cut wav"), InlineData("unknown"), InlineData("checksum")]
    [InlineData("text")]
    public void WhatCannotBeWritten_IsRefusedAndUntouched(string what)
    {
        var (start, says) = what switch
        {
            "broken" => ((byte[])[.. Id3(3, [.. TextFrame(3, "TCON", "Rock"), .. "junk junk junk"u8]), .. Mpeg(5)], "tag editor"),
            "rf64" => ([.. "RF64"u8, .. Wav()[4..]], "other than RIFF"),
            "cut wav" => (Wav()[..^10], "do not fit"),
            "unknown" => ([.. "wvpk"u8, .. Filled(400)], "WavPack cannot be written"),
            "checksum" => ([.. Id3(3, [0, 0, 0, 10, 0x80, 0, 0, 0, 0, 0, 1, 2, 3, 4, .. TextFrame(3, "TCON", "Rock")], 0x40),
                .. Mpeg(5)], "checksum"),
            _ => ("only some text, which is no recording at all"u8.ToArray(), "text cannot be written"),
        };
        var path = Song("a.mp3", start);
        var message = Assert.Throws<TagException>(() => TagWriter.SetGenre(path, "Jazz")).Message;
        Assert.StartsWith(path + ": ", message);
        Assert.Contains(says, message);
        AssertUntouched(path, start);
    }

    [Fact]
    public void Arguments_Wrong_AreNamed()
    {
        var path = Song("a.mp3", Mpeg(5));
        Assert.Throws<ArgumentException>(() => TagWriter.SetGenre(path, " "));
        Assert.Contains("control character", Assert.Throws<ArgumentException>(() => TagWriter.SetGenre(path, "a\nb")).Message);
        foreach (var undo in (string[])["", "Rock", "none;genre=x", "id3v1=3", "genre=x;id3v1=999"])
            Assert.Contains($"'{undo}'", Assert.Throws<ArgumentException>(() => TagWriter.RestoreGenre(path, undo)).Message);
    }

    [UnixFact, UnsupportedOSPlatform("windows")]
    public void LinkModeAndReadOnly_AreRespected()
    {
        var path = Song("a.mp3", Mpeg(5));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        File.CreateSymbolicLink(_folder["link.mp3"], path);
        TagWriter.SetGenre(_folder["link.mp3"], "Rock");
        Assert.Equal(path, new FileInfo(_folder["link.mp3"]).LinkTarget);
        Assert.Equal("Rock", SongFile.Read(path).Tags.Genre);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead);
        Assert.Contains("read-only", Assert.Throws<UnauthorizedAccessException>(() => TagWriter.SetGenre(path, "Jazz")).Message);
    }

    [Fact]
    public void Killed_BeforeAnyChange_TheFileIsOldOrNew()
    {
        var (start, changed) = ((byte[])[.. Mpeg(5)], (byte[])[.. Id3(3, TextFrame(3, "TCON", "Rock")), .. Mpeg(5)]);
        var kills = 0;
        while (true)
        {
            var path = Song("a.mp3", start);
            var killed = Killing.Before(kills + 1, () => TagWriter.SetGenre(path, "Rock"));
            var now = File.ReadAllBytes(path);
            Assert.True(now.SequenceEqual(start) || now.SequenceEqual(changed));
            if (!killed) break;
            kills++;
        }

        Assert.InRange(kills, 3, 20);
    }

    private string Song(string name, byte[] bytes) => _folder.Write(name, bytes);

    private void AssertUntouched(string path, byte[] bytes)
    {
        Assert.Equal(bytes, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    // Every page, its number right after that of the one before, its checksum right.
    private static List<OggPage> Pages(byte[] song)
    {
        var file = new FileBytes(new MemoryStream(song));
        var pages = new List<OggPage>();
        for (var at = 0L; at < song.Length;)
        {
            var page = OggPage.At(file, at)!.Value;
            Assert.Equal((uint)pages.Count, page.Sequence);
            Assert.True(OggChecksum.IsRight(song.AsSpan((int)at, page.Bytes.Length + page.Size)));
            pages.Add(page);
            at += page.Bytes.Length + page.Size;
        }

        return pages;
    }
}
