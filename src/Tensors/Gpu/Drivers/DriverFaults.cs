using System.Runtime.InteropServices;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>
/// Makes errors of what ILGPU throws. Some say that the device itself is gone, with all that it held (a kernel that crashed,
/// memory that failed, a GPU that was reset): the first of these stays, and every later call fails with its message.
/// </summary>
internal sealed class DriverFaults(GpuDeviceInfo device)
{
    private volatile string? _lost;

    /// <summary>Whether the device is gone.</summary>
    public bool IsLost => _lost is not null;

    /// <summary>Throws if the device is gone.</summary>
    public void ThrowIfLost()
    {
        if (_lost is { } reason) throw new DeviceException(reason);
    }

    /// <summary>The device was closed: calls from now on are errors.</summary>
    public void Close() => _lost ??= $"{device.Name}: the device was closed.";

    /// <summary>The error of a call that threw.</summary>
    public DeviceException Of(Exception e, string call)
    {
        var failure = $"{call}: {Reason(e)}";
        if (!IsFatal(e)) return new($"{device.Name}: {failure}.", e);

        // Commands fail after they were queued: the call that says so need not be the one to blame.
        _lost ??= $"{device.Name}: {device.Model} was lost, with what it held ({failure}, or a command before it).\nStart "
            + "the program again, or use --device cpu.";
        return new(_lost, e);
    }

    /// <summary>Whether there was not enough memory.</summary>
    public static bool IsOutOfMemory(Exception e) => e switch
    {
        CudaException cuda => Status(cuda) == CudaError.CUDA_ERROR_OUT_OF_MEMORY,
        CLException cl => cl.Error is CLError.CL_MEM_OBJECT_ALLOCATION_FAILURE or CLError.CL_OUT_OF_RESOURCES
            or CLError.CL_INVALID_BUFFER_SIZE,
        _ => e is OutOfMemoryException,
    };

    /// <summary>Whether nothing works after this: CUDA's sticky errors.</summary>
    public static bool IsFatal(CudaError status) =>
        (int)status is 4 or 46 or 214 or 220 or 700 or 702 or 709 or 710 or (>= 714 and <= 719) or 999;

    // The same, and a device that OpenCL no longer knows.
    private static bool IsFatal(Exception e) => e switch
    {
        CudaException cuda => IsFatal(Status(cuda)),
        CLException cl => (int)cl.Error is -2 or -14 or -34 or -36 or -9999,
        _ => false,
    };

    // ILGPU keeps the name alone.
    private static CudaError Status(CudaException e) =>
        Enum.TryParse<CudaError>(e.Error, out var status) ? status : CudaError.CUDA_ERROR_UNKNOWN;

    /// <summary>What a failure comes down to, in one line.</summary>
    public static string Reason(Exception e)
    {
        while (e is not ExternalException && e.InnerException is { } inner) e = inner;
        return e switch
        {
            CudaException cuda => $"{cuda.Error} ({(int)Status(cuda)})",
            CLException cl => $"{cl.Error} ({(int)cl.Error})",
            _ => Serialization.Excerpt.Of(e.Message.ReplaceLineEndings(" ").TrimEnd('.')),
        };
    }
}
