using ILGPU;

namespace Engine.Tensors.Gpu.Kernels;

/// <summary>
/// A kernel: its fields are the arguments, <see cref="Run"/> is what each work item does. ILGPU compiles it for the device when
/// it is first launched. Views of the tensors are <see cref="ArrayView{T}"/>; an absent tensor is an empty view. ILGPU passes no
/// <c>bool</c>: a choice is an <c>int</c>, or a type parameter (<see cref="IFlag"/>) where it should be compiled in.
/// </summary>
internal interface IKernel
{
    /// <summary>Work items of a group.</summary>
    static virtual int Items => 256;

    /// <summary>What one work item does.</summary>
    void Run();
}

/// <summary>The one entry point: ILGPU wants a static method, and every kernel is a struct.</summary>
internal static class KernelEntry
{
    /// <summary>Runs a kernel's work item.</summary>
    public static void Run<TKernel>(TKernel kernel)
        where TKernel : struct, IKernel => kernel.Run();
}

/// <summary>Something compiled in or left out.</summary>
internal interface IFlag
{
    /// <summary>Whether it is in.</summary>
    static abstract bool IsSet { get; }
}

/// <summary>Compiled in.</summary>
internal readonly struct Yes : IFlag
{
    /// <inheritdoc/>
    public static bool IsSet => true;
}

/// <summary>Left out.</summary>
internal readonly struct No : IFlag
{
    /// <inheritdoc/>
    public static bool IsSet => false;
}
