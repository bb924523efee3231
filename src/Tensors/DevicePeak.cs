using Engine.Tensors.Cpu;
using Engine.Tensors.Gpu;

namespace Engine.Tensors;

/// <summary>A device's peak rates, as measured: the ceiling that kernels are compared with.</summary>
public static class DevicePeak
{
    /// <summary>Multiply-adds on registers alone, in operations per second; a multiply-add is two.</summary>
    /// <exception cref="DeviceException">The device refuses.</exception>
    public static double FlopsPerSecond(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Backend is GpuBackend gpu ? gpu.PeakFlops() : CpuPeak.FlopsPerSecond();
    }

    /// <summary>A copy of a large block within the device's memory, in bytes read and written per second.</summary>
    /// <exception cref="DeviceException">The device refuses.</exception>
    public static double BytesPerSecond(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Backend is GpuBackend gpu ? gpu.PeakBytes() : CpuPeak.BytesPerSecond();
    }
}
