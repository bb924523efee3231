using System.Globalization;
using System.Text;
using Engine.Classifiers.Evaluation.Names;
using Engine.Classifiers.Files;

namespace Engine.Classifiers.Evaluation;

/// <summary>Reads the text files that name tracks. Their size is bounded because a recipe may name any file.</summary>
internal static class TrackLists
{
    private const int MostMegabytes = 64, MostShown = 80;

    /// <summary>The lines that are not blank, with their numbers from 1.</summary>
    public static List<(int Number, string Text)> ReadLines(string path)
    {
        try
        {
            if (FileKinds.NoFile(path) is { } what)
            {
                throw new EngineException($"Split: cannot read the list '{path}': it is {what}, not a file.");
            }

            var lines = Decode(path, ReadBytes(path)).Split('\n');
            List<(int, string Text)> listed =
                [.. lines.Select((text, i) => (i + 1, text.TrimEnd('\r'))).Where(l => !string.IsNullOrWhiteSpace(l.Item2))];
            return listed.Count > 0
                ? listed
                : throw new EngineException($"Split: the list '{path}' is empty; a list has one track per line.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new EngineException($"Split: cannot read the list '{path}': {e.Message}", e);
        }
    }

    /// <summary>A field without surrounding spaces and quotes.</summary>
    public static string Unquote(string field)
    {
        var text = field.Trim();
        var isQuoted = text.Length > 1 && text[0] == '"' && text[^1] == '"';
        return isQuoted ? text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal).Trim() : text;
    }

    /// <summary>Notes which entries matched several tracks.</summary>
    public static void NoteAmbiguous(TrackIndex index, List<string> notes)
    {
        if (index.Ambiguous > 0)
        {
            notes.Add($"{index.Ambiguous} listed names, such as '{index.AmbiguousEntry}', match several tracks and " +
                "were not used; write genre/file");
        }
    }

    /// <summary>A line as shown in errors.</summary>
    public static string Shown(string line) => line.Length > MostShown ? line[..MostShown] + "…" : line;

    private static byte[] ReadBytes(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > MostMegabytes << 20) throw TooLong(path);
        // Some files are longer than their reported length.
        var bytes = new byte[stream.Length + 1];
        var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return count < bytes.Length ? bytes[..count] : throw TooLong(path);
    }

    private static EngineException TooLong(string path) =>
        new($"Split: the list '{path}' is longer than {MostMegabytes} MiB or grows while it is read; a list has one line per " +
            "track.");

    private static string Decode(string path, byte[] bytes)
    {
        var (encoding, start) = TextEncodings.Of(bytes);
        try
        {
            return encoding.GetString(bytes, start, bytes.Length - start);
        }
        catch (DecoderFallbackException e)
        {
            var line = 1 + bytes.AsSpan(0, Math.Clamp(start + e.Index, 0, bytes.Length)).Count((byte)'\n');
            throw new EngineException(string.Create(CultureInfo.InvariantCulture, $"Split: the list '{path}', line {line}, is " +
                $"not UTF-8 text; save it as UTF-8."), e);
        }
    }
}
