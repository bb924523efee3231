using Engine.Tensors.Cpu;
using Engine.Tensors.Gpu;

namespace Engine.Tensors;

/// <summary>A device, or a kind of device, as <c>engine devices</c> lists it.</summary>
/// <param name="Name">As the command line spells it.</param>
/// <param name="Description">Model, driver and memory, or why there is none and what to do about it.</param>
/// <param name="IsPresent">Whether it can be used.</param>
public sealed record DeviceListing(string Name, string Description, bool IsPresent)
{
    /// <summary>The maker's name for it; null if it is absent.</summary>
    public string? Model { get; init; }

    /// <summary>What drives it; null if it is absent.</summary>
    public string? Driver { get; init; }

    /// <summary>Memory available to tensors, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Threads of a processor, compute units (streaming multiprocessors) of a GPU.</summary>
    public int ComputeUnits { get; init; }
}

/// <summary>
/// The machine's devices, found when first asked for and opened when first used. A kind that is absent or fails costs nothing but
/// the sentence that says so.
/// </summary>
internal sealed class DeviceCatalog
{
    private readonly IGpuPlatform[] _platforms;
    private readonly Dictionary<string, Device> _open = [];
    private readonly Lock _lock = new();

    /// <summary>The processor, and the GPUs of these platforms in order of preference.</summary>
    public DeviceCatalog(IEnumerable<IGpuPlatform> platforms)
    {
        _platforms = [.. platforms];
        Cpu = new Device("cpu", new CpuBackend());
    }

    /// <summary>The processor.</summary>
    public Device Cpu { get; }

    /// <summary>The processor, then every platform's devices or the reason it has none.</summary>
    public IReadOnlyList<DeviceListing> List()
    {
        var list = new List<DeviceListing> { Processor() };
        foreach (var platform in _platforms)
        {
            if (Try(platform, out var devices, out var reason)) list.AddRange(devices.Select(Listing));
            else list.Add(new(platform.Prefix, reason, false));
        }

        return list;
    }

    /// <summary>
    /// Finds and opens a device: <c>cpu</c>, <c>auto</c>, or a platform's prefix, alone or with a number.
    /// </summary>
    /// <exception cref="DeviceException">There is no such device; the message says why, or which devices there are.</exception>
    public Device Get(string name)
    {
        if (name == Cpu.Name) return Cpu;
        if (name == "auto") return Best();
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        var prefix = colon < 0 ? name : name[..colon];
        var platform = Array.Find(_platforms, p => p.Prefix == prefix);
        var index = 0;
        if (platform is null || (colon >= 0 && !(int.TryParse(name[(colon + 1)..], out index) && index >= 0)))
        {
            var others = string.Join(", ", _platforms.Select(p => $"{p.Prefix}, {p.Prefix}:1"));
            throw new DeviceException($"'{name}' is not a device; there are cpu, auto, {others}. See: engine devices");
        }

        if (!Try(platform, out var devices, out var reason)) throw new DeviceException($"device '{name}': {reason}");
        if (index >= devices.Count)
            throw new DeviceException(
                $"device '{name}': there {(devices.Count == 1 ? "is" : "are")} only "
                    + $"{string.Join(", ", devices.Select(d => d.Name))}.");
        return Open(platform, index, devices[index].Name);
    }

    // The first GPU in order of preference. An OpenCL processor is slower than our own kernels.
    private Device Best()
    {
        foreach (var platform in _platforms)
        {
            if (!Try(platform, out var devices, out _)) continue;
            for (var i = 0; i < devices.Count; i++)
            {
                if (devices[i].IsGpu) return Open(platform, i, devices[i].Name);
            }
        }

        return Cpu;
    }

    private Device Open(IGpuPlatform platform, int index, string name)
    {
        lock (_lock)
        {
            if (_open.TryGetValue(name, out var device)) return device;
            return _open[name] = new Device(name, new GpuBackend(platform.Open(index)));
        }
    }

    private bool Try(IGpuPlatform platform, out IReadOnlyList<GpuDeviceInfo> devices, out string reason)
    {
        lock (_lock)
        {
            (devices, reason) = ([], "");
            try
            {
                devices = platform.Find();
                return true;
            }
            catch (DeviceException e)
            {
                reason = e.Message;
                return false;
            }
            catch (Exception e) when (e is TypeLoadException or BadImageFormatException)
            {
                // A library that is not what its name claims, or lacks a function.
                reason = $"its driver is broken or too old; reinstall it ({e.Message.ReplaceLineEndings(" ")}).";
                return false;
            }
        }
    }

    private DeviceListing Processor() => new(Cpu.Name, $"{Environment.ProcessorCount} threads, {VectorWidth()}", true)
    {
        Model = ProcessorName.Value,
        Driver = $"Engine's own kernels, {VectorWidth()}",
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        ComputeUnits = Environment.ProcessorCount,
    };

    private static DeviceListing Listing(GpuDeviceInfo device) =>
        new(device.Name, $"{device.Model}, {device.MemoryBytes / (1024.0 * 1024 * 1024):0.#} GiB, {device.ComputeUnits} "
        + $"compute units, {device.Driver}", true)
        {
            Model = device.Model,
            Driver = device.Driver,
            MemoryBytes = device.MemoryBytes,
            ComputeUnits = device.ComputeUnits,
        };

    private static string VectorWidth() =>
        System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? "512-bit vectors"
        : System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated ? "256-bit vectors"
        : System.Runtime.Intrinsics.Vector128.IsHardwareAccelerated ? "128-bit vectors" : "no vectors";
}
