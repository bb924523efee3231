using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Engine.Dsp.Files;

/// <summary>
/// Keeps other processes, and other callers in this one, out of a folder during long work. It is an operating-system lock
/// on a small file beside the folder, released when the process ends in any way; the file says who holds it. It is beside
/// the folder because the folder may not exist yet and should hold only results; if only the folder itself is writable,
/// it is inside.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed partial class FolderLock : IDisposable
{
    private const string Inside = ".engine.lock";

    // Errors meaning that someone else holds the lock.
    private const int SharingViolation = 32, WouldBlockOnLinux = 11, WouldBlockOnMac = 35;

    private readonly string _path;
    private readonly FileStream _stream;
    private readonly Stack<string> _made;

    private FolderLock(string path, FileStream stream, Stack<string> made) => (_path, _stream, _made) = (path, stream, made);

    /// <summary>Whether an entry of a folder is a lock.</summary>
    public static bool IsName(string name) => name == Inside || Beside().IsMatch(name);

    /// <summary>Whether a folder's lock file exists: the lock is held, or its process was killed.</summary>
    public static bool IsLeft(string folder)
    {
        var full = Place(folder);
        return File.Exists(Path.Combine(full, Inside))
            || (Path.GetDirectoryName(full) is { } parent && File.Exists(Path.Combine(parent, NameFor(Path.GetFileName(full)))));
    }

    /// <summary>Acquires the lock of a folder, which need not exist; missing parents are created.</summary>
    /// <exception cref="FolderInUseException">It is held; the message says by whom.</exception>
    /// <exception cref="IOException">The lock cannot be written, so neither could the folder.</exception>
    /// <exception cref="UnauthorizedAccessException">Neither the folder nor its parent is writable.</exception>
    public static FolderLock Take(string folder)
    {
        var full = Place(folder);
        var (parent, made) = (Path.GetDirectoryName(full), new Stack<string>());
        if (parent is null) return Take(full, Path.Combine(full, Inside), made);
        try
        {
            Make(parent, made);
            Sweep(parent);
            return Take(full, Path.Combine(parent, NameFor(Path.GetFileName(full))), made);
        }
        catch (Exception e) when (e is UnauthorizedAccessException
            || e is IOException and not FolderInUseException && Directory.Exists(full))
        {
            Unmake(made);
            if (!Directory.Exists(full)) throw;
            return Take(full, Path.Combine(full, Inside), made);
        }
        catch
        {
            Unmake(made);
            throw;
        }
    }

    /// <summary>Releases the lock, and removes the file and any empty folders made for it.</summary>
    public void Dispose()
    {
        try
        {
            Disk.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The lock is released anyway; its next holder reuses the file.
        }
        finally
        {
            Disk.Discard(_stream);
        }

        Unmake(_made);
    }

    private static string Place(string folder)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return Directory.Exists(full) ? Directory.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }

    private static FolderLock Take(string folder, string path, Stack<string> made)
    {
        while (true)
        {
            var stream = OpenPatiently(path) ?? throw Held(folder, path);
            try
            {
                var text = string.Create(CultureInfo.InvariantCulture,
                    $"{Environment.ProcessId}\n{Environment.MachineName}\n"
                    + $"{DateTime.UtcNow:yyyy-MM-dd HH:mm:ss}\n{Guid.NewGuid():N}\n");
                if (IsAt(path, stream, text)) return new(path, stream, made);
                stream.Dispose();
            }
            catch
            {
                // In this order: once it is released, the file may be another's.
                try
                {
                    Disk.Delete(path);
                }
                finally
                {
                    Disk.Discard(stream);
                }

                throw;
            }
        }
    }

    // Whether a locked file still has its name, found by a text that no other has. The previous holder may have removed the file
    // between our opening and locking it; the name may then be another's.
    private static bool IsAt(string path, FileStream stream, string text)
    {
        stream.SetLength(0);
        stream.Write(Encoding.UTF8.GetBytes(text));
        Disk.Flush(stream);
        return Disk.Peek(path) == text;
    }

    // A process looking for leftover locks holds it briefly.
    private static FileStream? OpenPatiently(string path)
    {
        for (var attempt = 1; attempt < 10; attempt++)
        {
            if (Open(path) is { } stream) return stream;
            Thread.Sleep(Random.Shared.Next(5, 15));
        }

        return Open(path);
    }

    // The locked file; null if someone else holds the lock.
    private static FileStream? Open(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
            }
            catch (IOException e) when ((e.HResult & 0xFFFF) == SharingViolation)
            {
                return null;
            }
        }

        FileStream stream;
        try
        {
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        }
        catch (IOException e) when (e.HResult is WouldBlockOnLinux or WouldBlockOnMac)
        {
            // FileStream takes a shared lock itself.
            return null;
        }

        const int Exclusive = 2, AtOnce = 4;
        if (Libc.Lock(stream.SafeFileHandle, Exclusive | AtOnce) == 0) return stream;
        var error = Marshal.GetLastPInvokeError();
        if (error is WouldBlockOnLinux or WouldBlockOnMac)
        {
            stream.Dispose();
            return null;
        }

        // Without file-system locks we cannot tell.
        return stream;
    }

    private static FolderInUseException Held(string folder, string path)
    {
        var parts = Disk.Peek(path)?.Split('\n') ?? [];
        var who = parts is [var process, var machine, var since, _, _]
            ? $"process {process} on {machine} has been working there since {since} UTC" : "another process is working there";
        return new($"{folder}: {who}; wait for it to end, stop it, or name another folder.");
    }

    /// <summary>Removes locks that killed processes left in a folder.</summary>
    public static void Sweep(string parent)
    {
        if (!Directory.Exists(parent)) return;
        foreach (var path in Directory.EnumerateFiles(parent, ".engine-*.lock").Where(p => Beside().IsMatch(Path.GetFileName(p)))
            .ToArray())
        {
            try
            {
                using var stream = Open(path);
                if (stream is not null && IsAt(path, stream, $"{Guid.NewGuid():N}")) Disk.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }
        }
    }

    private static void Make(string folder, Stack<string> made)
    {
        var missing = new Stack<string>();
        for (var f = folder; f is not null && !Directory.Exists(f); f = Path.GetDirectoryName(f)) missing.Push(f);
        foreach (var f in missing)
        {
            Disk.CreateFolder(f);
            made.Push(f);
        }
    }

    private static void Unmake(Stack<string> made)
    {
        try
        {
            while (made.TryPop(out var folder) && !Directory.EnumerateFileSystemEntries(folder).Any())
                Disk.DeleteEmptyFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            made.Clear();
        }
    }

    private static string NameFor(string folder)
    {
        if (!OperatingSystem.IsLinux()) folder = folder.ToUpperInvariant();
        return $".engine-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)).AsSpan(0, 8))}.lock";
    }

    [GeneratedRegex("^\\.engine-[0-9a-f]{16}\\.lock$")]
    private static partial Regex Beside();
}

/// <summary>Another process is using the folder; the message says which.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class FolderInUseException(string message) : IOException(message);
