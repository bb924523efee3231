using Engine.Pipeline.Data;
using Engine.Pipeline.Fitting;

namespace Engine.Pipeline.Checking;

/// <summary>What a training knows of its data's faults without reading them again, in one line.</summary>
internal static class CheckSummary
{
    // More names would fill the line.
    private const int MostGenres = 2;

    /// <summary>The line, or null if nothing is worth a look.</summary>
    /// <param name="rows">The rows that a training has read.</param>
    /// <param name="sampleRate">The rate of <see cref="LabelledRow.Length"/> in a row with a sound.</param>
    /// <param name="hop">Samples from one row of a recording to the next; null: it is one row.</param>
    public static string? Of(LabelledRows rows, int sampleRate, int? hop = null)
    {
        string[] parts = [.. Copies(rows.Rows), .. Genres(rows.Rows), .. Sounds(rows.Rows, sampleRate, hop)];
        return parts.Length == 0 ? null : string.Join(", ", parts);
    }

    private static IEnumerable<string> Copies(IReadOnlyList<LabelledRow> rows)
    {
        var copies = rows.GroupBy(r => (r.Sound?.Digest, r.Sound is null ? r.Digest : ""))
            .Count(g => g.Select(r => r.Label).Distinct().Count() > 1);
        if (copies > 0) yield return $"{Counted.Of(copies, "duplicate")} across genres";
    }

    private static IEnumerable<string> Genres(IReadOnlyList<LabelledRow> rows)
    {
        var sizes = GenreFindings.Sizes(rows.Select(r => new GenreTrack(r.Track, r.Label, null)));
        var tiny = sizes.Where(s => s.Tracks < GenreFindings.Few).OrderBy(s => s.Tracks).ToArray();
        if (tiny.Length > MostGenres) yield return $"{tiny.Length} genres have fewer than {GenreFindings.Few} tracks";
        else
            foreach (var (genre, tracks) in tiny) yield return $"genre {genre} has {Counted.Of(tracks, "track")}";
        if (tiny.Length == 0 && GenreFindings.Uneven(sizes) is { } uneven) yield return uneven;
    }

    private static IEnumerable<string> Sounds(IReadOnlyList<LabelledRow> rows, int sampleRate, int? hop)
    {
        // Windows of one file are one recording.
        var files = rows.GroupBy(r => (r.Path, r.Label)).Select(g => (First: g.First(), Windows: g.Count())).ToArray();
        var damaged = files.Count(f => f.First.IsDamaged);
        if (damaged > 0) yield return $"{damaged} damaged";
        var brief = files.Count(f => f.First.Sound is not null && IsBrief(f.First, f.Windows));
        if (brief > 0) yield return $"{brief} shorter than {CheckOptions.DefaultShortest} s";
        double[] bands = [.. files.Where(f => f.First.Sound is not null).Select(f => (double)f.First.Sound!.Value.Bandwidth)];
        var limits = new BandLimits(bands);
        var narrow = bands.Count(limits.IsLimited);
        if (narrow > 0) yield return $"{narrow} band-limited";

        // What is left after the last window is less than a hop.
        bool IsBrief(LabelledRow row, int windows) => hop is { } step
            ? row.Length + (long)windows * step <= CheckOptions.DefaultShortest * sampleRate
            : row.Length < CheckOptions.DefaultShortest * sampleRate;
    }
}
