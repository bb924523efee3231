namespace Engine.Tensors.Gpu;

/// <summary>What a driver says of its device.</summary>
internal sealed record GpuDeviceInfo
{
    /// <summary>As Engine calls it in errors: <c>opencl:1</c>, <c>cuda</c>.</summary>
    public required string Name { get; init; }

    /// <summary>As its maker calls it.</summary>
    public required string Model { get; init; }

    /// <summary>The driver and its version.</summary>
    public required string Driver { get; init; }

    /// <summary>Whether it is a GPU; OpenCL also offers processors.</summary>
    public required bool IsGpu { get; init; }

    /// <summary>Its memory, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Compute units (OpenCL), streaming multiprocessors (CUDA).</summary>
    public required int ComputeUnits { get; init; }

    /// <summary>Local (shared) memory of a group, in bytes.</summary>
    public required int LocalBytes { get; init; }
}
