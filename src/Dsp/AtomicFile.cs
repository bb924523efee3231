using System.Text;
using Engine.Dsp.Files;

namespace Engine.Dsp;

/// <summary>
/// Writes a file so that no reader ever sees half of it, even after a crash: it has a temporary name in the same folder until
/// <see cref="Commit"/> flushes it to disk and renames it. If disposed without a commit, it leaves nothing behind; if the
/// process is killed, the next one that writes to the folder cleans up.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _path, _temporary;
    private readonly bool _lasting;
    private bool _committed;

    /// <summary>Opens the temporary file for <paramref name="path"/>.</summary>
    /// <exception cref="IOException">The folder does not exist, or cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no access to the folder.</exception>
    public AtomicFile(string path) : this(path, Path.GetDirectoryName(Path.GetFullPath(path))!, lasting: true)
    {
    }

    /// <summary>
    /// The same for a file that is recognised by a checksum and can be made again, such as a cache entry: its temporary file goes
    /// into the given folder. Unless it is <paramref name="lasting"/>, nobody waits for the disk, and a power failure may leave
    /// it torn.
    /// </summary>
    public AtomicFile(string path, string temporaries, bool lasting)
    {
        (_path, _lasting) = (Path.GetFullPath(path), lasting);
        Temporary.SweepOnce(temporaries);
        _temporary = Temporary.In(temporaries);
        try
        {
            Stream = Disk.Create(_temporary);
        }
        catch
        {
            Temporary.Done(_temporary);
            throw;
        }
    }

    /// <summary>Writes a whole file of UTF-8 text.</summary>
    /// <exception cref="IOException">The folder does not exist, or the file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The user has no access to the folder.</exception>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var file = new AtomicFile(path);
        file.Stream.Write(Encoding.UTF8.GetBytes(text));
        file.Commit();
    }

    /// <summary>The stream to write to; it is also readable and seekable.</summary>
    public FileStream Stream { get; }

    /// <summary>Moves the file to its path, replacing any existing file. Nothing can be written afterwards.</summary>
    /// <exception cref="IOException">The disk is full or refuses the file, or the path is a folder.</exception>
    public void Commit()
    {
        if (_lasting) Disk.Flush(Stream);
        Stream.Dispose();
        Disk.Move(_temporary, _path);
        _committed = true;
        Temporary.Done(_temporary);
        if (_lasting) Disk.FlushFolder(Path.GetDirectoryName(_path)!);
    }

    /// <summary>Removes the temporary file if it was not committed.</summary>
    public void Dispose()
    {
        if (_committed) return;
        Disk.Discard(Stream);
        Temporary.TryRemove(_temporary);
    }
}
