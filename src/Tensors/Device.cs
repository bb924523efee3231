using Engine.Tensors.Cpu;

namespace Engine.Tensors;

/// <summary>Where tensors live and operations run: a name such as <c>cpu</c> and the backend behind it.</summary>
public sealed class Device
{
    private static Device? s_default;

    internal Device(string name, IBackend backend)
    {
        Name = name;
        Backend = backend;
    }

    /// <summary>The processor this program runs on; always present.</summary>
    public static Device Cpu => BackendRegistry.Cpu;

    /// <summary>Where tensors and networks made without a device go: the processor, unless the program chooses another.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public static Device Default
    {
        get => s_default ?? Cpu;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            s_default = value;
        }
    }

    /// <summary>
    /// Threads that the whole program's operations on the processor use; initially one per logical processor. No result depends
    /// on it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public static int CpuThreads
    {
        get => WorkerPool.Threads;
        set => WorkerPool.Threads = value;
    }

    /// <summary>The name, as the command line spells it.</summary>
    public string Name { get; }

    /// <summary>The operations.</summary>
    public IBackend Backend { get; }

    /// <summary>
    /// Finds a device by name: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>opencl</c>, <c>auto</c> for the best available, or
    /// <c>ilgpu-cpu</c> to debug GPU kernels.
    /// </summary>
    /// <exception cref="DeviceException">No such device is present; the message says why, or which devices there are.</exception>
    public static Device Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return BackendRegistry.Get(name);
    }

    /// <summary>
    /// Frees memory that is kept for future tensors. A running program seldom needs this: the processor's is freed automatically
    /// after a few seconds of disuse, and a model frees its own when disposed.
    /// </summary>
    public void Trim() => Backend.Trim();

    /// <inheritdoc/>
    public override string ToString() => Name;
}
