using System.Diagnostics;
using System.Runtime.InteropServices;
using Engine.Tensors.Gpu;

namespace Engine.Tests.Support;

/// <summary>
/// A CUDA driver and compiler in software (<c>Tensors/Gpu/emulator</c>), made with g++ when first asked for, so that the
/// driver and the CUDA side of every kernel run where there is no NVIDIA device. Tests see it in a process of its own
/// (<see cref="Rerun"/>), because libraries are chosen once.
/// </summary>
public static unsafe class CudaEmulator
{
    private const string Variable = "ENGINE_TESTS_CUDA_EMULATOR";

    private static readonly Lazy<string> s_folder = new(Build);

    /// <summary>Why it cannot be made here; null if it can.</summary>
    public static string? Missing { get; } =
        !OperatingSystem.IsLinux() ? "The CUDA emulator is for Linux."
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "g++")))
            ? null
        : "The CUDA emulator needs g++, which is not on the PATH.";

    /// <summary>Whether this process was started with it.</summary>
    public static bool IsInUse => Library is not null;

    private static string? Library => Environment.GetEnvironmentVariable(Variable);

    /// <summary>Runs the tests of a class on it. Compiled kernels are kept for the next class.</summary>
    public static void Rerun(Type testClass)
    {
        var folder = s_folder.Value;
        TestDevice.Rerun(testClass, "cuda", (Variable, Path.Combine(folder, "libcuda_emulator.so")), ("ENGINE_CACHE", folder));
    }

    /// <summary>Changes how the device behaves from now on: its settings are in <c>cuda_emulator.cpp</c>.</summary>
    public static void Set(string name, long value) =>
        ((delegate* unmanaged<byte*, long, void>)Export("emulator_set"))(Text(name), value);

    /// <summary>How many blocks, pinned blocks, streams, events, modules or graphs there are.</summary>
    public static long Count(string kind) => ((delegate* unmanaged<byte*, long>)Export("emulator_count"))(Text(kind));

    /// <summary>Makes this process use it, if it was started so.</summary>
    internal static void UseIfChosen()
    {
        if (Library is not { } library) return;
        NativeLibraries.Replace(NativeLibraries.Cuda, library);
        NativeLibraries.Replace(NativeLibraries.Nvrtc, library);
    }

    private static nint Export(string name) => NativeLibrary.GetExport(NativeLibrary.Load(Library!), name);

    // A few bytes for the life of a test.
    private static byte* Text(string name) => (byte*)Marshal.StringToCoTaskMemUTF8(name);

    private static string Build()
    {
        var folder = new TemporaryFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        var sources = Path.Combine(AppContext.BaseDirectory, "Tensors", "Gpu", "emulator");
        using var compiler = Child.Start(new ProcessStartInfo("g++")
        {
            ArgumentList =
            {
                // Fibres are switched by longjmp, which the checks of fortified builds take for an error.
                "-std=c++17", "-O1", "-U_FORTIFY_SOURCE", "-fPIC", "-shared", "-fvisibility=hidden",
                $"-DEMULATOR_SOURCES=\"{sources}\"", $"-DEMULATOR_TEMPORARY=\"{folder.Path}\"",
                Path.Combine(sources, "cuda_emulator.cpp"), Path.Combine(sources, "nvrtc_emulator.cpp"), "-o",
                folder["libcuda_emulator.so"], "-ldl",
            },
        });
        var compiled = compiler.End();
        return compiled.Code == 0
            ? folder.Path : throw new InvalidOperationException($"The CUDA emulator does not compile:\n{compiled.Error}");
    }
}

/// <summary>A theory that makes the CUDA emulator.</summary>
public sealed class CudaEmulatorTheoryAttribute : TheoryAttribute
{
    public CudaEmulatorTheoryAttribute() => Skip = CudaEmulator.Missing;
}

/// <summary>
/// A test that is about the CUDA emulator's device; it runs in a process that has one, started by <c>CudaKernelTests</c>.
/// </summary>
public sealed class EmulatedCudaFactAttribute : FactAttribute
{
    public EmulatedCudaFactAttribute() => Skip = CudaEmulator.IsInUse ? null : "It runs in the CUDA emulator's own process.";
}
