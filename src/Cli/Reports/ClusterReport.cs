using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Labelling;
using Engine.Cli.Text;
using Engine.Pipeline.Exploring.Likeness;

namespace Engine.Cli.Reports;

/// <summary>Clusters of songs, as a table, CSV or JSON.</summary>
internal static class ClusterReport
{
    // Songs nearest to a centre, by which a cluster is known.
    private const int Exemplars = 3;

    /// <summary>For people: the size of each cluster, its most typical songs, and the silhouette.</summary>
    public static string Of(SongClusters found, Layout layout)
    {
        var table = new TextTable(">cluster", ">songs", "most typical");
        for (var c = 0; c < found.Clusters.Count; c++)
        {
            table.Add($"{c + 1}", $"{found.Clusters[c].Count}",
                string.Join(", ", found.Clusters[c].Take(Exemplars).Select(s => s.Song.Name)));
        }

        var text = new ReportText(layout);
        text.Field("silhouette", found.Silhouette is not { } value ? "none: it needs several clusters of several songs"
            : string.Create(CultureInfo.InvariantCulture, $"{value:0.000}, from -1 to 1: how much nearer songs are to their own ")
            + $"cluster than to the next{(IsSample(found) ? $" ({found.Measured} songs at random)" : "")}");
        return $"{table.ToString(layout)}\n{text}";
    }

    /// <summary>A line for each song.</summary>
    public static string Csv(SongClusters found) => CsvText.Lines(found.Clusters.SelectMany((songs, c) => songs.Select(
        s => (string[])[s.Song.Name, $"{c + 1}", CsvText.Number(s.Distance)])).Prepend(["song", "cluster", "distance"]));

    /// <summary>Everything.</summary>
    public static string Json(SongClusters found) => new JsonObject
    {
        ["silhouette"] = found.Silhouette,
        ["measured"] = found.Measured,
        ["clusters"] = new JsonArray([.. found.Clusters.Select((songs, c) => (JsonNode)new JsonObject
        {
            ["cluster"] = c + 1,
            ["songs"] = new JsonArray([.. songs.Select(s => (JsonNode)new JsonObject
            {
                ["song"] = s.Song.Name,
                ["distance"] = s.Distance,
            })]),
        })]),
    }.ToJsonString(JsonText.Indented) + "\n";

    private static bool IsSample(SongClusters found) => found.Measured < found.Clusters.Sum(c => c.Count);
}
