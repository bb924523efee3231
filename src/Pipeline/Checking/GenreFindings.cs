using System.Globalization;
using Engine.Classifiers.Evaluation;
using Engine.Pipeline.Data;

namespace Engine.Pipeline.Checking;

/// <summary>A track that a training can use, or not.</summary>
/// <param name="Id">The track.</param>
/// <param name="Label">Its genre.</param>
/// <param name="Artist">Its artists, several separated by <c>;</c>.</param>
/// <param name="IsUsable">Whether it counts as one of the genre.</param>
internal readonly record struct GenreTrack(TrackId Id, string Label, string? Artist, bool IsUsable = true);

/// <summary>What is wrong with the genres: their sizes, and artists in their place.</summary>
internal static class GenreFindings
{
    /// <summary>Genres below this are tiny: the usual fifth tests one or two of them.</summary>
    public const int Few = 10;

    /// <summary>The largest genre over the smallest from which they are unequal.</summary>
    public const double Unequal = 10;

    // Of fewer songs, one artist may well have most.
    private const int LeastOfArtist = 5;

    // So many folders, most of them with fewer songs than this, are no genres.
    private const int ManyFolders = 20, FewSongs = 5;
    private const int MostNamed = 4;

    /// <summary>How many usable tracks each genre has, by name.</summary>
    public static (string Genre, int Tracks)[] Sizes(IEnumerable<GenreTrack> tracks) =>
    [
        .. tracks.GroupBy(t => t.Label)
            .Select(g => (g.Key, g.Where(t => t.IsUsable).Select(t => t.Id).Distinct().Count()))
            .OrderBy(g => g.Key, StringComparer.Ordinal),
    ];

    /// <summary>The findings among tracks.</summary>
    /// <param name="tracks">The tracks.</param>
    /// <param name="folders">The folders of each, with the file at the end; null if no folder names the genre.</param>
    public static IEnumerable<Finding> Of(IReadOnlyList<GenreTrack> tracks, IReadOnlyList<string[]>? folders)
    {
        var sizes = Sizes(tracks);
        var byGenre = tracks.ToLookup(t => t.Label);
        var artists = sizes.Select(s => s.Genre).Where(g => IsArtist(byGenre[g], g)).ToHashSet();
        return
        [
            .. Finding.Of(FindingKind.ArtistsAsGenres,
                [.. artists.Order(StringComparer.Ordinal).Select(Artist), .. ManyTinyFolders(sizes), .. Nested(tracks, folders)]),
            .. Finding.Of(FindingKind.TinyGenres, sizes.Where(s => s.Tracks < Few).Select(Tiny)),
            .. Finding.Of(FindingKind.UnequalGenres, Uneven(sizes) is { } text ? [new([], text)] : []),
            .. Finding.Of(FindingKind.OneArtist,
                sizes.Where(s => !artists.Contains(s.Genre)).SelectMany(s => Most(byGenre[s.Genre], s.Genre))),
        ];

        static FoundItem Artist(string genre) => new([], $"{genre} is the artist of most of its songs, by their tags", 1);
        static FoundItem Tiny((string Genre, int Tracks) size) =>
            new([], $"{size.Genre} has {Counted.Of(size.Tracks, "track")}", -size.Tracks);
    }

    /// <summary>How unequal the genres are, or null if that is no finding.</summary>
    public static string? Uneven(IReadOnlyList<(string Genre, int Tracks)> sizes)
    {
        if (sizes.Count < 2) return null;
        var (least, most) = (sizes.MinBy(s => s.Tracks), sizes.MaxBy(s => s.Tracks));
        return most.Tracks <= Unequal * least.Tracks ? null : string.Create(CultureInfo.InvariantCulture,
            $"{most.Genre} has {Counted.Of(most.Tracks, "track")}, {least.Genre} {least.Tracks}");
    }

    private static bool IsArtist(IEnumerable<GenreTrack> tracks, string genre)
    {
        var name = ArtistNames.Folded(genre);
        var named = tracks.Select(t => ArtistNames.Of(t.Artist)).Where(a => a.Length > 0).ToArray();
        return named.Length > 0 && 2 * named.Count(a => a.Contains(name)) > named.Length;
    }

    private static IEnumerable<FoundItem> ManyTinyFolders((string Genre, int Tracks)[] sizes)
    {
        var few = sizes.Count(s => s.Tracks < FewSongs);
        if (sizes.Length >= ManyFolders && 2 * few > sizes.Length)
            yield return new([], $"{few} of {sizes.Length} genres have fewer than {FewSongs} songs", 2);
    }

    // Genre/Artist/song with the artists taken for genres: each lies below one folder, and those are fewer.
    private static IEnumerable<FoundItem> Nested(IReadOnlyList<GenreTrack> tracks, IReadOnlyList<string[]>? folders)
    {
        if (folders is null) yield break;
        var above = tracks.Zip(folders).Where(t => t.Second.Length >= 3 && GenreFolders.Label(t.Second[^2]) == t.First.Label)
            .Select(t => (t.First.Label, Upper: t.Second[^3])).Distinct().ToArray();
        string[] uppers = [.. above.Select(a => a.Upper).Distinct().Order(StringComparer.Ordinal)];
        var labels = above.Select(a => a.Label).Distinct().Count();
        if (uppers.Length < 2 || labels != above.Length || labels < 2 * uppers.Length) yield break;
        yield return new([], $"the {labels} genres lie within {Counted.Of(uppers.Length, "folder")} that may be the genres: " +
            $"{string.Join(", ", uppers.Take(MostNamed))}{(uppers.Length > MostNamed ? ", …" : "")}", 3);
    }

    private static IEnumerable<FoundItem> Most(IEnumerable<GenreTrack> tracks, string genre)
    {
        var artists = tracks.GroupBy(t => t.Id)
            .Select(g => g.SelectMany(t => (t.Artist ?? "").Split(';', StringSplitOptions.TrimEntries))
                .DistinctBy(ArtistNames.Folded).Where(a => a.Length > 0).ToArray()).ToArray();
        if (artists.Length < LeastOfArtist) yield break;
        var first = artists.SelectMany(a => a).GroupBy(ArtistNames.Folded).MaxBy(g => g.Count());
        if (first is null || 2 * first.Count() <= artists.Length) yield break;
        yield return new([], $"{first.First()} has {first.Count()} of the {artists.Length} tracks of {genre}",
            (double)first.Count() / artists.Length);
    }
}
