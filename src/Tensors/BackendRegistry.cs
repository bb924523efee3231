using Engine.Tensors.Gpu.Drivers;

namespace Engine.Tensors;

/// <summary>The devices of this machine. Tests run over the same list that users choose from.</summary>
public static class BackendRegistry
{
    private static readonly DeviceCatalog s_catalog = new([new CudaPlatform(), new OpenClPlatform(), new DebugPlatform()]);

    /// <summary>Every device that is present, and for each kind that is not, why.</summary>
    public static IReadOnlyList<DeviceListing> List() => s_catalog.List();

    internal static Device Cpu => s_catalog.Cpu;

    internal static Device Get(string name) => s_catalog.Get(name);
}
