using Engine.Classifiers.Evaluation.Names;
using Engine.Tensors;

namespace Engine.Classifiers.Evaluation;

/// <summary>
/// <c>artists</c>: no artist on both sides, as the data name them. Names are compared without regard to case, Unicode form and
/// spaces; artists who share a track (<c>Ann;Bob</c>) stay together. A track without an artist is a group of its own.
/// </summary>
internal static class ArtistSplit
{
    private const char Separator = ';';

    public static Fold Create(
        SplitSpec spec, List<Unit> tracks, IReadOnlyList<Sample> samples, RandomStream random, List<string> notes) =>
        GroupSplit.Create(spec, tracks, Groups(tracks, samples, notes), "artists", random);

    /// <summary>The group of each track.</summary>
    /// <exception cref="EngineException">The data name no artist.</exception>
    public static Dictionary<TrackId, string> Groups(List<Unit> tracks, IReadOnlyList<Sample> samples, List<string> notes)
    {
        var artists = tracks.ToDictionary(
            t => t.Track, t => t.Rows.SelectMany(r => Names(samples[r].Artist)).Distinct().ToArray());
        var unknown = tracks.Where(t => artists[t.Track].Length == 0).ToList();
        if (unknown.Count == tracks.Count)
        {
            throw new EngineException("Split: 'artists' needs to know the artists, which these data do not name: give a " +
                "manifest or table with a column such as 'artist' (--group-column names it); engine scan MUSIC --out songs.csv " +
                "makes one from tags.");
        }

        if (unknown.Count > 0)
        {
            notes.Add($"{unknown.Count} of {tracks.Count} tracks name no artist, such as {unknown[0].Track}: each counts as an " +
                "artist of its own");
        }

        var together = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var names in artists.Values)
        {
            for (var n = 1; n < names.Length; n++) Join(names[0], names[n]);
        }

        // No artist's name begins with a null character.
        return tracks.ToDictionary(
            t => t.Track, t => artists[t.Track] is [var first, ..] ? Root(first) : $"\0{t.Track}");

        string Root(string name)
        {
            var root = name;
            while (together.TryGetValue(root, out var above)) root = above;
            while (name != root)
            {
                var above = together[name];
                together[name] = root;
                name = above;
            }

            return root;
        }

        // The lower name represents both, whatever the order of the tracks.
        void Join(string one, string other)
        {
            (one, other) = (Root(one), Root(other));
            var order = string.CompareOrdinal(one, other);
            if (order != 0) together[order < 0 ? other : one] = order < 0 ? one : other;
        }
    }

    private static IEnumerable<string> Names(string? artists) =>
        (artists ?? "").Split(Separator).Select(Canonical).Where(n => n.Length > 0);

    // Upper case also unites the two forms of the Greek sigma.
    private static string Canonical(string name) =>
        string.Join(' ', Nfc.Compose(name).ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
