using System.Runtime.InteropServices;

namespace Engine.Classifiers.Files;

/// <summary>
/// What is at a path, found without opening it: opening a FIFO waits for a writer, for ever if there is none.
/// </summary>
internal static partial class FileKinds
{
    private const int CurrentFolder = -100, TypeMask = 0xF000;
    private const uint Basic = 0x7FF;

    /// <summary>
    /// An identity that is the same whatever path leads to a file or folder, and what is there if it is neither: <c>a FIFO</c>,
    /// <c>a device</c>, <c>a socket</c>. Null where the system does not tell: not on Linux, or there is nothing.
    /// </summary>
    public static (string Key, string? Strange)? Of(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            if (Status(CurrentFolder, path, 0, Basic, out var status) != 0) return null;
            var key = $"{status.DeviceMajor}:{status.DeviceMinor}:{status.Inode}";
            return (key, (status.Mode & TypeMask) switch
            {
                0x1000 => "a FIFO",
                0x2000 or 0x6000 => "a device",
                0xC000 => "a socket",
                _ => null,
            });
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// What is at a path if it exists and is not a file: <c>a folder</c>, <c>a FIFO</c>, <c>a device</c>, <c>a socket</c>; else
    /// null.
    /// </summary>
    public static string? NoFile(string path) => Directory.Exists(path) ? "a folder" : Of(path)?.Strange;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, out FileStatus status);

    // struct statx of the Linux kernel, the same on every processor.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
