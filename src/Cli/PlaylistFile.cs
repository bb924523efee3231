namespace Engine.Cli;

/// <summary>The lines of a playlist.</summary>
internal static class PlaylistFile
{
    /// <summary>The whole text: UTF-8, with a line for each song.</summary>
    public static string Of(IEnumerable<string> entries) => $"#EXTM3U\n{string.Concat(entries.Select(s => s + "\n"))}";

    /// <summary>Whether a song can be an entry: its name has no line break.</summary>
    public static bool CanHold(string song) => !song.AsSpan().ContainsAny('\r', '\n');

    /// <summary>A song's entry in a playlist of a folder: relative to it where there is such a path.</summary>
    public static string Entry(string folder, string song)
    {
        var path = Path.GetRelativePath(Path.GetFullPath(folder), Path.GetFullPath(song));
        if (Path.DirectorySeparatorChar != '/' && !Path.IsPathRooted(path)) path = path.Replace(Path.DirectorySeparatorChar, '/');
        // A line that begins with # is a comment.
        return path.StartsWith('#') ? "./" + path : path;
    }
}
