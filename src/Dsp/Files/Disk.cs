using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Engine.Dsp.Files;

/// <summary>
/// Every change that Engine makes to files and folders, so that a test can interrupt the work before any of them, and disk
/// errors are reported: <see cref="FileStream"/> ignores a failed <c>fsync</c>.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Disk
{
    // fsync errors that only mean it is not supported: for a pipe, or by the file system.
    private const int InvalidArgument = 22, NotSupportedOnLinux = 95, NotSupportedOnMac = 45, Interrupted = 4;

    /// <summary>
    /// Called before every change, with its kind and path; an exception from it stops the work there. For tests.
    /// </summary>
    internal static AsyncLocal<Action<string, string>?> Before { get; } = new();

    /// <summary>Creates a folder and its missing parents.</summary>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path)) return;
        Tell("make", path);
        Directory.CreateDirectory(path);
    }

    /// <summary>Creates a new file for writing that no other process can open.</summary>
    public static FileStream Create(string path)
    {
        Tell("create", path);
        return new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16);
    }

    /// <summary>Opens a file to read and change it, or creates it; no other process of Engine can open it meanwhile.</summary>
    public static FileStream OpenToChange(string path)
    {
        Tell("open", path);
        return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
    }

    /// <summary>Creates a symbolic link to a file.</summary>
    public static void Link(string path, string target)
    {
        Tell("link", path);
        File.CreateSymbolicLink(path, target);
    }

    /// <summary>Copies a file to a new name and waits until the copy is on disk.</summary>
    public static void Copy(string from, string to)
    {
        Tell("copy", to);
        File.Copy(from, to, overwrite: false);
        using var copy = new FileStream(to, FileMode.Open, FileAccess.ReadWrite);
        Flush(copy);
    }

    /// <summary>Appends to a file and waits until the data is on disk.</summary>
    public static void Append(string path, ReadOnlySpan<byte> bytes)
    {
        Tell("append", path);
        using var stream = new FileStream(path, FileMode.Append, FileAccess.Write);
        stream.Write(bytes);
        Flush(stream);
    }

    /// <summary>Waits until a file is on disk.</summary>
    /// <exception cref="IOException">The disk refuses it.</exception>
    public static void Flush(FileStream stream)
    {
        Tell("flush", stream.Name);
        stream.Flush(flushToDisk: !OperatingSystem.IsLinux());
        if (!OperatingSystem.IsWindows()) Synchronise(stream.SafeFileHandle, stream.Name);
    }

    /// <summary>Closes a file that is to be discarded, so it does not matter if the disk is full.</summary>
    public static void Discard(FileStream stream)
    {
        try
        {
            stream.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // The last bytes could not be written, but the file is closed.
        }
    }

    /// <summary>Waits until the names in a folder are on disk, on systems where flushing the files is not enough.</summary>
    /// <exception cref="IOException">The disk refuses it.</exception>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        Tell("flush", path);
        using var folder = Libc.Open(path, 0);
        // A folder may be writable but not readable; it cannot be flushed then.
        if (!folder.IsInvalid) Synchronise(folder, path);
    }

    /// <summary>Renames a file, replacing any file of that name.</summary>
    public static void Move(string from, string to)
    {
        Tell("move", to);
        File.Move(from, to, overwrite: true);
    }

    /// <summary>Renames a file; the new name must not exist.</summary>
    public static void MoveNew(string from, string to)
    {
        Tell("move", to);
        File.Move(from, to, overwrite: false);
    }

    /// <summary>Renames a folder; the new name must not exist.</summary>
    public static void MoveFolder(string from, string to)
    {
        Tell("move", to);
        Directory.Move(from, to);
    }

    /// <summary>Removes a file or a broken link, if it exists.</summary>
    public static void Delete(string path)
    {
        if (!File.Exists(path) && new FileInfo(path).LinkTarget is null) return;
        Tell("delete", path);
        File.Delete(path);
    }

    /// <summary>Removes a folder if it exists, with everything in it; for a link, only the link.</summary>
    public static void DeleteFolder(string path)
    {
        if (!Directory.Exists(path)) return;
        if (new DirectoryInfo(path).LinkTarget is null)
        {
            foreach (var file in Directory.EnumerateFiles(path).Order(StringComparer.Ordinal)) Delete(file);
            foreach (var folder in Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal)) DeleteFolder(folder);
        }

        DeleteEmptyFolder(path);
    }

    /// <summary>Removes an empty folder.</summary>
    public static void DeleteEmptyFolder(string path)
    {
        Tell("delete", path);
        Directory.Delete(path);
    }

    /// <summary>
    /// The text of a small file that another process may have locked; null if it does not exist or cannot be read.
    /// </summary>
    public static unsafe string? Peek(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var reader = new StreamReader(stream);
                return reader.ReadToEnd();
            }

            // File.Open would take a read lock, and fail.
            using var handle = Libc.Open(path, 0);
            if (handle.IsInvalid) return null;
            Span<byte> bytes = stackalloc byte[1024];
            fixed (byte* start = bytes)
            {
                var read = Libc.Read(handle, start, bytes.Length);
                return read < 0 ? null : System.Text.Encoding.UTF8.GetString(bytes[..(int)read]);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Tell(string change, string path) => Before.Value?.Invoke(change, path);

    private static void Synchronise(SafeFileHandle handle, string path)
    {
        int error;
        do
        {
            if (Libc.Synchronise(handle) == 0) return;
            error = Marshal.GetLastPInvokeError();
        }
        while (error == Interrupted);
        if (error is InvalidArgument || error == (OperatingSystem.IsMacOS() ? NotSupportedOnMac : NotSupportedOnLinux)) return;
        throw new IOException($"{path}: the disk did not store it: " +
            $"{Marshal.GetPInvokeErrorMessage(error)}", new Win32Exception(error));
    }
}
