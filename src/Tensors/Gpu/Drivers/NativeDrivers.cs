using System.Runtime.InteropServices;
using System.Runtime.Loader;
using ILGPU;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>
/// The drivers' libraries. ILGPU asks for <c>cuda</c> and <c>OpenCL</c>, whose files without a version only development packages
/// bring; users have those with one.
/// </summary>
internal static class NativeDrivers
{
    public const string Cuda = "cuda";
    public const string OpenCl = "OpenCL";

    static NativeDrivers() => AssemblyLoadContext.Default.ResolvingUnmanagedDll += (assembly, name) =>
        assembly == typeof(Context).Assembly && TryLoad(name, out var library) ? library : 0;

    /// <summary>Whether a driver is installed; its file as users know it.</summary>
    public static bool IsInstalled(string name, out string file)
    {
        file = File(name);
        return TryLoad(name, out _);
    }

    private static bool TryLoad(string name, out nint library)
    {
        library = 0;
        return name is Cuda or OpenCl && NativeLibrary.TryLoad(File(name), out library);
    }

    private static string File(string name) =>
        OperatingSystem.IsWindows() ? (name == Cuda ? "nvcuda.dll" : "OpenCL.dll")
        : OperatingSystem.IsMacOS() ? "/System/Library/Frameworks/OpenCL.framework/OpenCL"
        : $"lib{name}.so.1";
}
