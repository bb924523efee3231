using Engine.Tensors.Cpu;

namespace Engine.Tensors;

/// <summary>Where tensors live and operations run: a name such as <c>cpu</c> and the backend behind it.</summary>
public sealed class Device
{
    internal Device(string name, IBackend backend)
    {
        Name = name;
        Backend = backend;
    }

    /// <summary>The processor this program runs on; always present.</summary>
    public static Device Cpu => BackendRegistry.Cpu;

    /// <summary>Threads that operations on the processor use, in the whole program; one per logical processor at first. No result depends on it.</summary>
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

    /// <summary>Finds a device by name.</summary>
    /// <exception cref="ArgumentException">No device of this name is present; the message lists those that are.</exception>
    public static Device Get(string name) => BackendRegistry.Get(name);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
