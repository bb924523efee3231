using Engine.Dsp.Files;

namespace Engine.Cli;

/// <summary>Folders that appear complete or not at all: written nearby under a temporary name, then renamed.</summary>
internal static class OutputFolder
{
    /// <summary>
    /// Lets <paramref name="write"/> fill a temporary folder, then renames it to <paramref name="folder"/>. With
    /// <paramref name="force"/>, moves the files into a non-empty folder and overwrites files of the same name.
    /// </summary>
    /// <exception cref="CommandLineException">
    /// The folder is a file, or is not empty and <paramref name="force"/> is not set.
    /// </exception>
    public static void Fill(string folder, bool force, Action<string> write)
    {
        RequireFree(folder, force);
        OutputPlace.RequireName(folder);
        using var staged = new StagedFolder(folder);
        write(staged.Path);
        RequireFree(folder, force);

        // An existing folder is kept: it may be someone's working directory or a mount point.
        if (Directory.Exists(folder)) staged.CommitInto();
        else staged.Commit();
    }

    /// <summary>Throws unless the folder can be filled.</summary>
    /// <exception cref="CommandLineException">As in <see cref="Fill"/>.</exception>
    public static void RequireFree(string folder, bool force)
    {
        if (File.Exists(folder)) throw new CommandLineException($"{folder}: is a file; name a folder.");
        if (force || !Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any()) return;
        throw new CommandLineException(
            $"{folder}: exists and is not empty; name another folder, or add --force to write into it.");
    }
}
