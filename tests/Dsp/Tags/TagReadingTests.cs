using System.Text;
using Engine.Dsp.Audio;
using Engine.Dsp.Tags;
using Engine.Fuzzing.Targets;
using static Engine.Fuzzing.Targets.SongBytes;

namespace Engine.Tests.Dsp.Tags;

/// <summary>Tags of every kind, built byte by byte.</summary>
public class TagReadingTests
{
    [Fact]
    public void Id3v1_VersionOneOne_AllFields()
    {
        var tags = Tags([.. Mpeg(3), .. Id3v1("Titel", "Künstler", "Album", "1999", 7, 17)]);
        Assert.Equal(("Künstler", "Album", "Titel", "Rock", 1999, 7),
            (tags.Artist, tags.Album, tags.Title, tags.Genre, tags.Year, tags.Track));
        Assert.Equal(["ID3v1.1"], tags.Kinds);
    }

    [Fact]
    public void Id3v1_GenreNotInList_None() => Assert.Null(Tags([.. Mpeg(3), .. Id3v1("T", "A", "B", "", 0, 255)]).Genre);

    [Theory]
    [InlineData(2, "TP1", 0), InlineData(2, "TP1", 1), InlineData(3, "TPE1", 0), InlineData(3, "TPE1", 1)]
    [InlineData(4, "TPE1", 0), InlineData(4, "TPE1", 1), InlineData(4, "TPE1", 2), InlineData(4, "TPE1", 3)]
    public void Id3v2_EveryVersionAndEncoding_ReadsText(int version, string id, int encoding)
    {
        var name = encoding == 0 ? "Café ÿ" : "Café Ωμέγα 音";
        var tags = Tags([.. Id3(version, TextFrame(version, id, name + "\0", encoding), padding: 20), .. Mpeg(3)]);
        Assert.Equal([name], tags.Artists);
        Assert.Equal([$"ID3v2.{version}"], tags.Kinds);
        Assert.Empty(tags.Notes);
    }

    [Fact]
    public void Id3v2_BigEndianWithMark_ReadsText() => Assert.Equal("Ωμ", Tags(
        [.. Id3(3, Frame(3, "TIT2", [1, 0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes("Ωμ")])), .. Mpeg(3)]).Title);

    [Theory]
    [InlineData(2), InlineData(3)]
    public void Id3v2_NeedlessMark_IsNoPartOfText(int encoding) => Assert.Equal("Ωμ", Tags(
        [.. Id3(4, TextFrame(4, "TIT2", "\uFEFFΩμ", encoding)), .. Mpeg(3)]).Title);

    [Theory]
    [InlineData("(17)", "Rock")]
    [InlineData("17", "Rock")]
    [InlineData("(17)Rock", "Rock")]
    [InlineData("(4)Eurodisco", "Disco|Eurodisco")]
    [InlineData("(17)(8)", "Rock|Jazz")]
    [InlineData("(51)(39)x", "Techno-Industrial|Noise|x")]
    [InlineData("(RX)(CR)", "Remix|Cover")]
    [InlineData("((Foo)", "(Foo)")]
    [InlineData("(17)((Foo)", "Rock|(Foo)")]
    [InlineData("(Foo) bar", "(Foo) bar")]
    [InlineData("Rock\0Pop\08", "Rock|Pop|Jazz")]
    [InlineData("(191)", "Psybient")]
    [InlineData("(192)", "")]
    [InlineData("255", "")]
    [InlineData("1999", "1999")]
    [InlineData("Drum & Bass", "Drum & Bass")]
    [InlineData("", "")]
    public void Id3v2_OddGenres_AreNamed(string text, string genres)
    {
        string[] expected = genres.Length == 0 ? [] : genres.Split('|');
        foreach (var version in (int[])[3, 4])
            Assert.Equal(expected, Tags([.. Id3(version, TextFrame(version, "TCON", text)), .. Mpeg(3)]).Genres);
    }

    [Fact]
    public void Id3v2_UnsynchronisedTag_FramesBehindAPictureAreFound()
    {
        // The picture's stored bytes hold inserted zeros; its size counts none of them.
        byte[] plain = [.. Frame(3, "APIC", [0xFF, 0xFB, 0xFF, 0x00, 0xFF]), .. TextFrame(3, "TCON", "Rock", 1)];
        byte[] stored = [.. plain.SelectMany((b, i) =>
            b == 0xFF && (i + 1 == plain.Length || plain[i + 1] is 0 or >= 0xE0) ? (byte[])[b, 0] : [b])];
        Assert.True(stored.Length > plain.Length + 2);
        Assert.Equal("Rock", Tags([.. Id3(3, stored, 0x80), .. Mpeg(3)]).Genre);
    }

