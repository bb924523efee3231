using System.Reflection;
using Engine.Tensors.Gpu.Kernels;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>How ILGPU compiles our kernels, for a device or to be read.</summary>
internal static class KernelCompilation
{
    // ILGPU keeps the text in a property without a setter.
    private static readonly FieldInfo? s_text = typeof(PTXCompiledKernel).GetField(
        $"<{nameof(PTXCompiledKernel.PTXAssembly)}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic);

    /// <summary>What every context is made with.</summary>
    public static Context.Builder ForKernels(this Context.Builder builder) =>
        Fused.Register(builder.Optimize(OptimizationLevel.O2).EnableAlgorithms());

    /// <summary>
    /// A kernel's PTX, in which no branch is called uniform. ILGPU calls one so where it depends on constants that were chosen by
    /// a branch that is not, and a GPU may then send all 32 items of a warp the way of one.
    /// </summary>
    /// <param name="backend">For a generation of GPUs.</param>
    /// <param name="entry"><see cref="KernelEntry"/> for the kernel.</param>
    /// <param name="items">Work items of a group.</param>
    public static PTXCompiledKernel Compile(PTXBackend backend, MethodInfo entry, int items)
    {
        if (s_text is null) throw new NotSupportedException("this version of ILGPU keeps its PTX elsewhere");
        var kernel = (PTXCompiledKernel)backend.Compile(
            EntryPointDescription.FromExplicitlyGroupedKernel(entry), new KernelSpecialization(items, null));
        s_text.SetValue(kernel, kernel.PTXAssembly
            .Replace("bra.uni", "bra", StringComparison.Ordinal).Replace("ret.uni", "ret", StringComparison.Ordinal));
        return kernel;
    }
}
