using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Engine.Dsp.Files;

/// <summary>The few Unix calls that .NET lacks, or whose errors it ignores.</summary>
internal static unsafe partial class Libc
{
    // Looked up in the program itself: the library's name differs between systems, and it is already loaded.
    static Libc() => NativeLibrary.SetDllImportResolver(typeof(Libc).Assembly, Find);

    /// <summary>Waits until a file is on the disk; not 0: <see cref="Marshal.GetLastPInvokeError"/> says why it is not.</summary>
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Synchronise(SafeFileHandle file);

    /// <summary>Opens a file or folder, without a lock.</summary>
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial SafeFileHandle Open(string path, int flags);

    /// <summary>Reads bytes; negative: it failed.</summary>
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* bytes, nint count);

    /// <summary>Takes a lock of a whole file, which ends with the handle; not 0: <see cref="Marshal.GetLastPInvokeError"/> says why it cannot.</summary>
    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    private static nint Find(string library, Assembly assembly, DllImportSearchPath? path) => library == "libc" ? NativeLibrary.GetMainProgramHandle() : 0;
}