    [Fact]
    public void Id3v2_UnsynchronisedFrame_IsDecoded()
    {
        byte[] content = [0, 0, 0, 5, 1, 0xFF, 0x00, 0xFE, (byte)'R', 0, (byte)'B', 0];
        // Its flags say that it is unsynchronised and begins with a length.
        Assert.Equal("RB", Tags([.. Id3(4, Frame(4, "TCON", content, 3)), .. Mpeg(3)]).Genre);
    }

    [Theory]
    [InlineData(3, 0x40), InlineData(4, 0x40)]
    public void Id3v2_ExtendedHeader_IsPassedOver(int version, byte flags)
    {
        byte[] extended = version == 3 ? [0, 0, 0, 6, 0, 0, 0, 0, 0, 9] : [0, 0, 0, 6, 1, 0];
        var tags = Tags([.. Id3(version, [.. extended, .. TextFrame(version, "TPE1", "Ann")], flags, 9), .. Mpeg(3)]);
        Assert.Equal("Ann", tags.Artist);
        Assert.Empty(tags.Notes);
    }

    [Fact]
    public void Id3v2_CompressedFrame_IsANote()
    {
        var tags = Tags([.. Id3(3, [.. Frame(3, "TCON", [0, 0, 0, 9, 1, 2], 0x80), .. TextFrame(3, "TPE1", "Ann")]), .. Mpeg(3)]);
        Assert.Equal((null, "Ann"), (tags.Genre, tags.Artist));
        Assert.Contains("TCON is compressed", Assert.Single(tags.Notes));
    }

    [Fact]
    public void Id3v2_SizesAsITunesWroteThem_AreRead()
    {
        var text = new string('x', 300);
        byte[] frame = [.. "TIT2"u8, .. Big(301, 4), 0, 0, 0, .. Encoding.Latin1.GetBytes(text)];
        var tags = Tags([.. Id3(4, [.. frame, .. TextFrame(4, "TCON", "Rock")]), .. Mpeg(3)]);
        Assert.Equal((text, "Rock"), (tags.Title, tags.Genre));
    }

