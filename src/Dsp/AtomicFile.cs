namespace Engine.Dsp;

/// <summary>
/// A file being written that a reader, or a crash, never meets half of: it has a temporary name in the same folder until
/// <see cref="Commit"/> flushes it to the disk and renames it. Disposed without that, it leaves nothing behind.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _path, _temporary;
    private bool _committed;

    /// <summary>Opens the temporary file for <paramref name="path"/>.</summary>
    /// <exception cref="IOException">The folder does not exist, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not open to this user.</exception>
    public AtomicFile(string path)
    {
        _path = Path.GetFullPath(path);
        _temporary = $"{_path}.{Guid.NewGuid():N}.tmp";
        Stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
    }

    /// <summary>What to write to; it can be read and sought, too.</summary>
    public FileStream Stream { get; }

    /// <summary>Puts the file at its path, in place of one that is there. Nothing can be written afterwards.</summary>
    /// <exception cref="IOException">The disk is full, or the path is a folder.</exception>
    public void Commit()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _committed = true;
    }

    /// <summary>Removes the temporary file if it was not committed.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        if (!_committed) File.Delete(_temporary);
    }
}
