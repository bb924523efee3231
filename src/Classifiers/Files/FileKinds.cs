using System.ComponentModel;
using Engine.Dsp;

namespace Engine.Classifiers.Files;

/// <summary>
/// Finds what a path refers to without opening it: opening a FIFO waits for a writer, forever if there is none.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FileKinds
{
    /// <summary>
    /// An identity independent of the path taken to a file or folder, and a description if it is neither: <c>a FIFO</c>, <c>a
    /// device</c>, <c>a socket</c>. Null if unknown: not on Linux, or the path does not exist.
    /// </summary>
    public static (string Key, string? Strange)? Of(string path) =>
        RegularFile.Identify(path) is { } found ? (found.Key, Strange(found.Kind)) : null;

    /// <summary>
    /// A description of what a path refers to if it exists and is not a file: <c>a folder</c>, <c>a FIFO</c>, <c>a device</c>,
    /// <c>a socket</c>; otherwise null.
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