    [Fact]
    public void Picture_OfFourMegabytes_IsNotLoaded()
    {
        byte[] song = [.. Id3(3, [.. Frame(3, "APIC", new byte[4 << 20]), .. TextFrame(3, "TCON", "Rock")]), .. Mpeg(3)];
        using var stream = new MemoryStream(song);
        SongFile.Read(stream, "a.mp3");
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("Rock", SongFile.Read(stream, "a.mp3").Tags.Genre);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 200_000);
    }

    [Fact]
    public void SeveralTags_EachField_ComesFromTheFirstThatHasIt()
    {
        var tags = Tags([.. Id3(3, TextFrame(3, "TCON", "Jazz")), .. Mpeg(3), .. Ape(("Genre", "Pop"), ("Artist", "Ann\0Bob")),
            .. Id3v1("Title", "Cut at thirty", "Album", "1999", 1, 17)]);
        Assert.Equal(["Jazz"], tags.Genres);
        Assert.Equal(["Ann", "Bob"], tags.Artists);
        Assert.Equal(("Title", 1999), (tags.Title, tags.Year));
        Assert.Equal(["ID3v2.3", "APE", "ID3v1.1"], tags.Kinds);
    }

    [Fact]
    public void Ape_BeforeLyrics_IsFound()
    {
        byte[] lyrics = [.. "LYRICSBEGIN some words"u8];
        var size = Encoding.ASCII.GetBytes($"{lyrics.Length:000000}");
        Assert.Equal("Pop", Tags([.. Mpeg(3), .. Ape(("Genre", "Pop")), .. lyrics, .. size, .. "LYRICS200"u8,
            .. Id3v1("", "", "", "", 0, 255)]).Genre);
    }

    [Fact]
    public void Flac_CommentsBehindId3_TakePrecedence()
    {
        var song = SongFile.Read(new MemoryStream([.. Id3(3, [.. TextFrame(3, "TCON", "Jazz"), .. TextFrame(3, "TIT2", "Title")]),
            .. Flac((6, Filled(5000)),
                (4, Comments("artist=Ann", "GENRE=Rock", "Genre=Pop", "TRACKNUMBER=3/12", "DATE=2001-05-06")))]), "a.flac");
        Assert.Equal(["Rock", "Pop"], song.Tags.Genres);
        Assert.Equal(("Ann", "Title", 2001, 3), (song.Tags.Artist, song.Tags.Title, song.Tags.Year, song.Tags.Track));
        Assert.Equal(new AudioProperties("FLAC", 1, Rate, 2), song.Audio);
    }

    [Fact]
    public void Ogg_CommentsAcrossPages_AreRead()
    {
        var comments = Comments("METADATA_BLOCK_PICTURE=" + new string('p', 150_000), "GENRE=Rock", "ALBUM ARTIST=Ann");
        foreach (var (song, audio) in (ReadOnlySpan<(byte[], AudioProperties)>)
        [
            (Vorbis(comments), new("Ogg Vorbis", 2, Rate, 2)), (Opus(comments), new("Opus", 1, 48_000, 2)),
            (OggFlac(comments), new("Ogg FLAC", 1, Rate, 2)),
        ])
        {
            var read = SongFile.Read(new MemoryStream(song), "a.ogg");
            Assert.Equal(("Rock", "Ann"), (read.Tags.Genre, read.Tags.AlbumArtist));
            Assert.Equal(audio, read.Audio);
            Assert.Empty(read.Tags.Notes);
        }
    }

    [Fact]
    public void Wav_Id3ChunkBeforeInfo_BothAreRead()
    {
        var song = SongFile.Read(new MemoryStream(Wav(Info(("IART", "Ann"), ("IGNR", "Rock"), ("INAM", "Ünï"), ("ICRD", "1987")),
            Chunk("id3 ", Id3(3, TextFrame(3, "TCON", "Jazz"))))), "a.wav");
        Assert.Equal(("Jazz", "Ann", "Ünï", 1987), (song.Tags.Genre, song.Tags.Artist, song.Tags.Title, song.Tags.Year));
        Assert.Equal(new AudioProperties("WAV", 0.01, Rate, 2), song.Audio);
    }

    [Fact]
    public void Info_TextThatIsNotUtf8_IsLatin1() =>
        Assert.Equal("Café", Tags(Wav(Chunk("LIST", [.. "INFO"u8, .. Chunk("IART", [.. "Caf"u8, 0xE9, 0])]))).Artist);

    [Fact]
    public void Aiff_Id3AndTextChunks_AreRead()
    {
        var song = SongFile.Read(new MemoryStream(Aiff(Chunk("NAME", [.. "Song"u8], true), Chunk("AUTH", [.. "Ann"u8], true),
            Chunk("ID3 ", Id3(4, TextFrame(4, "TCON", "Jazz")), true))), "a.aiff");
        Assert.Equal(("Jazz", "Ann", "Song"), (song.Tags.Genre, song.Tags.Artist, song.Tags.Title));
        Assert.Equal(new AudioProperties("AIFF", 0.01, Rate, 2), song.Audio);
    }

    [Fact]
    public void Mp4_Items_AreRead()
    {
        var song = SongFile.Read(new MemoryStream(Mp4(Item("©ART", "Ann"), Item("aART", "Various"), Item("©alb", "Album"),
            Item("©nam", "Title"), Item("gnre", [0, 18], 0), Item("©day", "2004-01-01T00:00:00Z"),
            Item("trkn", [0, 0, 0, 3, 0, 9, 0, 0], 0), Item("covr", Filled(3000), 13))), "a.m4a");
        Assert.Equal(("Ann", "Various", "Album", "Title"),
            (song.Tags.Artist, song.Tags.AlbumArtist, song.Tags.Album, song.Tags.Title));
        Assert.Equal(("Rock", 2004, 3), (song.Tags.Genre, song.Tags.Year, song.Tags.Track));
        Assert.Equal(new AudioProperties("AAC (MP4)", 2, Rate, 2), song.Audio);
    }

    [Fact]
    public void Mpeg_Duration_IsThatOfTheFramesLessWhatLameDeclares()
    {
        Assert.Equal(new AudioProperties("MP3", 10 * 1152.0 / Rate, Rate, 2), Audio([.. Mpeg(10), .. new byte[50]]));
        Assert.Equal(new AudioProperties("MP3", (7 * 1152.0 - 576 - 1000) / Rate, Rate, 2), Audio(MpegWithXing(7, 576, 1000)));

        static AudioProperties Audio(byte[] song) => SongFile.Read(new MemoryStream(song), "a.mp3").Audio;
    }

    [Fact]
    public void NoRecording_IsRefused()
    {
        Assert.Contains("0 bytes", Refusal([]));
        Assert.Contains("PNG", Refusal([0x89, .. "PNG\r\n"u8, 0x1A, 10, 0, 0]));

        static string Refusal(byte[] bytes) =>
            Assert.Throws<AudioFormatException>(() => SongFile.Read(new MemoryStream(bytes), "a.mp3")).Message;
    }

    [Fact]
    public void Songs_CutAnywhere_NothingIsThrownButForTheAudiosHeader()
    {
        foreach (var song in TagTarget.Songs)
        {
            var whole = SongFile.Read(new MemoryStream(song), "a").Tags;
            for (var length = 1; length < song.Length; length += length < 1200 ? 1 : 97)
            {
                try
                {
                    var tags = SongFile.Read(new MemoryStream(song, 0, length), "a").Tags;
                    Assert.All(tags.Artists, a => Assert.StartsWith(a, "Ann"));
                }
                catch (AudioFormatException)
                {
                    // The first letters alone are text.
                    Assert.True(song.AsSpan().StartsWith("RIFF"u8) || length < 16);
                }
            }

            Assert.NotEmpty(whole.Kinds);
            Assert.Empty(whole.Notes);
        }
    }

    private static SongTags Tags(byte[] song) => SongFile.Read(new MemoryStream(song), "a.mp3").Tags;
}
