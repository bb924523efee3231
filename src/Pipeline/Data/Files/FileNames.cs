using System.ComponentModel;
using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Pipeline.Data.Files;

/// <summary>Explains why a listed file cannot be opened if its name is the cause.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FileNames
{
    // Replaces bytes that are not UTF-8; the name cannot be turned back into them.
    private const char Replacement = '\uFFFD';

    /// <summary>Whether the name holds bytes that are not UTF-8, so that .NET cannot pass it to the system.</summary>
    public static bool IsUnreadable(string path) => path.Contains(Replacement) && !Path.Exists(path);

    /// <summary>Throws if the name is the reason why the file cannot be opened, or if it is a dangling link.</summary>
    /// <exception cref="EngineException">The name is not UTF-8, or the link is dangling.</exception>
    public static void Require(string path)
    {
        if (IsUnreadable(path))
        {
            throw new EngineException(
                $"{path}: the file name is not UTF-8, so the file cannot be opened. Rename it, for example with: convmv -f " +
                    "latin1 -t utf8 --notest -r FOLDER");
        }

        // The system can follow links without a named target, such as standard input's link to a pipe.
        var file = new FileInfo(path);
        if (file.LinkTarget is { } target && RegularFile.Identify(path) is null && End(file) is not { Exists: true })
        {
            throw new EngineException($"{path}: is a link to {target}, which does not exist. Restore that file, or remove " +
                "the link.");
        }
    }

    /// <summary>The final target of a link; null if there is none, as with two links to each other.</summary>
    public static FileSystemInfo? End(FileSystemInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
