namespace Engine.Dsp.Tags;

/// <summary>Reads ID3v2 tags, wherever in a file they are.</summary>
internal static class Id3v2
{
    /// <summary>The genre's frame, by version.</summary>
    public static string GenreFrame(int version) => version == 2 ? "TCO" : "TCON";

    /// <summary>Reads the tag at a position, if there is one.</summary>
    public static void Read(FileBytes file, long at, TagCollector to)
    {
        if (Id3Header.At(file, at) is not { } header) return;
        to.Begin($"ID3v2.{header.Version}");
        if (header.IsCompressed)
        {
            to.Note("the ID3v2.2 tag is compressed and was passed over");
            return;
        }

        var frames = new Id3Frames(file, at, header, to.Note);
        for (var count = 0; frames.MoveNext(); count++)
        {
            if (count == TagLimits.Parts)
            {
                to.Note($"the ID3v2 tag has more than {TagLimits.Parts} frames");
                return;
            }

            if (Field(frames.Current.Id) is not { } field || frames.ReadContent() is not { } content) continue;
            var values = TagText.Id3Values(content);
            to.Add(field, field == TagField.Genre ? values.SelectMany(Id3Genres.Parse) : values);
        }
    }

    private static TagField? Field(string id) => id switch
    {
        "TPE1" or "TP1" => TagField.Artist,
        "TPE2" or "TP2" => TagField.AlbumArtist,
        "TALB" or "TAL" => TagField.Album,
        "TIT2" or "TT2" => TagField.Title,
        "TCON" or "TCO" => TagField.Genre,
        "TDRC" or "TYER" or "TYE" => TagField.Year,
        "TRCK" or "TRK" => TagField.Track,
        _ => null,
    };
}
