using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Engine.Dsp;

/// <summary>
/// Distinguishes regular files from FIFOs and devices: opening a FIFO blocks until a program writes to it, and reading a device
/// may never end. .NET does not expose these kinds, so we ask the system.
/// </summary>
public static unsafe partial class RegularFile
{
    private const int TypeMask = 0xF000; // S_IFMT of stat(2), and the types; Linux and macOS agree on all of them
    private const int PipeType = 0x1000, CharacterType = 0x2000, FolderType = 0x4000, BlockType = 0x6000, SocketType = 0xC000;

    /// <summary>What is at <paramref name="path"/>, after following links. Never blocks. On Windows, and if the system call is
    /// unavailable, everything is a file or a folder.</summary>
    public static FileKind KindOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) return FileKind.Folder;
        if (!File.Exists(path)) return FileKind.Missing;
        return Query(path)?.Kind ?? FileKind.Regular;
    }

    /// <summary>
    /// What is at a path, and an identity that is the same for every path to it; null if unknown (not on Linux) or if nothing
    /// exists there.
    /// </summary>
    public static (FileKind Kind, string Key)? Identify(string path) =>
        OperatingSystem.IsLinux() && Query(path) is { } found ? (found.Kind, found.Key) : null;

    /// <summary>Throws for a pipe, a device or a socket; missing paths and folders are reported on opening.</summary>
    /// <exception cref="FileKindException">What is at the path is neither a file nor a folder.</exception>
    public static void Require(string path)
    {
        if (KindOf(path) is var kind and (FileKind.Pipe or FileKind.Device or FileKind.Socket))
            throw new FileKindException(path, kind);
    }

    /// <summary>Opens a file for reading like <see cref="File.OpenRead"/>, but never a pipe, device or socket.</summary>
    /// <exception cref="FileKindException">What is at the path is neither a file nor a folder.</exception>
    public static FileStream OpenRead(string path)
    {
        Require(path);
        return File.OpenRead(path);
    }

    /// <summary>The kind in words.</summary>
    public static string Describe(FileKind kind) => kind switch
    {
        FileKind.Pipe => "a pipe (FIFO)",
        FileKind.Device => "a device",
        FileKind.Socket => "a socket",
        FileKind.Folder => "a folder",
        FileKind.Regular => "a file",
        _ => "missing",
    };

    /// <summary>The kind and, on Linux, the device and inode; null if the system call is unavailable.</summary>
    private static (FileKind Kind, string Key)? Query(string path)
    {
        try
        {
            Span<byte> status = stackalloc byte[512]; // larger than any of the structures
            fixed (byte* to = status)
            {
                if (OperatingSystem.IsLinux())
                {
                    const int CurrentFolder = -100; // AT_FDCWD
                    const int ModeOffset = 28, InodeOffset = 32, DeviceOffset = 136; // of stx_mode, stx_ino and stx_dev_major
                    const uint TypeAndInode = 0x101; // STATX_TYPE | STATX_INO
                    if (StatX(CurrentFolder, path, 0, TypeAndInode, to) != 0) return null;
                    var device = BinaryPrimitives.ReadUInt64LittleEndian(status[DeviceOffset..]);
                    return (KindOf(status[ModeOffset..]),
                        $"{device:x}:{BinaryPrimitives.ReadUInt64LittleEndian(status[InodeOffset..])}");
                }

                if (OperatingSystem.IsMacOS())
                {
                    const int ModeOffset = 4; // of st_mode, after a device number of 32 bits
                    var result = RuntimeInformation.ProcessArchitecture == Architecture.X64
                        ? StatMacX64(path, to) : StatMac(path, to);
                    return result == 0 ? (KindOf(status[ModeOffset..]), "") : null;
                }
            }
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // The C library lacks the call: fall back to .NET.
        }

        return null;
    }

    private static FileKind KindOf(ReadOnlySpan<byte> mode) => (BinaryPrimitives.ReadUInt16LittleEndian(mode) & TypeMask) switch
    {
        PipeType => FileKind.Pipe,
        CharacterType or BlockType => FileKind.Device,
        FolderType => FileKind.Folder,
        SocketType => FileKind.Socket,
        _ => FileKind.Regular,
    };

    // Its structure is the same on every architecture, unlike that of stat(2).
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int folder, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatMac(string path, byte* status);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatMacX64(string path, byte* status);
}
