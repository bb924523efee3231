using Engine.Classifiers;
using Engine.Dsp.Files;

namespace Engine.Cli;

/// <summary>A file that a command will write.</summary>
internal static class OutputFile
{
    /// <summary>
    /// Throws if <paramref name="path"/> cannot become an output: called before the work, so that an hour's features are not
    /// computed for nothing.
    /// </summary>
    /// <exception cref="CommandLineException">The path is a folder, its folder is missing, or it exists without <paramref name="force"/>.</exception>
    /// <exception cref="EngineException">Nothing can be written there.</exception>
    public static void Check(string path, bool force)
    {
        if (Directory.Exists(path)) throw new CommandLineException($"{path}: is a folder; name a file.");
        if (File.Exists(path) && !force) throw new CommandLineException($"{path}: exists; name another file, or add --force to write over it.");
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) throw new CommandLineException($"{path}: there is no folder {folder}; make it first.");
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
