using System.Globalization;
using System.Text;
using System.Text.Json;
using Engine.Classifiers;
using Engine.Tensors.Serialization;

namespace Engine.Cli.Labelling;

/// <summary>What an output that was stopped holds.</summary>
/// <param name="Length">The bytes of its whole part.</param>
/// <param name="Songs">The songs in it, in order; each once.</param>
internal sealed record HeldLabels(int Length, IReadOnlyList<SongLabel> Songs)
{
    /// <summary>Reads CSV, up to the last whole line.</summary>
    /// <param name="path">Names the file in errors.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="header">The line that it must begin with.</param>
    /// <param name="settings">What its labels must have been made by.</param>
    /// <exception cref="EngineException">It is not such an output.</exception>
    public static HeldLabels OfCsv(string path, byte[] bytes, string header, LabelSettings settings)
    {
        // Stopped before the header was complete.
        var beginning = Encoding.UTF8.GetBytes(header).AsSpan();
        if (bytes.Length < beginning.Length && beginning.StartsWith(bytes)) return new(0, []);
        var records = CsvFields.Records(bytes);
        if (records.Count == 0 || CsvFields.Text(bytes, records[0]) != header) throw NotThis(path, settings.IsAlong);
        var columns = CsvFields.Of(header);
        var songs = new List<(SongLabel Label, Range Lines)>();
        foreach (var record in records.Skip(1))
        {
            var cells = CsvFields.Of(CsvFields.Text(bytes, record));
            if (cells.Length != columns.Length) throw NotThis(path, settings.IsAlong);
            string? Cell(string name) => Array.IndexOf(columns, name) is >= 0 and var place && cells[place].Length > 0
                ? cells[place] : null;
            bool? Answer(string name) => Cell(name) is { } answer ? answer == "yes" : null;
            Require(path, Cell("made_by"), settings);
            var label = SongLabel.Held(cells[0], Cell("genre"), Cell("error"), Answer("trained_on"),
                double.TryParse(Cell("bandwidth_hz"), CultureInfo.InvariantCulture, out var band) ? band : null,
                Answer("lacks_band")) with
            {
                Tag = Plan(Cell(TagPlan.OldGenreName), Cell(TagPlan.UndoName), Cell(TagPlan.ErrorName), settings,
                    Cell("genre")),
            };
            if (settings.IsAlong && songs.Count > 0 && songs[^1].Label.File == cells[0])
                songs[^1] = (label, songs[^1].Lines.Start..record.End);
            else songs.Add((label, record));
        }

        var length = records[^1].End.Value;
        if (settings.IsAlong && songs.Count > 0)
        {
            length = songs[^1].Lines.Start.Value;
            songs.RemoveAt(songs.Count - 1);
        }

        return new(length, [.. songs.Select(s => s.Label)]);
    }

    /// <summary>Reads JSON Lines, up to the last whole line.</summary>
    /// <inheritdoc cref="OfCsv"/>
    public static HeldLabels OfJsonLines(string path, byte[] bytes, LabelSettings settings)
    {
        var songs = new List<SongLabel>();
        var start = 0;
        for (int end; (end = Array.IndexOf(bytes, (byte)'\n', start) + 1) > 0; start = end)
        {
            try
            {
                using var line = JsonDocument.Parse(bytes.AsMemory(start, end - start));
                JsonElement? Value(string name) => line.RootElement.TryGetProperty(name, out var value) ? value : null;
                if (Value("file")?.GetString() is not { } file) throw NotThis(path, isAlong: false);
                Require(path, Value("made_by")?.GetString(), settings);
                songs.Add(SongLabel.Held(file, Value("genre")?.GetString(), Value("error")?.GetString(),
                    Value("trained_on")?.GetBoolean(), Value("bandwidth_hz")?.GetDouble(), Value("lacks_band")?.GetBoolean()) with
                {
                    Tag = Plan(Value(TagPlan.OldGenreName)?.GetString(), Value(TagPlan.UndoName)?.GetString(),
                        Value(TagPlan.ErrorName)?.GetString(), settings, Value("genre")?.GetString()),
                });
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw NotThis(path, isAlong: false);
            }
        }

        // A file without a whole line may be anything; a torn first line begins like every other.
        return start > 0 || bytes.Length == 0 || "{\"file\":"u8.StartsWith(bytes.AsSpan(0, Math.Min(bytes.Length, 8)))
            ? new(start, songs) : throw NotThis(path, isAlong: false);
    }

    private static TagPlan? Plan(string? oldGenre, string? undo, string? error, LabelSettings settings, string? genre) =>
        settings.WritesTags && genre is not (null or SongLabel.Unknown) ? new(oldGenre, undo, error) : null;

    private static void Require(string path, string? madeBy, LabelSettings settings)
    {
        if (madeBy == settings.MadeBy) return;
        throw new EngineException($"{path}: holds labels of another model or of other options (made_by " +
            $"{Excerpt.Of(madeBy ?? "")}, now {settings.MadeBy}). Repeat the command that it was begun with, or " +
            "name another file.");
    }

    private static EngineException NotThis(string path, bool isAlong) => new(
        $"{path}: does not hold what this command writes: other columns{(isAlong ? ", as without --timeline," : " (--top, " +
        "--timeline, --unknown-below)")} or no labels at all. Repeat the command that it was begun with, or name another file.");
}

/// <summary>The lines that <see cref="CsvText"/> wrote, and their fields.</summary>
internal static class CsvFields
{
    /// <summary>Where each whole line begins and ends; a line feed in quotes ends none.</summary>
    public static List<Range> Records(byte[] bytes)
    {
        var (records, start, isQuoted) = (new List<Range>(), 0, false);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == (byte)'"') isQuoted = !isQuoted;
            if (isQuoted || bytes[i] != (byte)'\n') continue;
            records.Add(start..(i + 1));
            start = i + 1;
        }

        return records;
    }

    /// <summary>The text of a line.</summary>
    public static string Text(byte[] bytes, Range line) => Encoding.UTF8.GetString(bytes.AsSpan(line));

    /// <summary>The fields; a quoted one may hold commas, quotes and line feeds.</summary>
    public static string[] Of(string line)
    {
        var (fields, field, isQuoted) = (new List<string>(), new StringBuilder(), false);
        var text = line.AsSpan().TrimEnd('\n');
        for (var i = 0; i < text.Length; i++)
        {
            if (isQuoted && text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"') field.Append(text[i++]);
            else if (text[i] == '"') isQuoted = !isQuoted;
            else if (text[i] == ',' && !isQuoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else field.Append(text[i]);
        }

        return [.. fields, field.ToString()];
    }
}
