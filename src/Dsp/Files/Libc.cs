using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Engine.Dsp.Files;

/// <summary>Unix calls that .NET lacks or whose errors it ignores.</summary>
internal static unsafe partial class Libc
{
    // Resolved in the running program: the library's name differs between systems, and it is already loaded.
    static Libc() => NativeLibrary.SetDllImportResolver(typeof(Libc).Assembly, Find);

    /// <summary>
    /// Waits until a file is on disk; if the result is not 0, <see cref="Marshal.GetLastPInvokeError"/> has the error.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Synchronise(SafeFileHandle file);

    /// <summary>Opens a file or folder, without a lock.</summary>
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial SafeFileHandle Open(string path, int flags);

    /// <summary>Reads bytes; negative if it failed.</summary>
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* bytes, nint count);

    /// <summary>
    /// Locks a whole file until the handle is closed; if the result is not 0, <see cref="Marshal.GetLastPInvokeError"/> has the
    /// error.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    private static nint Find(string library, Assembly assembly, DllImportSearchPath? path) => library == "libc"
        ? NativeLibrary.GetMainProgramHandle() : 0;
}
