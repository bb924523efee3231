namespace Engine.Cli;

/// <summary>Folders and files that appear whole or not at all: written beside their place under a temporary name, then renamed.</summary>
internal static class OutputFolder
{
    /// <summary>
    /// Lets <paramref name="write"/> fill a temporary folder and moves what it wrote to <paramref name="folder"/>; with
    /// <paramref name="force"/> also into a folder that has entries, over files of the same names.
    /// </summary>
    /// <exception cref="CommandLineException">The folder is a file, or has entries and <paramref name="force"/> is not set.</exception>
    public static void Fill(string folder, bool force, Action<string> write)
    {
        if (File.Exists(folder)) throw new CommandLineException($"{folder}: is a file; name a folder.");
        var exists = Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();
        if (exists && !force) throw new CommandLineException($"{folder}: exists and is not empty; name another folder, or add --force to write into it.");

        var place = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var staging = OutputFile.Temporary(place);
        Directory.CreateDirectory(staging);
        try
        {
            write(staging);
            foreach (var file in Directory.EnumerateFiles(staging, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var target = Path.Combine(place, Path.GetRelativePath(staging, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Move(file, target, overwrite: true);
            }
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }
}
