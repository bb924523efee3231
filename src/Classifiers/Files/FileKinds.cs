using System.ComponentModel;
using Engine.Dsp;

namespace Engine.Classifiers.Files;

/// <summary>
/// What is at a path, found without opening it: opening a FIFO waits for a writer, for ever if there is none.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FileKinds
{
    /// <summary>
    /// An identity that is the same whatever path leads to a file or folder, and what is there if it is neither: <c>a FIFO</c>,
    /// <c>a device</c>, <c>a socket</c>. Null where the system does not tell: not on Linux, or there is nothing.
    /// </summary>
    public static (string Key, string? Strange)? Of(string path) =>
        RegularFile.Identify(path) is { } found ? (found.Key, Strange(found.Kind)) : null;

    /// <summary>
    /// What is at a path if it exists and is not a file: <c>a folder</c>, <c>a FIFO</c>, <c>a device</c>, <c>a socket</c>; else
    /// null.
    /// </summary>
    public static string? NoFile(string path)
    {
        if (path.Length == 0) return null;
        var kind = RegularFile.KindOf(path);
        return kind == FileKind.Folder ? RegularFile.Describe(kind) : Strange(kind);
    }

    private static string? Strange(FileKind kind) => kind switch
    {
        FileKind.Pipe => "a FIFO",
        FileKind.Device or FileKind.Socket => RegularFile.Describe(kind),
        _ => null,
    };
}
