using Engine.Tensors.Gpu.Kernels;
using ILGPU.Runtime;

namespace Engine.Tensors.Gpu;

/// <summary>
/// One GPU with one queue of commands that run in order: all that the backend needs of ILGPU, and where tests count calls or make
/// them fail. Calls may come from any thread, but one at a time: the backend sees to that. A refusal is a
/// <see cref="DeviceException"/> that names the call; once the device is lost, so is every later call but <see cref="Free"/> and
/// <see cref="IDisposable.Dispose"/>, which have nothing to do then.
/// </summary>
internal interface IGpuDriver : IDisposable
{
    /// <summary>What it is.</summary>
    GpuDeviceInfo Info { get; }

    /// <summary>A block of memory, aligned to 256 bytes or more; false if there is not enough.</summary>
    bool TryAllocate(long byteLength, out nint block);

    /// <summary>Gives a block back, after what waits in the queue.</summary>
    void Free(nint block);

    /// <summary>ILGPU's name for a block.</summary>
    MemoryBuffer Buffer(nint block);

    /// <summary>Queues a copy from the host; the source may be changed as soon as this returns.</summary>
    void Upload(ReadOnlySpan<byte> source, nint target, long offset);

    /// <summary>Copies to the host, after all that waits in the queue.</summary>
    void Download(nint source, long offset, Span<byte> target);

    /// <summary>Queues a kernel, compiled if this is its first launch.</summary>
    /// <exception cref="DeviceException">It does not compile for this device; the message names both.</exception>
    void Launch<TKernel>(in GpuGrid grid, in TKernel kernel)
        where TKernel : struct, IKernel;

    /// <summary>Waits until the queue is empty.</summary>
    void Wait();

    /// <summary>Queues a note of the time.</summary>
    ProfilingMarker Mark();

    /// <summary>Waits for two marks and gives them back; the seconds that the device took from one to the other.</summary>
    double SecondsBetween(ProfilingMarker start, ProfilingMarker end);
}

/// <summary>The devices that one programming interface offers on this machine.</summary>
internal interface IGpuPlatform
{
    /// <summary>The first part of its devices' names: <c>opencl</c>, <c>cuda</c>.</summary>
    string Prefix { get; }

    /// <summary>Its devices in the order of their numbers.</summary>
    /// <exception cref="DeviceException">There is none; the message says why and what to do.</exception>
    IReadOnlyList<GpuDeviceInfo> Find();

    /// <summary>Opens a device that <see cref="Find"/> listed.</summary>
    /// <exception cref="DeviceException">It cannot be used; the message says why.</exception>
    IGpuDriver Open(int index);
}
