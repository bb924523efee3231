using ILGPU;
using ILGPU.Runtime.OpenCL;
using IlgpuDevice = ILGPU.Runtime.Device;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>Everything with an OpenCL driver: GPUs of all makers, and processors.</summary>
internal sealed class OpenClPlatform() : IlgpuPlatform("opencl")
{
    private const string Pocl = "Portable Computing Language";

    /// <inheritdoc/>
    protected override string WithoutDevice =>
        "the OpenCL library is there but offers no device; install the GPU's driver, or on Debian pocl-opencl-icd for the "
        + "processor.";

    /// <inheritdoc/>
    protected override void ExpectDriver()
    {
        if (!NativeDrivers.IsInstalled(NativeDrivers.OpenCl, out var file))
            throw new DeviceException(
                $"there is no OpenCL ({file}); install the GPU's driver, or on Debian ocl-icd-libopencl1 with "
                    + "pocl-opencl-icd for "
                + "the processor.");
    }

    /// <inheritdoc/>
    protected override Context.Builder AddDevices(Context.Builder builder) => builder.OpenCL(_ => true);

    /// <inheritdoc/>
    protected override bool IsOurs(IlgpuDevice device) => device is CLDevice;

    /// <inheritdoc/>
    protected override GpuDeviceInfo Describe(IlgpuDevice device, GpuDeviceInfo known)
    {
        var cl = (CLDevice)device;
        return known with
        {
            Driver = $"OpenCL {cl.DeviceVersion.Major}.{cl.DeviceVersion.Minor} by {cl.PlatformName}",
            IsGpu = cl.DeviceType.HasFlag(CLDeviceType.CL_DEVICE_TYPE_GPU),
        };
    }

    /// <inheritdoc/>
    protected override string? Refusal(IlgpuDevice device)
    {
        var capabilities = ((CLDevice)device).Capabilities;
        if (capabilities.GenericAddressSpace) return null;
        if (((CLDevice)device).PlatformName != Pocl)
            return "lacks OpenCL's generic address space, which ILGPU needs; a newer driver may have it.";

        // PoCL 3.1 has it and does not say so. ILGPU offers no way to tell it that.
        typeof(CLCapabilityContext).GetProperty(nameof(capabilities.GenericAddressSpace))!.GetSetMethod(nonPublic: true)!
            .Invoke(capabilities, [true]);
        return null;
    }
}
