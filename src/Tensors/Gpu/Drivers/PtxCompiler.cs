using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Engine.Tensors.Gpu.Kernels;
using ILGPU;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;

namespace Engine.Tensors.Gpu.Drivers;

/// <summary>The PTX that ILGPU makes of a kernel for generations of NVIDIA's GPUs; it needs neither GPU nor driver.</summary>
[RequiresUnreferencedCode("ILGPU reads the kernels' instructions by reflection.")]
[RequiresDynamicCode("ILGPU reads the kernels' instructions by reflection.")]
internal sealed class PtxCompiler : IDisposable
{
    private static readonly MethodInfo s_entry = typeof(KernelEntry).GetMethod(nameof(KernelEntry.Run))!;
    private static readonly MethodInfo s_items =
        typeof(PtxCompiler).GetMethod(nameof(Items), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Context _context = Context.Create(builder => builder.ForKernels());
    private readonly Dictionary<int, PTXBackend> _backends = [];

    /// <summary>The text of a kernel, with all its type parameters given, for a compute capability such as 80 (8.0).</summary>
    /// <exception cref="DeviceException">ILGPU does not know the capability, or cannot compile the kernel.</exception>
    public string Compile(Type kernel, int capability)
    {
        var items = (int)s_items.MakeGenericMethod(kernel).Invoke(null, null)!;
        try
        {
            return KernelCompilation.Compile(Backend(capability), s_entry.MakeGenericMethod(kernel), items).PTXAssembly;
        }
        catch (Exception e) when (e is InternalCompilerException or NotSupportedException)
        {
            throw new DeviceException($"kernel {KernelName.Of(kernel)} does not compile: {DriverFaults.Reason(e)}.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var backend in _backends.Values) backend.Dispose();
        _context.Dispose();
    }

    private PTXBackend Backend(int capability)
    {
        if (_backends.TryGetValue(capability, out var known)) return known;

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
        return _backends[capability] =
            new PTXBackend(_context, new CudaCapabilityContext(architecture), architecture, set, nvvmAPI: null);
    }

    private static int Items<TKernel>()
        where TKernel : struct, IKernel => TKernel.Items;
}
