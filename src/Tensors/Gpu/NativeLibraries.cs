using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Engine.Tensors.Gpu;

/// <summary>
/// Finds the drivers' libraries when they are first asked for; nothing is linked, so a program without them runs. The
/// names in <c>LibraryImport</c> are ours; behind each stands the list of files that systems know it by.
/// </summary>
internal static class NativeLibraries
{
    /// <summary>The OpenCL loader.</summary>
    public const string OpenCl = "engine-opencl";

    /// <summary>The CUDA driver.</summary>
    public const string Cuda = "engine-cuda";

    /// <summary>CUDA's run-time compiler.</summary>
    public const string Nvrtc = "engine-nvrtc";

    private static readonly Dictionary<string, nint> s_loaded = [];
    private static readonly Dictionary<string, string> s_replaced = [];

    /// <summary>Whether a library is there; if not, <paramref name="sought"/> lists the files that were looked for.</summary>
    public static bool TryLoad(string library, out string sought)
    {
        var files = Candidates(library).ToArray();
        sought = string.Join(", ", files.Select(Path.GetFileName).Distinct());
        return Load(library) != 0;
    }

    /// <summary>Makes a library come from this file alone, before its first use; for tests without the hardware.</summary>
    internal static void Replace(string library, string file)
    {
        lock (s_loaded) s_replaced[library] = file;
    }

    [SuppressMessage("Usage", "CA2255",
        Justification = "The resolver must be there before the first native call, whoever makes it.")]
    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, (name, _, _) =>
    {
        if (name is not (OpenCl or Cuda or Nvrtc)) return 0;
        var library = Load(name);
        return library != 0 ? library : throw new DllNotFoundException(
            $"None of {string.Join(", ", Candidates(name))} could be loaded.");
    });

    private static nint Load(string library)
    {
        lock (s_loaded)
        {
            if (s_loaded.TryGetValue(library, out var handle)) return handle;
            foreach (var file in Candidates(library))
            {
                if (!NativeLibrary.TryLoad(file, typeof(NativeLibraries).Assembly, DllImportSearchPath.SafeDirectories,
                    out handle)) continue;
                if (library == Nvrtc) LoadBuiltins(file);
                return s_loaded[library] = handle;
            }

            return 0;
        }
    }

    // NVRTC asks for a second library by its bare name, which is found once it is loaded from where the first one lay.
    private static void LoadBuiltins(string nvrtc)
    {
        if (Path.GetDirectoryName(nvrtc) is not { Length: > 0 } folder) return;
        foreach (var file in Directory.GetFiles(folder, "*nvrtc-builtins*")) NativeLibrary.TryLoad(file, out _);
    }

    private static IEnumerable<string> Candidates(string library) => library switch
    {
        _ when s_replaced.TryGetValue(library, out var file) => [file],
        OpenCl when OperatingSystem.IsWindows() => ["OpenCL.dll"],
        OpenCl when OperatingSystem.IsMacOS() => ["/System/Library/Frameworks/OpenCL.framework/OpenCL"],
        OpenCl => ["libOpenCL.so.1", "libOpenCL.so"],
        Cuda when OperatingSystem.IsWindows() => ["nvcuda.dll"],
        Cuda => ["libcuda.so.1", "libcuda.so", "/usr/lib/wsl/lib/libcuda.so.1"],
        _ => Engine.Tensors.Gpu.Cuda.NvrtcFiles.Candidates(),
    };
}
