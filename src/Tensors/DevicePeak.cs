using Engine.Tensors.Cpu;
using Engine.Tensors.Gpu;

namespace Engine.Tensors;

/// <summary>What a device can do at best, as measured: the roof that kernels are compared with.</summary>
public static class DevicePeak
{
    /// <summary>Multiply-adds on registers alone, in operations a second; a multiply-add is two.</summary>
    /// <exception cref="DeviceException">The device refuses.</exception>
    public static double FlopsPerSecond(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Backend is GpuBackend gpu ? gpu.PeakFlops() : CpuPeak.FlopsPerSecond();
    }

    /// <summary>A copy of a large block within the device's memory, in bytes read and written a second.</summary>
    /// <exception cref="DeviceException">The device refuses.</exception>
    public static double BytesPerSecond(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return device.Backend is GpuBackend gpu ? gpu.PeakBytes() : CpuPeak.BytesPerSecond();
    }
}
