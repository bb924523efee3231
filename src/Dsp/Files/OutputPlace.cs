using System.ComponentModel;

namespace Engine.Dsp.Files;

/// <summary>Checks before the work that results can be written, so that no hours are wasted.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class OutputPlace
{
    // A full disk still accepts an empty file.
    private const int Bytes = 4096;

    /// <summary>Throws if the system allows no file or folder of this name.</summary>
    /// <exception cref="IOException">It is too long.</exception>
    public static void RequireName(string path)
    {
        try
        {
            File.GetAttributes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            return;
        }
        catch (PathTooLongException e)
        {
            throw new IOException($"the name is too long ({System.Text.Encoding.UTF8.GetByteCount(Path.GetFileName(path))} "
                + "bytes).", e);
        }
    }

    /// <summary>Writes a few bytes where the file will be, and removes them.</summary>
    /// <exception cref="IOException">The disk is full, or the folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no access to the folder.</exception>
    public static void Try(string path)
    {
        RequireName(path);
        using var file = new AtomicFile(path);
        file.Stream.Write(new byte[Bytes]);
        Disk.Flush(file.Stream);
    }
}
