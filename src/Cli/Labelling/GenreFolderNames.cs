using System.Text;

namespace Engine.Cli.Labelling;

/// <summary>Names for files and folders of genres that every file system takes.</summary>
internal static class GenreFolderNames
{
    private const int MostBytes = 100;
    private const string Forbidden = "<>:\"/\\|?*";

    // Devices on Windows, whatever extension follows.
    private static readonly HashSet<string> s_devices = new(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(n => new[] { $"COM{n}", $"LPT{n}" })],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// A name for every genre; those that differ only in case or in characters that no name holds are numbered.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Of(IEnumerable<string> genres)
    {
        var (names, used) = (new Dictionary<string, string>(), new HashSet<string>(StringComparer.OrdinalIgnoreCase));
        foreach (var genre in genres.Distinct())
        {
            var safe = Safe(genre);
            var name = safe;
            for (var n = 2; !used.Add(name); n++) name = $"{safe} ({n})";
            names.Add(genre, name);
        }

        return names;
    }

    private static string Safe(string genre)
    {
        var name = new StringBuilder();
        foreach (var rune in genre.EnumerateRunes())
        {
            var isBad = Rune.IsControl(rune) || rune == Rune.ReplacementChar
                || (rune.IsAscii && Forbidden.Contains((char)rune.Value));
            name.Append(isBad ? "_" : rune.ToString());
        }

        // Windows drops dots and spaces at the end; a dot at the start hides the folder elsewhere.
        var safe = name.ToString().Trim().TrimEnd('.', ' ');
        while (Encoding.UTF8.GetByteCount(safe) > MostBytes)
            safe = safe[..^(char.IsLowSurrogate(safe[^1]) ? 2 : 1)].TrimEnd('.', ' ');
        if (safe.Length == 0 || safe[0] == '.' || s_devices.Contains(safe.Split('.')[0])) safe = "_" + safe;
        return safe;
    }
}
