using Engine.Pipeline.Runs;
using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report.Sections;

/// <summary>What was trained on what, and how it was held out.</summary>
internal static class DataSection
{
    private const int MostGenres = 50, MostSkipped = 20;

    /// <summary>The section.</summary>
    public static Section Of(RunView view)
    {
        var (run, record) = (view.Run, view.Run.Record);
        return new("data", "Recipe and data",
            P(record.Recipe.Description),
            new Element("dl",
                Entry("Protocol", (run.Metrics.Protocol ?? record.Protocol) + "."),
                Entry("Trained on", Name(record.Data), $": {Amount(record.Rows)}."),
                run.IsOtherData ? Entry("Tested on", Name(run.Data), ".") : "",
                Entry("Genres", [.. Genres(record.Rows)])),
            run.Notes.Count == 0 ? null : new Element("ul", run.Notes.Select(n => new Element("li", n))).Class("notes"),
            Skipped(run));
    }

    private static Node Entry(string term, params IEnumerable<Node> text) =>
        Several(new Element("dt", term), new Element("dd", text));

    private static string Amount(IReadOnlyList<RunRow> rows)
    {
        var tracks = rows.Select(r => (r.Label, r.Track)).Distinct().Count();
        return Numbers.Count(tracks, "track") + (rows.Count > tracks ? $" in {Numbers.Count(rows.Count, "window")}" : "");
    }

    private static IEnumerable<Node> Genres(IReadOnlyList<RunRow> rows)
    {
        var genres = rows.GroupBy(r => r.Label).Select(g => (Genre: g.Key, Tracks: g.DistinctBy(r => r.Track).Count()))
            .OrderBy(g => g.Genre, StringComparer.Ordinal).ToArray();
        if (genres.Length > MostGenres)
        {
            yield return $"{Numbers.Text(genres.Length)} genres, {genres.Min(g => g.Tracks)} to {genres.Max(g => g.Tracks)} "
                + "tracks each.";
            yield break;
        }

        var isEven = genres.All(g => g.Tracks == genres[0].Tracks);
        if (isEven) yield return $"{Numbers.Count(genres.Length, "genre")}, {Numbers.Count(genres[0].Tracks, "track")} each: ";
        for (var g = 0; g < genres.Length; g++)
        {
            if (g > 0) yield return ", ";
            yield return Name(genres[g].Genre);
            if (!isEven) yield return $" {Numbers.Text(genres[g].Tracks)}";
        }

        yield return ".";
    }

    private static Element? Skipped(FinishedRun run)
    {
        if (run.Skipped.Count == 0) return null;
        var list = new Element("ul", run.Skipped.Take(MostSkipped).Select(s => new Element("li", s.Reason)));
        var more = run.Skipped.Count - MostSkipped;
        if (more > 0) list.Add(new Element("li", $"and {Numbers.Text(more)} more, listed in {RunFolder.RecordFile}"));
        return new Element("details",
            new Element("summary", $"{Numbers.Count(run.Skipped.Count, "recording")} skipped"), list);
    }
}
