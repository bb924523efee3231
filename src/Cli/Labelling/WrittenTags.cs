using System.Text.Json;
using Engine.Classifiers;
using Engine.Dsp.Tags;

namespace Engine.Cli.Labelling;

/// <summary>A song whose tag <c>engine predict --write-tags</c> changed.</summary>
/// <param name="File">The recording.</param>
/// <param name="Genre">The genre that was written.</param>
/// <param name="Undo">What puts the old one back.</param>
internal sealed record WrittenTag(string File, string Genre, string Undo)
{
    /// <summary>Puts the old genre back, unless the tag holds another by now.</summary>
    /// <param name="dryRun">Whether to say only what would happen.</param>
    /// <returns>Whether it is changed; false if the old genre is there already.</returns>
    /// <exception cref="TagException">The tag holds another genre by now, or cannot be written.</exception>
    public bool Restore(bool dryRun)
    {
        var back = TagWriter.RestoreGenre(File, Undo, dryRun: true);
        if (!back.IsChange) return false;
        if (TagWriter.SetGenre(File, Genre, dryRun: true).IsChange)
        {
            throw new TagException(File,
                $"its genre is not {Genre}, as it was tagged, but {back.Old ?? "none"}; it was left so.");
        }

        if (!dryRun) TagWriter.RestoreGenre(File, Undo);
        return true;
    }
}

/// <summary>Reads what was written into tags from a file of labels.</summary>
internal static class WrittenTags
{
    /// <summary>The songs in the order they were tagged. A torn last line is passed over: its song was not tagged.</summary>
    /// <exception cref="EngineException">The file is not one that <c>engine predict --write-tags</c> wrote.</exception>
    public static IReadOnlyList<WrittenTag> Read(string path)
    {
        if (Problem(path) is { } problem) throw new EngineException($"{path}: {problem}");
        try
        {
            var bytes = File.ReadAllBytes(path);
            // With --format, a file of any name may hold JSON.
            var isJson = bytes.Length > 0 ? bytes[0] == (byte)'{' : LabelTarget.FormatOf(path) == "jsonl";
            return isJson ? OfJsonLines(path, bytes) : OfCsv(path, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    private static string? Problem(string path) => Directory.Exists(path) ? "is a folder; name a file of labels."
        : File.Exists(path) ? null : "there is no such file.";

    private static List<WrittenTag> OfCsv(string path, byte[] bytes)
    {
        var records = CsvFields.Records(bytes);
        if (records.Count == 0) throw NotThis(path);
        var columns = CsvFields.Of(CsvFields.Text(bytes, records[0]).TrimStart('\uFEFF'));
        int Place(string name) => Array.IndexOf(columns, name) is >= 0 and var place ? place : throw NotThis(path);
        var (file, genre, undo) = (Place("file"), Place("genre"), Place(TagPlan.UndoName));
        var tags = new List<WrittenTag>();
        foreach (var record in records.Skip(1))
        {
            var cells = CsvFields.Of(CsvFields.Text(bytes, record));
            if (cells.Length != columns.Length) throw NotThis(path);
            if (cells[undo].Length > 0) tags.Add(new(cells[file], cells[genre], cells[undo]));
        }

        return tags;
    }

    private static List<WrittenTag> OfJsonLines(string path, byte[] bytes)
    {
        var tags = new List<WrittenTag>();
        for (int start = 0, end; (end = Array.IndexOf(bytes, (byte)'\n', start) + 1) > 0; start = end)
        {
            try
            {
                using var line = JsonDocument.Parse(bytes.AsMemory(start, end - start));
                string? Value(string name) => line.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
                if (Value("file") is not { } file) throw NotThis(path);
                if (Value("genre") is { } genre && Value(TagPlan.UndoName) is { } undo) tags.Add(new(file, genre, undo));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw NotThis(path);
            }
        }

        return tags;
    }

    private static EngineException NotThis(string path) => new($"{path}: holds no columns file, genre and undo; name a csv or " +
        "jsonl file that engine predict --write-tags wrote.");
}
