namespace Engine.Cli;

/// <summary>Files that appear whole or not at all.</summary>
internal static class OutputFile
{
    /// <summary>A name in the same folder as <paramref name="path"/> that nothing has yet.</summary>
    public static string Temporary(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");

    /// <summary>
    /// Throws if <paramref name="path"/> cannot become an output: called before the work, so that an hour's features are not
    /// computed for nothing.
    /// </summary>
    /// <exception cref="CommandLineException">The path is a folder, its folder is missing, or it exists without <paramref name="force"/>.</exception>
    public static void Check(string path, bool force)
    {
        if (Directory.Exists(path)) throw new CommandLineException($"{path}: is a folder; name a file.");
        if (File.Exists(path) && !force) throw new CommandLineException($"{path}: exists; name another file, or add --force to write over it.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new CommandLineException($"{path}: there is no folder {folder}; make it first.");
    }

    /// <summary>Lets <paramref name="write"/> write a temporary file and renames it to <paramref name="path"/>.</summary>
    public static void Write(string path, Action<string> write)
    {
        var temporary = Temporary(Path.GetFullPath(path));
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
