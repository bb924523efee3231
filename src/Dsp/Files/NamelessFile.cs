namespace Engine.Dsp.Files;

/// <summary>
/// A temporary file that has lost its name: it disappears when it is closed or the process ends, however that happens. Only its
/// owner can read it.
/// </summary>
internal static class NamelessFile
{
    /// <summary>Creates one, empty.</summary>
    /// <param name="folder">Where its content lies; killed before the name is gone, it is removed by the next sweep there.</param>
    /// <param name="bufferSize">Bytes of the stream's buffer; 0 for none.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not open to this user.</exception>
    public static FileStream Create(string folder, int bufferSize)
    {
        var path = Temporary.In(folder);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, BufferSize = bufferSize };

        // Windows cannot delete an open file, but does when it is closed.
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
}
