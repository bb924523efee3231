using ILGPU;
using ILGPU.Runtime.CPU;
using IlgpuDevice = ILGPU.Runtime.Device;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>
/// ILGPU's own accelerator on the processor, <c>ilgpu-cpu</c>: every work item is a thread that a debugger can stop, an index
/// out of range is an exception. Far too slow for anything but that.
/// </summary>
internal sealed class DebugPlatform() : IlgpuPlatform("ilgpu-cpu")
{
    // A group of 256 items, in warps of 32 as on NVIDIA's GPUs, one group at a time.
    private static readonly CPUDevice s_device = new(32, 8, 1);

    /// <inheritdoc/>
    protected override string WithoutDevice => "ILGPU offers no processor.";

    /// <inheritdoc/>
    protected override void ExpectDriver()
    {
    }

    /// <inheritdoc/>
    protected override Context.Builder AddDevices(Context.Builder builder) => builder.CPU(s_device);

    /// <inheritdoc/>
    protected override bool IsOurs(IlgpuDevice device) => device == s_device;

    /// <inheritdoc/>
    protected override GpuDeviceInfo Describe(IlgpuDevice device, GpuDeviceInfo known) => known with
    {
        Model = "ILGPU's accelerator on the processor",
        Driver = $"ILGPU {typeof(Context).Assembly.GetName().Version?.ToString(3)}, for debugging",
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
    };
}
