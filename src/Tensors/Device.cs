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

    /// <summary>
    /// Where tensors and networks go that are made without naming a device: the processor, unless the program chooses another.
    /// </summary>
    /// <exception cref="ArgumentNullException">It is set to null.</exception>
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
    /// Threads that operations on the processor use, in the whole program; one per logical processor at first. No result depends
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
    /// Finds a device by name: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, <c>opencl</c>, <c>auto</c> for the best there is, or
    /// <c>ilgpu-cpu</c> to debug GPU kernels.
    /// </summary>
    /// <exception cref="DeviceException">No such device is present; the message says why and what there is.</exception>
    public static Device Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return BackendRegistry.Get(name);
    }

    /// <summary>
    /// Frees the memory kept for future tensors that no tensor uses. A running program seldom needs this:
    /// the processor's is freed by itself after a few seconds, and a model frees its own when it is disposed.
    /// </summary>
    public void Trim() => Backend.Trim();

    /// <inheritdoc/>
    public override string ToString() => Name;
}
