using System.Text;
using System.Text.Json;
using Engine.Pipeline.Runs;
using Engine.Plots.Report.Html;

namespace Engine.Plots.Report;

/// <summary>
/// The songs of each cell of the confusion matrix as JSON for the page's script: the surest first, and no more of a cell than
/// keeps the page small.
/// </summary>
internal sealed class SongData : Node
{
    private const int MostBytes = 800_000;

    private readonly byte[] _json;

    /// <summary>Gathers the songs.</summary>
    /// <param name="view">The run.</param>
    /// <param name="places">The row and column of each genre.</param>
    public SongData(RunView view, IReadOnlyDictionary<string, int> places)
    {
        TestedSong[][] cells = [.. view.Songs.Where(s => places.ContainsKey(s.Label) && places.ContainsKey(s.Predicted))
            .GroupBy(s => (places[s.Label], places[s.Predicted])).OrderBy(g => g.Key)
            .Select(g => g.OrderByDescending(s => s.Confidence).ThenBy(s => s.Name, StringComparer.Ordinal).ThenBy(s => s.Round)
                .ToArray())];
        var most = cells.Max(c => c.Length);
        for (_json = Write(view, places, cells, most); _json.Length > MostBytes && most > 1;)
        {
            most = Math.Max(1, Math.Min(most / 2, (int)((long)most * MostBytes / _json.Length)));
            _json = Write(view, places, cells, most);
        }
    }

    // The encoder escapes <, > and &, so that no name ends the element.
    /// <inheritdoc/>
    public override void Write(StringBuilder html) => html.Append("<script type=\"application/json\" id=\"song-data\">")
        .Append(Encoding.UTF8.GetString(_json)).Append("</script>\n");

    private static byte[] Write(RunView view, IReadOnlyDictionary<string, int> places, TestedSong[][] cells, int most)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("unit", view.Unit);
            json.WriteString("confidence", view.Confidence);
            json.WriteBoolean("rounds", view.Run.Rounds > 1);
            json.WriteStartArray("cells");
            foreach (var cell in cells)
            {
                json.WriteStartObject();
                json.WriteNumber("row", places[cell[0].Label]);
                json.WriteNumber("column", places[cell[0].Predicted]);
                json.WriteNumber("count", cell.Length);
                json.WriteStartArray("songs");
                foreach (var song in cell.Take(most)) Write(json, view, song);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    // Name, probability, round, and the file where there is one.
    private static void Write(Utf8JsonWriter json, RunView view, TestedSong song)
    {
        json.WriteStartArray();
        json.WriteStringValue(Visible(song.Name));
        json.WriteStringValue(Numbers.Figure(song.Confidence));
        json.WriteNumberValue(song.Round);
        if (view.Links.Of(song) is { } address) json.WriteStringValue(address.Text);
        json.WriteEndArray();
    }
}
