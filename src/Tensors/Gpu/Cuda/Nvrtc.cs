using System.Text;
using static Engine.Tensors.Gpu.Cuda.NvrtcNative;

namespace Engine.Tensors.Gpu.Cuda;

/// <summary>
/// CUDA's run-time compiler. For a device that it knows it makes machine code (a cubin); for a newer one it makes PTX of
/// the newest architecture before it, which the device's driver translates when it loads it.
/// </summary>
internal static unsafe class Nvrtc
{
    /// <summary>Major and minor version.</summary>
    public static (int Major, int Minor) Version
    {
        get
        {
            int major, minor;
            Check(NvrtcNative.Version(&major, &minor), "nvrtcVersion");
            return (major, minor);
        }
    }

    /// <summary>The architectures that it compiles for, as 10·major + minor of the compute capability, ascending.</summary>
    public static int[] Architectures()
    {
        int count;
        Check(GetNumSupportedArchs(&count), "nvrtcGetNumSupportedArchs");
        var architectures = new int[count];
        fixed (int* first = architectures) Check(GetSupportedArchs(first), "nvrtcGetSupportedArchs");
        return architectures;
    }

    /// <summary>
    /// The option that names the architecture for a device: <c>sm_90</c>, or <c>compute_90</c> for PTX; null if the device is too
    /// old.
    /// </summary>
    public static string? ArchitectureFor(int capability, ReadOnlySpan<int> known)
    {
        if (known.Contains(capability)) return $"sm_{capability}";
        var newest = 0;
        foreach (var architecture in known)
        {
            if (architecture < capability) newest = Math.Max(newest, architecture);
        }

        return newest == 0 ? null : $"compute_{newest}";
    }

    /// <summary>Compiles a family for a device.</summary>
    /// <exception cref="DeviceException">It does not compile; the message names our file and line.</exception>
    public static byte[] Compile(KernelSource source, GpuDeviceInfo device)
    {
        var known = Architectures();
        var architecture = ArchitectureFor(device.Capability, known) ?? throw TooOld(device, known);
        nint program;
        Check(CreateProgram(&program, source.Text, $"{source.Family}.cl", 0, null, null), "nvrtcCreateProgram");
        try
        {
            // IEEE arithmetic, as the defaults are: division and square root rounded correctly, denormal numbers kept,
            // products and sums contracted to a fused multiply-add.
            var result = CompileProgram(program, 2, [$"--gpu-architecture={architecture}", CudaPlatform.CompilerOptions]);
            if (result != Success) throw CompilerLog.Error(device, source, $"{NameOf(result)} ({result})", Log(program));
            var machineCode = architecture.StartsWith("sm_", StringComparison.Ordinal);
            nuint size;
            Check(machineCode ? GetCubinSize(program, &size) : GetPtxSize(program, &size), "nvrtc's size of the binary");
            var binary = new byte[size];
            fixed (byte* first = binary) Check(machineCode ? GetCubin(program, first) : GetPtx(program, first), "nvrtc's binary");
            return binary;
        }
        finally
        {
            Check(DestroyProgram(&program), "nvrtcDestroyProgram");
        }
    }

    /// <summary>The device is older than all that this compiler knows.</summary>
    public static DeviceException TooOld(GpuDeviceInfo device, ReadOnlySpan<int> known)
    {
        var (major, minor) = Version;
        return new($"{device.Model} has compute capability {Dotted(device.Capability)}, and NVRTC {major}.{minor} compiles "
            + $"for {Dotted(known[0])} and later: install an older NVRTC and remove this one.");
    }

    private static string Dotted(int capability) => $"{capability / 10}.{capability % 10}";

    private static string Log(nint program)
    {
        nuint size;
        Check(GetProgramLogSize(program, &size), "nvrtcGetProgramLogSize");
        var log = new byte[size];
        fixed (byte* first = log) Check(GetProgramLog(program, first), "nvrtcGetProgramLog");
        return Encoding.UTF8.GetString(log).TrimEnd('\0');
    }

    private static void Check(int result, string call)
    {
        if (result != Success) throw new DeviceException($"{call}: {NameOf(result)} ({result}).");
    }
}
