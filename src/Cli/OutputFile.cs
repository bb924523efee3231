using Engine.Classifiers;
using Engine.Dsp.Files;

namespace Engine.Cli;

/// <summary>A file that a command will write.</summary>
internal static class OutputFile
{
    /// <summary>
    /// Throws if <paramref name="path"/> cannot be written. Called before the work, so that an hour of feature extraction is
    /// not wasted.
    /// </summary>
    /// <exception cref="CommandLineException">
    /// The path is a folder, its parent folder is missing, or the file exists and <paramref name="force"/> is not set.
    /// </exception>
    /// <exception cref="EngineException">Nothing can be written there.</exception>
    public static void Check(string path, bool force)
    {
        if (Directory.Exists(path)) throw new CommandLineException($"{path}: is a folder; name a file.");
        if (File.Exists(path) && !force)
        {
            throw new CommandLineException($"{path}: exists; name another file, or add --force to overwrite it.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new CommandLineException($"{path}: there is no folder {folder}; create it first.");
        try
        {
            Temporary.Sweep(folder);
            OutputPlace.Try(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be written: {e.Message}", e);
        }
    }
}
