namespace Engine.Pipeline.Data.Scanning;

/// <summary>A song of a library: a row of its manifest.</summary>
/// <param name="Path">The file, as found below the folder that was given.</param>
/// <param name="Genres">Its genres in composed Unicode with single spaces, the one that counts first; empty if unknown.</param>
/// <param name="Artists">Its artists as the tag has them, or the album's artist if it has none; empty if unknown.</param>
/// <param name="Album">Its album, or null.</param>
/// <param name="Title">Its title, or null.</param>
/// <param name="Duration">Seconds, or null if its headers do not tell.</param>
/// <param name="SampleRate">Samples per second, or null if its headers do not tell.</param>
/// <param name="Channels">Channels, or null if its headers do not tell.</param>
/// <param name="Format">The format; empty if unknown.</param>
/// <param name="Notes">What is broken in its tags.</param>
internal sealed record ScannedSong(
    string Path, IReadOnlyList<string> Genres, IReadOnlyList<string> Artists, string? Album, string? Title, double? Duration,
    int? SampleRate, int? Channels, string Format, IReadOnlyList<string> Notes)
{
    /// <summary>The genre: the first of <see cref="Genres"/>, or null.</summary>
    public string? Genre => Genres.Count > 0 ? Genres[0] : null;
}

/// <summary>A file that could not be read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">Why, as a sentence that names it.</param>
internal sealed record UnreadableSong(string Path, string Reason);
