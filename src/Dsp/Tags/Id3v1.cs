using System.Text;

namespace Engine.Dsp.Tags;

/// <summary>
/// The last 128 bytes of many MP3 files: fields of fixed width in Latin-1, the genre a number. Version 1.1 keeps the track's
/// number in the last two bytes of the comment. Source: id3.org, "ID3v1".
/// </summary>
internal static class Id3v1
{
    /// <summary>Bytes of a tag.</summary>
    public const int Size = 128;

    /// <summary>Where in it the genre's number is.</summary>
    public const int GenreAt = 127;

    private const int TitleAt = 3, ArtistAt = 33, AlbumAt = 63, YearAt = 93, Text = 30, YearText = 4, ZeroAt = 125, TrackAt = 126;

    /// <summary>Where the tag of a file starts, or the file's length if it has none.</summary>
    public static long Start(FileBytes file)
    {
        Span<byte> mark = stackalloc byte[3];
        var at = file.Length - Size;
        return at >= 0 && file.Fill(at, mark) && mark.SequenceEqual("TAG"u8) ? at : file.Length;
    }

    /// <summary>Reads the tag, if there is one.</summary>
    public static void Read(FileBytes file, TagCollector to)
    {
        Span<byte> tag = stackalloc byte[Size];
        if (Start(file) is var at && at == file.Length || !file.Fill(at, tag)) return;
        to.Begin(tag[ZeroAt] == 0 && tag[TrackAt] != 0 ? "ID3v1.1" : "ID3v1");
        to.Add(TagField.Title, Latin(tag.Slice(TitleAt, Text)));
        to.Add(TagField.Artist, Latin(tag.Slice(ArtistAt, Text)));
        to.Add(TagField.Album, Latin(tag.Slice(AlbumAt, Text)));
        to.Add(TagField.Year, Latin(tag.Slice(YearAt, YearText)));
        if (tag[ZeroAt] == 0 && tag[TrackAt] != 0) to.Add(TagField.Track, $"{tag[TrackAt]}");
        if (Id3Genres.NameOf(tag[GenreAt]) is { } genre) to.Add(TagField.Genre, genre);
    }

    private static string Latin(ReadOnlySpan<byte> field) =>
        Encoding.Latin1.GetString(field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field);
}
