using System.Text;
using static Engine.Tensors.Gpu.Cuda.CudaNative;

namespace Engine.Tensors.Gpu.Cuda;

/// <summary>
/// NVIDIA's devices in the driver's order. A device without its compiler NVRTC is of no use, so it is not listed, but the
/// reason names it.
/// </summary>
internal sealed unsafe class CudaPlatform : IGpuPlatform
{
    // The first with all that is called (cuGraphInstantiateWithFlags).
    private const int OldestDriver = 11040;

    /// <summary>What NVRTC is told besides the architecture. Its defaults are IEEE arithmetic.</summary>
    public const string CompilerOptions = "--std=c++17";

    private List<(int Device, GpuDeviceInfo Info)>? _found;

    /// <inheritdoc/>
    public string Prefix => "cuda";

    /// <inheritdoc/>
    public IReadOnlyList<GpuDeviceInfo> Find() => [.. Found().Select(f => f.Info)];

    /// <inheritdoc/>
    public IGpuDriver Open(int index) => new CudaDriver(Found()[index].Device, Found()[index].Info);

    private List<(int Device, GpuDeviceInfo Info)> Found()
    {
        if (_found is not null) return _found;
        if (!NativeLibraries.TryLoad(NativeLibraries.Cuda, out var sought))
            throw new DeviceException($"there is no CUDA driver ({sought}); for an NVIDIA GPU, install NVIDIA's driver.");
        var status = Init(0);
        if (status == NoDevice) throw WithoutDevice();
        if (status == StubLibrary)
            throw new DeviceException(
                "the CUDA library found is the toolkit's stub, not the driver; install NVIDIA's driver, and take the folder "
                    + "stubs off LD_LIBRARY_PATH.");
        if (status == SystemDriverMismatch)
            throw new DeviceException(
                "the CUDA driver's library and its kernel module are of different versions; restart the machine.");
        if (status != Success)
            throw new DeviceException($"the CUDA driver does not start: {NameOf(status)} ({status}); see what nvidia-smi says.");
        int version, count;
        Check(DriverGetVersion(&version), "cuDriverGetVersion");
        if (version < OldestDriver)
            throw new DeviceException(
                $"the CUDA driver is of version {Dotted(version)}, and {Dotted(OldestDriver)} or later is needed; install a "
                    + "newer driver.");
        Check(DeviceGetCount(&count), "cuDeviceGetCount");
        if (count == 0) throw WithoutDevice();
        var devices = new int[count];
        for (var i = 0; i < count; i++)
        {
            fixed (int* device = &devices[i]) Check(DeviceGet(device, i), "cuDeviceGet");
        }

        var driver = $"CUDA {Dotted(version)}, NVRTC {Compiler(version, Name(devices[0]))}";
        var known = Nvrtc.Architectures();
        var all = devices.Select((d, i) => (d, Describe(d, i == 0 ? Prefix : $"{Prefix}:{i}", driver))).ToList();

        // Numbers are the driver's, so what follows a device that is too old goes too; such a mixture is rare.
        var usable = all.TakeWhile(d => Nvrtc.ArchitectureFor(d.Item2.Capability, known) is not null).ToList();
        return _found = usable.Count > 0 ? usable : throw Nvrtc.TooOld(all[0].Item2, known);
    }

    // The version of NVRTC, or the reason that there is none, which names the device that waits for it.
    private static string Compiler(int driver, string model)
    {
        NvrtcFiles.NewestMajor = driver / 1000;
        var package = driver >= 13000 ? "nvidia-cuda-nvrtc" : $"nvidia-cuda-nvrtc-cu{driver / 1000}";
        var fix = $"pip install {package}, or set CUDA_HOME to a CUDA toolkit";
        if (!NativeLibraries.TryLoad(NativeLibraries.Nvrtc, out var sought))
            throw new DeviceException($"{model} is there, but not its compiler NVRTC ({sought}): {fix}.");
        try
        {
            var (major, minor) = Nvrtc.Version;
            if (major > driver / 1000)
                throw new DeviceException(
                    $"{model} is there, but its compiler NVRTC {major}.{minor} is too new for the driver (CUDA "
                        + $"{Dotted(driver)}): {fix}, or install a newer driver.");
            _ = Nvrtc.Architectures();
            return $"{major}.{minor}";
        }
        catch (EntryPointNotFoundException)
        {
            throw new DeviceException($"{model} is there, but its compiler NVRTC is older than 11.2: {fix}.");
        }
    }

    private static DeviceException WithoutDevice() =>
        new("the CUDA driver is there but shows no device; see whether nvidia-smi lists one, and whether "
        + "CUDA_VISIBLE_DEVICES hides it.");

    private static string Dotted(int version) => $"{version / 1000}.{version % 1000 / 10}";

    private static GpuDeviceInfo Describe(int device, string name, string driver)
    {
        nuint memory;
        Check(DeviceTotalMem(&memory, device), "cuDeviceTotalMem");
        return new()
        {
            Name = name,
            Model = Name(device),
            Driver = driver,
            IsGpu = true,
            MemoryBytes = (long)memory,
            ComputeUnits = Attribute(device, MultiprocessorCount),
            LargestGroup = Attribute(device, MaxThreadsPerBlock),
            LocalBytes = Attribute(device, MaxSharedMemoryPerBlock),
            CompilerOptions = CompilerOptions,
            Capability = 10 * Attribute(device, ComputeCapabilityMajor) + Attribute(device, ComputeCapabilityMinor),
        };
    }

    private static string Name(int device)
    {
        var name = new byte[256];
        fixed (byte* first = name) Check(DeviceGetName(first, name.Length, device), "cuDeviceGetName");
        return Encoding.UTF8.GetString(name, 0, Math.Max(Array.IndexOf(name, (byte)0), 0)).Trim();
    }

    private static int Attribute(int device, int attribute)
    {
        int value;
        Check(DeviceGetAttribute(&value, attribute, device), "cuDeviceGetAttribute");
        return value;
    }

    private static void Check(int status, string call)
    {
        if (status != Success) throw new DeviceException($"{call}: {NameOf(status)} ({status}).");
    }
}
