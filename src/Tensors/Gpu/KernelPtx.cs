using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using Engine.Tensors.Gpu.Drivers;

namespace Engine.Tensors.Gpu;

/// <summary>What ILGPU makes of our kernels for NVIDIA's GPUs, to be read; it takes neither a GPU nor a driver.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[RequiresUnreferencedCode("Kernels are found and compiled by reflection.")]
[RequiresDynamicCode("Kernels are found and compiled by reflection.")]
public static class KernelPtx
{
    /// <summary>The kernels' names: <c>UnaryMap&lt;Relu&gt;</c>.</summary>
    public static IReadOnlyList<string> Names() => [.. KernelTypes.All().Select(KernelName.Of)];

    /// <summary>A kernel's PTX for a compute capability such as 80 (8.0).</summary>
    /// <exception cref="ArgumentException">There is no such kernel.</exception>
    /// <exception cref="DeviceException">ILGPU does not know the capability, or cannot compile the kernel.</exception>
    public static string Of(string name, int capability)
    {
        var kernel = KernelTypes.All().FirstOrDefault(k => KernelName.Of(k) == name)
            ?? throw new ArgumentException($"no kernel is called '{name}'.", nameof(name));
        using var compiler = new PtxCompiler();
        return compiler.Compile(kernel, capability);
    }
}
