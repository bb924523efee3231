using System.Runtime.CompilerServices;
using Engine.Tensors.Gpu;
using Engine.Tensors.Gpu.Drivers;

namespace Engine.Tensors;

/// <summary>The devices of this machine. Tests run over the same list that users choose from.</summary>
public static class BackendRegistry
{
    private static readonly DeviceCatalog s_catalog = new(Platforms());

    /// <summary>Every device present, and for each absent kind the reason.</summary>
    public static IReadOnlyList<DeviceListing> List() => s_catalog.List();

    internal static Device Cpu => s_catalog.Cpu;

    internal static Device Get(string name) => s_catalog.Get(name);

    // ILGPU compiles kernels at run time. A program compiled ahead of time cannot: there the compiler sees that this is always
    // false and leaves ILGPU out.
    private static IGpuPlatform[] Platforms() => RuntimeFeature.IsDynamicCodeSupported
        ? [new CudaPlatform(), new OpenClPlatform(), new DebugPlatform()]
        : [new AbsentPlatform("cuda"), new AbsentPlatform("opencl")];

    private sealed class AbsentPlatform(string prefix) : IGpuPlatform
    {
        public string Prefix => prefix;

        public IReadOnlyList<GpuDeviceInfo> Find() =>
            throw new DeviceException("this program was compiled ahead of time, and GPU kernels need a compiler at run time.");

        public IGpuDriver Open(int index) => throw new InvalidOperationException("there is nothing to open.");
    }
}
