using ILGPU;
using ILGPU.Runtime.Cuda;
using IlgpuDevice = ILGPU.Runtime.Device;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>NVIDIA's GPUs, which need the driver and nothing else.</summary>
internal sealed class CudaPlatform() : IlgpuPlatform("cuda")
{
    /// <inheritdoc/>
    protected override string WithoutDevice =>
        "the CUDA driver is there but shows no device; see nvidia-smi, and CUDA_VISIBLE_DEVICES if it is set.";

    /// <inheritdoc/>
    protected override void ExpectDriver()
    {
        if (!NativeDrivers.IsInstalled(NativeDrivers.Cuda, out var file))
            throw new DeviceException($"there is no CUDA driver ({file}); for an NVIDIA GPU, install NVIDIA's driver.");
    }

    /// <inheritdoc/>
    protected override Context.Builder AddDevices(Context.Builder builder) => builder.Cuda(_ => true);

    /// <inheritdoc/>
    protected override bool IsOurs(IlgpuDevice device) => device is CudaDevice;

    /// <inheritdoc/>
    protected override GpuDeviceInfo Describe(IlgpuDevice device, GpuDeviceInfo known)
    {
        var cuda = (CudaDevice)device;
        return known with
        {
            Driver = $"CUDA {cuda.DriverVersion.Major}.{cuda.DriverVersion.Minor}, compute capability "
                + $"{cuda.Architecture?.Major}.{cuda.Architecture?.Minor}",
            IsGpu = true,
        };
    }

    /// <inheritdoc/>
    protected override string? Refusal(IlgpuDevice device) =>
        ((CudaDevice)device).Architecture is null ? "is of a generation that ILGPU does not know." : null;
}
