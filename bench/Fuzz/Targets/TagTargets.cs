using Engine.Dsp.Audio;
using Engine.Dsp.Tags;
using Engine.Dsp.Tags.Writing;
using Engine.Fuzzing.Mutation;
using static Engine.Fuzzing.Targets.SongBytes;

namespace Engine.Fuzzing.Targets;

/// <summary>Music files whose tags are read: what is broken is a note, and values are what a reader may expect.</summary>
internal sealed class TagTarget(string name) : Target(name)
{
    private const string File = "fuzz.mp3";

    public static IReadOnlyList<byte[]> Songs { get; } =
    [
        [.. Id3(3, [.. TextFrame(3, "TPE1", "Ann"), .. Frame(3, "APIC", Filled(300)), .. TextFrame(3, "TCON", "(17)Rock", 1)],
            padding: 50), .. Mpeg(5), .. Ape(("Genre", "Pop"), ("Artist", "Bob")), .. Id3v1("T", "A", "B", "1999", 3, 17)],
        [.. Id3(4, [.. TextFrame(4, "TCON", "17\0Pop", 3), .. TextFrame(4, "TIT2", new('x', 200), 2)], 0x80),
            .. MpegWithXing(4, 576, 100)],
        [.. Id3(4, [.. SongBytes.Safe(6), 1, 0, .. TextFrame(4, "TDRC", "2001-02-03")], 0x50), .. Mpeg(3)],
        [.. Id3(2, [.. TextFrame(2, "TCO", "(8)"), .. TextFrame(2, "TP1", "Ann", 1)], 0x80), .. Mpeg(3)],
        Flac((4, Comments("ARTIST=Ann", "genre=Rock", "GENRE=Pop", "DATE=2001")), (1, new byte[40])),
        [.. Id3(3, TextFrame(3, "TALB", "B")), .. Flac()],
        Vorbis(Comments("ARTIST=Ann", "GENRE=Rock", "METADATA_BLOCK_PICTURE=" + new string('p', 300))),
        Opus(Comments("ARTIST=Ann", "GENRE=Rock")), OggFlac(Comments("GENRE=Rock")),
        Wav(Info(("IART", "Ann"), ("IGNR", "Rock")), Chunk("id3 ", Id3(3, TextFrame(3, "TCON", "Jazz")))),
        Aiff(Chunk("NAME", [.. "Song"u8], true), Chunk("ID3 ", Id3(4, TextFrame(4, "TCON", "Jazz")), true)),
        Mp4(Item("©ART", "Ann"), Item("gnre", [0, 18], 0), Item("trkn", [0, 0, 0, 3, 0, 9], 0), Item("©gen", "Rock")),
    ];

    public static IMutation Mutations { get; } = new ByteMutation(
        "ID3\u0003\0", "ID3\u0004\0", "TCON", "TPE1", "3DI", "TAG", "APETAGEX", "fLaC", "OggS\0", "GENRE=", "LIST", "INFO",
        "id3 ", "ID3 ", "COMM", "moov", "udta", "meta", "ilst", "data", "gnre", "LYRICS200", "Xing", "\0\0\0\0");

    public override IReadOnlyList<byte[]> Seeds => Songs;

    public override IMutation Mutation => Mutations;

    public override string InputName => File;

    // Values are decoded, trimmed and compared; a chunk of eight bytes is an object.
    public override double AllocationPerByte => 48;

    // Two of the largest Ogg pages are looked through for the last granule.
    public override long AllocationBase => 1 << 19;

    public override bool IsDocumented(Exception e) => e is AudioFormatException;

    public override object Parse(byte[] bytes) => SongFile.Read(new MemoryStream(bytes), File);

    public override void Check(object parsed)
    {
        var (tags, audio) = (SongFile)parsed;
        string?[] texts = [.. tags.Artists, .. tags.Genres, tags.Album, tags.AlbumArtist, tags.Title];
        Require(texts.All(t => t is null || t.Length is > 0 and <= TagLimits.Text && t == t.Trim()), "a value is not trimmed");
        Require(tags.Genres.Distinct().Count() == tags.Genres.Count, "a genre is listed twice");
        Require(tags.Notes.Count <= TagLimits.Notes, "there are more notes than allowed");
        Require(audio.Duration is null or >= 0 and < double.PositiveInfinity, "the duration is not one");
        Require(audio.SampleRate is null || AudioProperties.IsPlausible(audio.SampleRate.Value, audio.Channels ?? 1),
            "the sample rate is not plausible");
    }
}

/// <summary>Tags that are edited: the audio stays as it is, the genre reads back, and the old one can be put back.</summary>
internal sealed class TagEditTarget(string name) : Target(name)
{
    private const string File = "fuzz.mp3";

    // MP4 is ffmpeg's.
    public override IReadOnlyList<byte[]> Seeds { get; } = [.. TagTarget.Songs.SkipLast(1)];

    public override IMutation Mutation => TagTarget.Mutations;

    public override string InputName => File;

    public override double AllocationPerByte => 200;

    public override long AllocationBase => 1 << 20;

    public override bool IsDocumented(Exception e) => e is TagException;

    public override object Parse(byte[] bytes)
    {
        var changed = Written(bytes, StoredGenre.Literal("Música (17)"), out var old);
        var restored = Written(changed, StoredGenre.Parse(old.ToString()), out _);
        return (bytes, changed, restored, old);
    }

    public override void Check(object parsed)
    {
        var (bytes, changed, restored, old) = ((byte[], byte[], byte[], StoredGenre))parsed;
        var hash = AudioHash.Of(new FileBytes(new MemoryStream(bytes)), File);
        Require(hash.SequenceEqual(AudioHash.Of(new FileBytes(new MemoryStream(changed)), File)), "the audio has changed");
        Require(hash.SequenceEqual(AudioHash.Of(new FileBytes(new MemoryStream(restored)), File)), "the audio was not restored");
        var again = GenreEdit.Open(new FileBytes(new MemoryStream(restored)), File).Old;
        Require(again.Equals(old), $"the genre was {old} and is {again}");
    }

    private static byte[] Written(byte[] bytes, StoredGenre genre, out StoredGenre old)
    {
        var file = new FileBytes(new MemoryStream(bytes));
        var edit = GenreEdit.Open(file, File);
        old = edit.Old;
        var to = new MemoryStream();
        foreach (var piece in edit.With(edit.Wanted(genre))) piece.CopyTo(file, to);
        return to.ToArray();
    }
}
