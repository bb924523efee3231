namespace Engine.Tensors.Gpu;

/// <summary>
/// One GPU, with one queue of commands that run in order. All that the backend needs of a programming interface, so that
/// another (ILGPU, Vulkan) is one more implementation. Calls may come from any thread, but one at a time: the backend sees
/// to that. Every refusal is a <see cref="DeviceException"/> that names the call and the status; when the device itself is
/// lost, so is every later call but <see cref="Free"/> and <see cref="IDisposable.Dispose"/>, which have nothing to do then.
/// </summary>
internal interface IGpuDriver : IDisposable
{
    /// <summary>What it is.</summary>
    GpuDeviceInfo Info { get; }

    /// <summary>A block of memory, aligned to 256 bytes or more; false if there is not enough.</summary>
    bool TryAllocate(long byteLength, out nint block);

    /// <summary>Gives a block back, after what waits in the queue.</summary>
    void Free(nint block);

    /// <summary>Queues a copy from the host; the source may be changed as soon as this returns.</summary>
    void Upload(ReadOnlySpan<byte> source, nint target, long offset);

    /// <summary>Copies to the host, after all that waits in the queue.</summary>
    void Download(nint source, long offset, Span<byte> target);

    /// <summary>Compiles a kernel family to the form that <see cref="Load"/> takes.</summary>
    /// <exception cref="DeviceException">It does not compile; the message names our file and line.</exception>
    byte[] Compile(KernelSource source);

    /// <summary>Makes a program of a compiled family.</summary>
    /// <exception cref="DeviceException">The binary is not for this device, or broken.</exception>
    nint Load(KernelSource source, byte[] binary);

    /// <summary>A kernel of a program.</summary>
    nint Kernel(nint program, string name);

    /// <summary>Queues a kernel; its name is for the error.</summary>
    void Launch(nint kernel, string name, in GpuGrid grid, ReadOnlySpan<KernelArgument> arguments);

    /// <summary>Waits until the queue is empty.</summary>
    void Wait();

    /// <summary>Queues a note of the time.</summary>
    nint Mark();

    /// <summary>Waits for two marks and gives them back; the seconds that the device took from one to the other.</summary>
    double SecondsBetween(nint start, nint end);
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
    IGpuDriver Open(int index);
}
