using ILGPU;
using ILGPU.Runtime;
using IlgpuDevice = ILGPU.Runtime.Device;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>
/// Devices of one kind through ILGPU. Nothing of ILGPU is touched before they are first asked for: a context takes a few tenths
/// of a second.
/// </summary>
/// <param name="prefix">The first part of its devices' names.</param>
internal abstract class IlgpuPlatform(string prefix) : IGpuPlatform
{
    private Context? _context;
    private IlgpuDevice[] _devices = [];
    private GpuDeviceInfo[]? _found;

    /// <inheritdoc/>
    public string Prefix => prefix;

    /// <inheritdoc/>
    public IReadOnlyList<GpuDeviceInfo> Find()
    {
        if (_found is not null) return _found;
        ExpectDriver();
        _context ??= Context.Create(builder => AddDevices(
            builder.ForKernels().Profiling()));
        _devices = [.. _context.Devices.Where(IsOurs)];
        if (_devices.Length == 0) throw new DeviceException(WithoutDevice);
        return _found = [.. _devices.Select((d, i) => Describe(d, Known(d, i == 0 ? prefix : $"{prefix}:{i}")))];
    }

    /// <inheritdoc/>
    public IGpuDriver Open(int index) => Open(index, cache: null);

    /// <summary>Opens a device with a cache of kernels; null: the user's.</summary>
    /// <exception cref="DeviceException">It cannot be used; the message says why.</exception>
    internal IGpuDriver Open(int index, KernelCache? cache)
    {
        var info = Find()[index];
        var device = _devices[index];
        if (Refusal(device) is { } reason) throw new DeviceException($"device '{info.Name}': {info.Model} {reason}");
        try
        {
            return new IlgpuDriver(device.CreateAccelerator(_context!), info, cache);
        }
        catch (Exception e) when (e is AcceleratorException or NotSupportedException)
        {
            throw new DriverFaults(info).Of(e, "opening the device");
        }
    }

    /// <summary>What to say where the driver is there but has no device.</summary>
    protected abstract string WithoutDevice { get; }

    /// <summary>Throws a <see cref="DeviceException"/> if the driver is not installed.</summary>
    protected abstract void ExpectDriver();

    /// <summary>Asks ILGPU for the devices of this kind.</summary>
    protected abstract Context.Builder AddDevices(Context.Builder builder);

    /// <summary>Whether a device is of this kind: every context has ILGPU's processor too.</summary>
    protected abstract bool IsOurs(IlgpuDevice device);

    /// <summary>Adds the driver to what ILGPU knows of every device, and whether it is a GPU.</summary>
    protected abstract GpuDeviceInfo Describe(IlgpuDevice device, GpuDeviceInfo known);

    /// <summary>Why ILGPU cannot use a device, after its name; null if it can.</summary>
    protected virtual string? Refusal(IlgpuDevice device) => null;

    private static GpuDeviceInfo Known(IlgpuDevice device, string name) => new()
    {
        Name = name,
        Model = device.Name,
        Driver = "",
        IsGpu = false,
        MemoryBytes = device.MemorySize,
        ComputeUnits = device.NumMultiprocessors,
        LocalBytes = device.MaxSharedMemoryPerGroup,
    };
}
