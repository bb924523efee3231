namespace Engine.Pipeline.Data.Tables;

/// <summary>
/// Finds tracks that a table lists under several genres. Whichever were taken would be wrong half of the time, and on both sides
/// of a split they would tell the answer, so they are left out.
/// </summary>
internal static class TwoGenres
{
    /// <summary>The indices of the rows to keep; a warning describes the others.</summary>
    /// <param name="source">The table, for the warning.</param>
    /// <param name="rows">Each row's track and genre; null for rows whose track is not identified.</param>
    /// <param name="warn">Receives the warning.</param>
    public static int[] LeaveOut(string source, IReadOnlyList<(string Track, string Label)?> rows, Action<string>? warn)
    {
        var several = rows.OfType<(string Track, string Label)>().GroupBy(r => r.Track)
            .Select(g => (Track: g.Key, Genres: g.Select(r => r.Label).Distinct().Order(StringComparer.Ordinal).ToArray()))
            .Where(g => g.Genres.Length > 1).ToDictionary(g => g.Track, g => g.Genres);
        int[] kept = [.. Enumerable.Range(0, rows.Count).Where(i => rows[i] is not { } row || !several.ContainsKey(row.Track))];
        if (several.Count == 0) return kept;
        var example = several.First();
        var gone = rows.OfType<(string Track, string Label)>().Select(r => r.Label)
            .Except(kept.Select(i => rows[i]?.Label)).OfType<string>().Order(StringComparer.Ordinal).ToArray();
        warn?.Invoke($"{source}: left out {Counted.Of(several.Count, "track")} ({rows.Count - kept.Length} of {rows.Count} " +
            $"rows) listed under several genres, such as {example.Key} under {string.Join(" and ", example.Value)}: a track " +
            "has one genre" + (gone.Length > 0 ? $"; none is left of {string.Join(", ", gone)}" : ""));
        return kept;
    }
}
