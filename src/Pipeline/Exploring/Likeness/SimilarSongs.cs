using Engine.Classifiers;
using Engine.Classifiers.Knn;

namespace Engine.Pipeline.Exploring.Likeness;

/// <summary>A song that is like another.</summary>
/// <param name="Song">The song.</param>
/// <param name="Distance">How far it is from the other.</param>
/// <param name="Artist">Its artists; null if unknown, or nobody asked.</param>
internal sealed record SimilarSong(LibrarySong Song, double Distance, string? Artist);

/// <summary>Finds the songs of a library that are nearest to one song.</summary>
internal static class SimilarSongs
{
    /// <summary>The nearest songs, nearest first; ties in the order of the library.</summary>
    /// <param name="library">The library.</param>
    /// <param name="query">The song's standardised features.</param>
    /// <param name="isItself">Tells the song itself, which is left out.</param>
    /// <param name="metric">The distance.</param>
    /// <param name="top">How many songs.</param>
    /// <param name="artist">
    /// If not null, at most one song of each artist, and none by this one; songs without a known artist all count. Empty if the
    /// song's own artist is unknown.
    /// </param>
    public static IReadOnlyList<SimilarSong> Find(
        SongLibrary library, FeatureMatrix query, Func<LibrarySong, bool> isItself, KnnMetric metric, int top, string? artist)
    {
        var search = new KnnClassifier(new(K: 1, Metric: metric)) { Threads = 1 };
        search.Fit(library.Values, new int[library.Songs.Count], classes: 1);
        // Most songs that are left out are among the next few: the search is repeated for more only where they are not.
        for (var k = Math.Min(library.Songs.Count, top + 1); ; k = (int)Math.Min(library.Songs.Count, 4L * k))
        {
            var found = search.Neighbors(query, k);
            var songs = Choose(library, found, isItself, top, artist);
            if (songs.Count == top || k == library.Songs.Count) return songs;
        }
    }

    private static List<SimilarSong> Choose(
        SongLibrary library, KnnNeighbors found, Func<LibrarySong, bool> isItself, int top, string? artist)
    {
        var (songs, artists) = (new List<SimilarSong>(), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        if (!string.IsNullOrWhiteSpace(artist)) artists.Add(artist.Trim());
        for (var i = 0; i < found.K && songs.Count < top; i++)
        {
            var song = library.Songs[found.Indices[i]];
            if (isItself(song)) continue;
            var by = artist is null ? null : song.FindArtist();
            if (!string.IsNullOrWhiteSpace(by) && !artists.Add(by.Trim())) continue;
            songs.Add(new(song, found.Distances[0, i], by));
        }

        return songs;
    }
}
