using System.Reflection;
using Engine.Tensors.Gpu.Kernels;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR.Types;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>How ILGPU compiles our kernels, for a device or to be read.</summary>
internal static class KernelCompilation
{
    // An OpenCL kernel receives a view as its memory and where it begins in it.
    private const int FieldsOfView = 2;

    // ILGPU makes it public for OpenCL alone.
    private static readonly ConstructorInfo? s_ofPtx = typeof(PTXCompiledKernel).GetConstructor(
        BindingFlags.Instance | BindingFlags.NonPublic,
        [typeof(Context), typeof(EntryPoint), typeof(CompiledKernel.KernelInfo), typeof(string)]);

    /// <summary>What every context is made with.</summary>
    public static Context.Builder ForKernels(this Context.Builder builder) =>
        Fused.Register(builder.Optimize(OptimizationLevel.O2).EnableAlgorithms());

    /// <summary>A kernel for a device: from the text that an earlier process kept, or compiled and kept.</summary>
    /// <param name="accelerator">The device, CUDA or OpenCL.</param>
    /// <param name="kernel">The kernel's type.</param>
    /// <param name="entry"><see cref="KernelEntry"/> for it.</param>
    /// <param name="items">Work items of a group.</param>
    /// <param name="cache">The texts.</param>
    public static CompiledKernel Compile(Accelerator accelerator, Type kernel, MethodInfo entry, int items, KernelCache cache)
    {
        var key = KeyOf(accelerator, kernel, items);
        if (cache.Find(key) is { } known)
        {
            return accelerator is CudaAccelerator
                ? OfPtx(accelerator.Context, entry, items, known)
                : OfOpenCl((CLAccelerator)accelerator, entry, items, known);
        }

        CompiledKernel compiled = accelerator is CudaAccelerator cuda
            ? Compile(cuda.Backend, entry, items)
            : ((CLAccelerator)accelerator).Backend.Compile(Description(entry), Specialization(items));
        cache.Keep(key, compiled is PTXCompiledKernel ptx ? ptx.PTXAssembly : ((CLCompiledKernel)compiled).Source);
        return compiled;
    }

    /// <summary>
    /// A kernel's PTX, in which no branch is called uniform. ILGPU calls one so where it depends on constants that were chosen by
    /// a branch that is not, and a GPU may then send all 32 items of a warp the way of one.
    /// </summary>
    /// <param name="backend">For a generation of GPUs.</param>
    /// <param name="entry"><see cref="KernelEntry"/> for the kernel.</param>
    /// <param name="items">Work items of a group.</param>
    public static PTXCompiledKernel Compile(PTXBackend backend, MethodInfo entry, int items)
    {
        var kernel = (PTXCompiledKernel)backend.Compile(Description(entry), Specialization(items));
        return OfPtx(backend.Context, entry, items, kernel.PTXAssembly
            .Replace("bra.uni", "bra", StringComparison.Ordinal).Replace("ret.uni", "ret", StringComparison.Ordinal));
    }

    /// <summary>
    /// What a kernel's text depends on: its code and all that it calls (the identities of the assemblies), the compiler, and what
    /// the device can do.
    /// </summary>
    internal static string KeyOf(Accelerator accelerator, Type kernel, int items)
    {
        var device = accelerator switch
        {
            CudaAccelerator cuda => $"ptx {cuda.Architecture} {cuda.InstructionSet}",
            CLAccelerator cl => $"opencl {cl.CLStdVersion} {cl.PlatformName} {cl.Name} {cl.CVersion} {cl.Vendor} "
                + $"{cl.Capabilities.Float16} {cl.Capabilities.Float64} {cl.Capabilities.SubGroups}",
            _ => throw new NotSupportedException($"{accelerator.AcceleratorType} has no text of kernels."),
        };
        var code = new[] { typeof(KernelEntry), typeof(Context), typeof(XMath) }.Select(t => t.Module.ModuleVersionId);
        return KernelCache.Digest(string.Join('\n', [kernel.ToString(), $"{items}", device, .. code.Select(c => $"{c}")]));
    }

    // Static shared memory is in the text; the launcher asks only for what is dynamic, and no kernel has any.
    private static CLCompiledKernel OfOpenCl(CLAccelerator accelerator, MethodInfo entry, int items, string text)
    {
        using var types = new TypeInformationManager();
        var point = new SeparateViewEntryPoint(Description(entry), default, Specialization(items), types, FieldsOfView);
        return new(accelerator.Context, point, info: null, text, accelerator.Backend.CLStdVersion);
    }

    private static PTXCompiledKernel OfPtx(Context context, MethodInfo entry, int items, string text)
    {
        if (s_ofPtx is null) throw new NotSupportedException("this version of ILGPU makes its PTX kernels otherwise");
        return (PTXCompiledKernel)s_ofPtx.Invoke(
            [context, new EntryPoint(Description(entry), default, Specialization(items)), null, text]);
    }

    private static EntryPointDescription Description(MethodInfo entry) =>
        EntryPointDescription.FromExplicitlyGroupedKernel(entry);

    private static KernelSpecialization Specialization(int items) => new(items, null);
}
