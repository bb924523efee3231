using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Engine.Tensors.Gpu.Kernels;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>The PTX that ILGPU makes of a kernel for one generation of NVIDIA's GPUs; it needs neither GPU nor driver.</summary>
[RequiresUnreferencedCode("ILGPU reads the kernels' instructions by reflection.")]
[RequiresDynamicCode("ILGPU reads the kernels' instructions by reflection.")]
internal sealed class PtxCompiler : IDisposable
{
    private static readonly MethodInfo s_entry = typeof(KernelEntry).GetMethod(nameof(KernelEntry.Run))!;
    private static readonly MethodInfo s_items =
        typeof(PtxCompiler).GetMethod(nameof(Items), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Context _context;
    private readonly PTXBackend _backend;

    /// <summary>For a compute capability such as 80 (8.0).</summary>
    /// <exception cref="DeviceException">ILGPU does not know it.</exception>
    public PtxCompiler(int capability)
    {
        // The first instruction set that knows the generation.
        var set = capability switch
        {
            70 or 75 => CudaInstructionSet.ISA_63,
            80 or 86 or 87 => CudaInstructionSet.ISA_74,
            89 or 90 => CudaInstructionSet.ISA_78,
            _ => throw new DeviceException(
                $"compute capability {capability} is none of 70, 75, 80, 86, 87, 89 and 90, for which PTX can be printed."),
        };
        var architecture = new CudaArchitecture(capability / 10, capability % 10);
        _context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2).EnableAlgorithms());
        _backend = new PTXBackend(_context, new CudaCapabilityContext(architecture), architecture, set, nvvmAPI: null);
    }

    /// <summary>The text of a kernel, of which every type parameter is given.</summary>
    /// <exception cref="DeviceException">ILGPU cannot compile it.</exception>
    public string Compile(Type kernel)
    {
        var items = (int)s_items.MakeGenericMethod(kernel).Invoke(null, null)!;
        var entry = EntryPointDescription.FromExplicitlyGroupedKernel(s_entry.MakeGenericMethod(kernel));
        try
        {
            return ((PTXCompiledKernel)_backend.Compile(entry, new KernelSpecialization(items, null))).PTXAssembly;
        }
        catch (Exception e) when (e is InternalCompilerException or NotSupportedException)
        {
            throw new DeviceException($"kernel {KernelName.Of(kernel)} does not compile: {DriverFaults.Reason(e)}.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _backend.Dispose();
        _context.Dispose();
    }

    private static int Items<TKernel>()
        where TKernel : struct, IKernel => TKernel.Items;
}
