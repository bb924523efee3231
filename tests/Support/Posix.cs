using System.Runtime.InteropServices;
using System.Text;

namespace Engine.Tests.Support;

/// <summary>What .NET has no call for: FIFOs, and files whose names are not UTF-8.</summary>
internal static class Posix
{
    public static void MakeFifo(string path) => Assert.Equal(0, MakeFifo(Encoding.UTF8.GetBytes(path + "\0"), 0x1A4));

    /// <summary>Copies a file to a name in Latin-1; the folder's must be ASCII. Remove it before the folder is deleted.</summary>
    public static void CopyToLatin1(string source, string path) =>
        Assert.Equal(0, Link(Encoding.UTF8.GetBytes(source + "\0"), Encoding.Latin1.GetBytes(path + "\0")));

    public static void RemoveLatin1(string path) => Assert.Equal(0, Unlink(Encoding.Latin1.GetBytes(path + "\0")));

    [DllImport("libc", EntryPoint = "mkfifo")]
    private static extern int MakeFifo(byte[] path, uint mode);

    [DllImport("libc", EntryPoint = "link")]
    private static extern int Link(byte[] from, byte[] to);

    [DllImport("libc", EntryPoint = "unlink")]
    private static extern int Unlink(byte[] path);
}

/// <summary>A test of what only Linux has; skipped elsewhere.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Linux only.";
    }
}
