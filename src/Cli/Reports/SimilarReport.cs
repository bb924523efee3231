using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Labelling;
using Engine.Pipeline.Exploring.Likeness;

namespace Engine.Cli.Reports;

/// <summary>Songs that are like one song, as a table, CSV, JSON or a playlist.</summary>
internal static class SimilarReport
{
    /// <summary>The text in a format; entries of a playlist are relative to <paramref name="folder"/>.</summary>
    public static string Of(
        string format, string song, IReadOnlyList<SimilarSong> found, string metric, string folder, Session session) =>
        format switch
        {
            "csv" => CsvText.Lines(found.Select((f, i) => (string[])[$"{i + 1}", CsvText.Number(f.Distance), f.Song.Name,
                f.Artist ?? ""]).Prepend(["rank", "distance", "song", "artist"])),
            "json" => Json(song, found, metric).ToJsonString(JsonText.Indented) + "\n",
            "m3u" => Playlist(found, folder, session.Warn),
            _ => Table(found).ToString(session.Layout),
        };

    private static string Playlist(IReadOnlyList<SimilarSong> found, string folder, Action<string> warn)
    {
        foreach (var song in found.Where(f => !PlaylistFile.CanHold(f.Song.FullPath!)))
            warn($"{song.Song.Name}: a playlist cannot hold a name with a line break; it is left out.");
        return PlaylistFile.Of(found.Select(f => f.Song.FullPath!).Where(PlaylistFile.CanHold)
            .Select(f => PlaylistFile.Entry(folder, f)));
    }

    private static TextTable Table(IReadOnlyList<SimilarSong> found)
    {
        var hasArtists = found.Any(f => f.Artist is not null);
        var table = hasArtists ? new TextTable(">distance", "song", "artist") : new TextTable(">distance", "song");
        foreach (var (song, distance, artist) in found)
        {
            var far = distance.ToString("0.000", CultureInfo.InvariantCulture);
            if (hasArtists) table.Add(far, song.Name, artist ?? "");
            else table.Add(far, song.Name);
        }

        return table;
    }

    private static JsonObject Json(string song, IReadOnlyList<SimilarSong> found, string metric) => new()
    {
        ["song"] = song,
        ["metric"] = metric,
        ["similar"] = new JsonArray([.. found.Select((f, i) => (JsonNode)new JsonObject
        {
            ["rank"] = i + 1,
            ["distance"] = f.Distance,
            ["song"] = f.Song.Name,
            ["artist"] = f.Artist,
        })]),
    };
}
