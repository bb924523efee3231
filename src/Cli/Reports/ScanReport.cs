using System.Text.Json.Nodes;
using Engine.Cli.Text;
using Engine.Pipeline.Checking;
using Engine.Pipeline.Data;
using Engine.Pipeline.Data.Scanning;

namespace Engine.Cli.Reports;

/// <summary>What a scan found: songs, artists, genres, what is missing, and what could not be read.</summary>
internal static class ScanReport
{
    private const int MostGenres = 40, MostNamed = 20;

    /// <summary>The report for people.</summary>
    public static string Of(string manifest, LibraryScan scan, Layout layout)
    {
        var (genres, artists) = (Genres(scan), Artists(scan));
        var text = new ReportText(layout);
        text.Raw($"{manifest}: {Counted.Of(scan.Songs.Count, "song")}, {Counted.Of(artists, "artist")}, "
            + Counted.Of(genres.Count, "genre"));
        if (genres.Count > 0)
        {
            var table = new TextTable("genre", ">songs");
            foreach (var (genre, songs) in genres.Take(MostGenres)) table.Add(genre, $"{songs}");
            text.Line().Table(table);
            if (genres.Count > MostGenres) text.Raw($"and {genres.Count - MostGenres} more");
        }

        string[] remarks = [.. Remarks(scan, genres)];
        if (remarks.Length > 0) text.Line();
        foreach (var remark in remarks) text.Paragraph(remark);
        if (scan.Unreadable.Count == 0) return text.ToString();
        var are = scan.Unreadable.Count == 1 ? "is" : "are";
        text.Line().Raw($"{Counted.Of(scan.Unreadable.Count, "file")} could not be read and {are} not in the manifest:");
        foreach (var file in scan.Unreadable.Take(MostNamed)) text.Raw($"  {Visible.Line(file.Reason)}");
        if (scan.Unreadable.Count > MostNamed) text.Raw($"  and {scan.Unreadable.Count - MostNamed} more; --json lists them all");
        return text.ToString();
    }

    /// <summary>The report for programs.</summary>
    public static string Json(string manifest, LibraryScan scan) => new JsonObject
    {
        ["manifest"] = manifest,
        ["songs"] = scan.Songs.Count,
        ["artists"] = Artists(scan),
        ["genres"] = new JsonObject(Genres(scan).Select(g => KeyValuePair.Create(g.Genre, (JsonNode?)g.Songs))),
        ["without_genre"] = scan.Songs.Count(s => s.Genre is null),
        ["without_artist"] = scan.Songs.Count(s => s.Artists.Count == 0),
        ["without_duration"] = scan.Songs.Count(s => s.Duration is null),
        ["seconds"] = Math.Round(scan.Songs.Sum(s => s.Duration ?? 0), 3),
        ["unreadable"] = new JsonArray([.. scan.Unreadable.Select(
            u => new JsonObject { ["path"] = u.Path, ["reason"] = u.Reason })]),
        ["notes"] = new JsonArray([.. scan.Songs.Where(s => s.Notes.Count > 0).Select(s => new JsonObject
        {
            ["path"] = s.Path,
            ["notes"] = new JsonArray([.. s.Notes.Select(n => (JsonNode)n)]),
        })]),
    }.ToJsonString(JsonText.Indented) + "\n";

    private static List<(string Genre, int Songs)> Genres(LibraryScan scan) =>
        [.. scan.Songs.Where(s => s.Genre is not null).GroupBy(s => s.Genre!).Select(g => (g.Key, g.Count()))
            .OrderByDescending(g => g.Item2).ThenBy(g => g.Key, StringComparer.Ordinal)];

    // As the split artists counts them: whatever their case, Unicode form and spaces.
    private static int Artists(LibraryScan scan) =>
        scan.Songs.SelectMany(s => s.Artists).Select(ArtistNames.Folded).Where(a => a.Length > 0).Distinct().Count();

    private static IEnumerable<string> Remarks(LibraryScan scan, List<(string Genre, int Songs)> genres)
    {
        var (noGenre, noArtist) = (scan.Songs.Count(s => s.Genre is null), scan.Songs.Count(s => s.Artists.Count == 0));
        if (noGenre > 0)
            yield return $"{Counted.Of(noGenre, "song")} without a genre: engine train leaves them out. Fill in the column "
                + "genre, or take it from the folders with --genre-from tag,folder.";
        if (noArtist > 0)
            yield return $"{Counted.Of(noArtist, "song")} without an artist: with --split artists each counts as an artist of "
                + "its own.";
        var several = scan.Songs.Count(s => s.Genres.Count > 1);
        if (several > 0)
            yield return $"{Counted.Of(several, "song")} with several genres: the first counts, the others are in the column "
                + "genres.";
        var alike = genres.GroupBy(g => ArtistNames.Folded(g.Genre)).Where(g => g.Count() > 1)
            .Select(g => string.Join(" and ", g.Select(v => v.Genre))).ToArray();
        if (alike.Length > 0)
            yield return $"Genres that differ only in case count as different: {string.Join("; ", alike.Take(MostNamed))}.";
        var broken = scan.Songs.Count(s => s.Notes.Count > 0);
        if (broken > 0)
            yield return $"{Counted.Of(broken, "song")} with a broken tag, read as far as it goes; --json lists them.";
        var unknown = scan.Songs.Count(s => s.Duration is null);
        if (unknown > 0)
            yield return $"{Counted.Of(unknown, "song")} whose headers do not tell how long they are; ffprobe, if it is "
                + "installed, tells of more formats.";
    }
}
