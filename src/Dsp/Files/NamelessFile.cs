using System.ComponentModel;

namespace Engine.Dsp.Files;

/// <summary>
/// An unlinked temporary file: it disappears when it is closed or the process ends in any way. Only its
/// owner can read it.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class NamelessFile
{
    /// <summary>Creates an empty one.</summary>
    /// <param name="folder">The folder that stores it; if the process is killed before unlinking, the next sweep there removes
    /// it.</param>
    /// <param name="bufferSize">The stream's buffer size in bytes; 0 for none.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no access to the folder.</exception>
    public static FileStream Create(string folder, int bufferSize)
    {
        var path = Temporary.In(folder);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            BufferSize = bufferSize
        };

        // Windows cannot delete an open file, but can delete it on close.
        if (OperatingSystem.IsWindows()) options.Options = FileOptions.DeleteOnClose;
        else options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            var file = new FileStream(path, options);
            if (!OperatingSystem.IsWindows()) File.Delete(path);
            return file;
        }
        finally
        {
            Temporary.Done(path);
        }
    }

    /// <summary>Fills a span from a place in a file; false if the file ends before.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool Fill(FileStream file, long offset, Span<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(file);
        while (!bytes.IsEmpty)
        {
            var got = RandomAccess.Read(file.SafeFileHandle, bytes, offset);
            if (got == 0) return false;
            bytes = bytes[got..];
            offset += got;
        }

        return true;
    }
}
