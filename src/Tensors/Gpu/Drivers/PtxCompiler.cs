using System.Reflection;
using Engine.Tensors.Gpu.Kernels;
using ILGPU;
using ILGPU.Algorithms;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>The PTX that ILGPU makes of a kernel for one generation of NVIDIA's GPUs; it needs neither GPU nor driver.</summary>
internal sealed class PtxCompiler : IDisposable
{
    private static readonly MethodInfo s_entry = typeof(KernelEntry).GetMethod(nameof(KernelEntry.Run))!;

    private readonly Context _context;
    private readonly PTXBackend _backend;

    /// <summary>For a compute capability such as <c>80</c> (8.0).</summary>
    /// <exception cref="DeviceException">ILGPU does not know it.</exception>
    public PtxCompiler(int capability)
    {
        var architecture = new CudaArchitecture(capability / 10, capability % 10);
        _context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2).EnableAlgorithms());
        _backend = new PTXBackend(
            _context, new CudaCapabilityContext(architecture), architecture, InstructionSet(capability), nvvmAPI: null);
    }

    /// <summary>The text of a kernel, of which every type parameter is given.</summary>
    public string Compile(Type kernel)
    {
        var items = (int)typeof(PtxCompiler).GetMethod(nameof(Items), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(kernel).Invoke(null, null)!;
        var entry = EntryPointDescription.FromExplicitlyGroupedKernel(s_entry.MakeGenericMethod(kernel));
        return ((PTXCompiledKernel)_backend.Compile(entry, new KernelSpecialization(items, null))).PTXAssembly;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _backend.Dispose();
        _context.Dispose();
    }

    private static int Items<TKernel>()
        where TKernel : struct, IKernel => TKernel.Items;

    // The first that knows the generation.
    private static CudaInstructionSet InstructionSet(int capability) => capability switch
    {
        >= 90 => CudaInstructionSet.ISA_78,
        >= 80 => CudaInstructionSet.ISA_74,
        _ => CudaInstructionSet.ISA_63,
    };
}
