using Engine.Classifiers;
using Engine.Classifiers.Clustering;
using Engine.Tensors;

namespace Engine.Pipeline.Exploring.Likeness;

/// <summary>A song in a cluster.</summary>
/// <param name="Song">The song.</param>
/// <param name="Distance">How far it is from the cluster's centre.</param>
internal sealed record ClusteredSong(LibrarySong Song, double Distance);

/// <summary>The songs of a library in clusters of songs that are alike.</summary>
/// <param name="Clusters">The clusters, largest first; the songs of each, nearest to its centre first.</param>
/// <param name="Silhouette">
/// The mean silhouette, from -1 to 1: how much nearer songs are to their own cluster than to the next; null for a single cluster,
/// or where every song is one.
/// </param>
/// <param name="Measured">How many songs the silhouette is of.</param>
internal sealed record SongClusters(IReadOnlyList<IReadOnlyList<ClusteredSong>> Clusters, double? Silhouette, int Measured)
{
    // The silhouette compares every song with every other.
    private const int MostMeasured = 4000;

    /// <summary>Clusters a library by k-means.</summary>
    /// <exception cref="EngineException">There are fewer songs than clusters.</exception>
    public static SongClusters Of(SongLibrary library, int clusters, ulong seed, int threads)
    {
        if (clusters > library.Songs.Count)
            throw new EngineException($"{library.Source}: {library.Songs.Count} songs cannot be {clusters} clusters; lower --k.");
        var found = KMeans.Fit(library.Values, new() { Clusters = clusters, Seed = seed, Threads = threads });
        var groups = Enumerable.Range(0, library.Songs.Count)
            .Select(i => (Cluster: found.Labels[i], Song: new ClusteredSong(library.Songs[i], Distance(i))))
            .GroupBy(s => s.Cluster, s => s.Song)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key)
            .Select(g => (IReadOnlyList<ClusteredSong>)[.. g.OrderBy(s => s.Distance)]);
        var rows = Enumerable.Range(0, library.Songs.Count).ToArray();
        if (rows.Length > MostMeasured)
        {
            new RandomStream(seed, "silhouette").Shuffle(rows.AsSpan());
            rows = rows[..MostMeasured];
        }

        int[] labels = [.. rows.Select(r => found.Labels[r])];
        var kinds = labels.Distinct().Count();
        double? silhouette = kinds < 2 || kinds >= rows.Length ? null
            : ClusterMetrics.Silhouette(library.Values.Select(rows), labels);
        return new([.. groups], silhouette, rows.Length);

        double Distance(int song)
        {
            var sum = 0.0;
            for (var c = 0; c < found.Centers.Columns; c++)
            {
                var off = library.Values[song, c] - found.Centers[found.Labels[song], c];
                sum += off * off;
            }

            return Math.Sqrt(sum);
        }
    }
}
