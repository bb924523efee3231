using System.ComponentModel;
using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Pipeline.Data.Files;

/// <summary>Explains why a listed file cannot be opened, where its name is the cause.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FileNames
{
    // What stands for bytes that are not UTF-8: the name cannot be turned back into them.
    private const char Replacement = '\uFFFD';

    /// <summary>Whether the name holds bytes that are not UTF-8, so that .NET cannot pass it to the system.</summary>
    public static bool IsUnreadable(string path) => path.Contains(Replacement) && !Path.Exists(path);

    /// <summary>Throws if the name is the reason why the file cannot be opened, or if it is a dangling link.</summary>
    /// <exception cref="EngineException">It is.</exception>
    public static void Require(string path)
    {
        if (IsUnreadable(path))
        {
            throw new EngineException(
                $"{path}: the file name is not UTF-8, so the file cannot be opened. Rename it, for example with: convmv -f " +
                    "latin1 -t utf8 --notest -r FOLDER");
        }

        // The system follows links that lead to no name, as that of standard input to a pipe.
        var file = new FileInfo(path);
        if (file.LinkTarget is { } target && RegularFile.Identify(path) is null && End(file) is not { Exists: true })
        {
            throw new EngineException($"{path}: is a link to {target}, which does not exist. Restore that file, or remove " +
                "the link.");
        }
    }

    /// <summary>Where a link leads in the end; null if that is nowhere, as with two links to each other.</summary>
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
