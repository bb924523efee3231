namespace Engine.Dsp.Tags;

/// <summary>
/// What the tags of a music file say. A file may carry several tags; of each field, the first tag that has it counts: the
/// format's own (Vorbis comments, MP4 atoms, ID3v2), then APEv2, then what older programs left: <c>INFO</c>, <c>NAME</c> and
/// <c>AUTH</c> chunks, and ID3v1 last, since it cuts text at 30 characters.
/// </summary>
/// <remarks>
/// Text that claims to be Latin-1 is decoded as Latin-1, also where a program wrote another 8-bit encoding under that name.
/// Text without such a claim (<c>INFO</c>, <c>NAME</c>, <c>AUTH</c>) is UTF-8 if it is valid as such, else Latin-1.
/// </remarks>
public sealed record SongTags
{
    /// <summary>The artist: the first of <see cref="Artists"/>, or null.</summary>
    public string? Artist => Artists.Count > 0 ? Artists[0] : null;

    /// <summary>Every artist, as the tag lists them. A name such as "A feat. B" is not taken apart.</summary>
    public IReadOnlyList<string> Artists { get; init; } = [];

    /// <summary>The artist of the whole album, or null.</summary>
    public string? AlbumArtist { get; init; }

    /// <summary>The album, or null.</summary>
    public string? Album { get; init; }

    /// <summary>The title, or null.</summary>
    public string? Title { get; init; }

    /// <summary>The genre: the first of <see cref="Genres"/>, or null.</summary>
    public string? Genre => Genres.Count > 0 ? Genres[0] : null;

    /// <summary>Every genre, in the tag's order; ID3's numbers as names.</summary>
    public IReadOnlyList<string> Genres { get; init; } = [];

    /// <summary>The year, or null.</summary>
    public int? Year { get; init; }

    /// <summary>The number of the track on its album, or null.</summary>
    public int? Track { get; init; }

    /// <summary>The kinds of tag that hold something, such as <c>ID3v2.3</c>, in their order of precedence.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>What is broken in the tags, or was passed over.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
