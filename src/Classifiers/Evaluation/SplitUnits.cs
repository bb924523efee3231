using System.ComponentModel;
using Engine.Tensors;

namespace Engine.Classifiers.Evaluation;

/// <summary>
/// Rows that stay together: those of a track, or a single window. <paramref name="Window"/> is that of the first row.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record Unit(TrackId Track, string Genre, int Window, int[] Rows);

/// <summary>Groups rows into units to split, in an order independent of the rows' order, and draws from them.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class SplitUnits
{
    /// <summary>The tracks in ordinal order, each with its rows in window order.</summary>
    public static List<Unit> Tracks(IReadOnlyList<Sample> samples)
    {
        var order = Enumerable.Range(0, samples.Count).ToArray();
        Array.Sort(order, (a, b) =>
        {
            var byTrack = samples[a].Track.CompareTo(samples[b].Track);
            return byTrack != 0 ? byTrack : samples[a].Window.CompareTo(samples[b].Window);
        });
        var tracks = new List<Unit>();
        for (int start = 0, end; start < order.Length; start = end)
        {
            var first = samples[order[start]];
            for (end = start + 1; end < order.Length && samples[order[end]].Track == first.Track; end++)
            {
                var (sample, before) = (samples[order[end]], samples[order[end - 1]]);
                if (sample.Genre != first.Genre)
                    throw new EngineException(
                        $"Split: track '{first.Track}' is labelled '{first.Genre}' and '{sample.Genre}'; a track has one genre.");
                if (sample.Window == before.Window)
                {
                    throw new EngineException($"Split: track '{first.Track}', window {sample.Window} appears twice.");
                }
            }

            tracks.Add(new Unit(first.Track, first.Genre, first.Window, order[start..end]));
        }

        return tracks;
    }

    /// <summary>The units of each genre, genres in ordinal order.</summary>
    public static List<KeyValuePair<string, List<Unit>>> ByGenre(IEnumerable<Unit> units)
    {
        var genres = new SortedDictionary<string, List<Unit>>(StringComparer.Ordinal);
        foreach (var unit in units)
        {
            if (!genres.TryGetValue(unit.Genre, out var list)) genres.Add(unit.Genre, list = []);
            list.Add(unit);
        }

        return [.. genres];
    }

    /// <summary>
    /// How many units of each genre to test: proportional, by the largest remainder method, so the total is right and each genre
    /// is within one of its share; at least one unit on each side.
    /// </summary>
    public static int[] TestCounts(int[] sizes, double share)
    {
        var counts = sizes.Select(n => (int)(n * share)).ToArray();
        var missing = (int)Math.Round(sizes.Sum() * share, MidpointRounding.AwayFromZero) - counts.Sum();
        var byRemainder = Enumerable.Range(0, sizes.Length).OrderByDescending(g => sizes[g] * share - counts[g]);
        foreach (var g in byRemainder.Take(missing)) counts[g]++;
        for (var g = 0; g < counts.Length; g++) counts[g] = Math.Clamp(counts[g], 1, sizes[g] - 1);
        return counts;
    }

    /// <summary>One stratified draw.</summary>
    public static Fold Draw(IReadOnlyList<KeyValuePair<string, List<Unit>>> genres, double share, RandomStream random)
    {
        var counts = TestCounts([.. genres.Select(g => g.Value.Count)], share);
        var (train, test) = (new List<Unit>(), new List<Unit>());
        for (var g = 0; g < counts.Length; g++)
        {
            var shuffled = Shuffled(genres[g].Value, random);
            test.AddRange(shuffled[..counts[g]]);
            train.AddRange(shuffled[counts[g]..]);
        }

        return ToFold(train, [], test);
    }

    /// <summary>A shuffled copy.</summary>
    public static Unit[] Shuffled(List<Unit> units, RandomStream random)
    {
        var shuffled = units.ToArray();
        random.Shuffle(shuffled.AsSpan());
        return shuffled;
    }

    /// <summary>The rows of the units, each side ordered by track and window.</summary>
    public static Fold ToFold(IEnumerable<Unit> train, IEnumerable<Unit> valid, IEnumerable<Unit> test) =>
        new(Rows(train), Rows(valid), Rows(test));

    private static int[] Rows(IEnumerable<Unit> units) =>
        [.. units.OrderBy(u => u.Track).ThenBy(u => u.Window).SelectMany(u => u.Rows)];
}
