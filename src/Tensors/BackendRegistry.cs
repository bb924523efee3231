using Engine.Tensors.Cpu;

namespace Engine.Tensors;

/// <summary>The devices of this machine, in order of preference. Tests run over the same list that users choose from.</summary>
public static class BackendRegistry
{
    private static readonly Device[] s_devices = [new("cpu", new CpuBackend())];

    /// <summary>Every device that is present.</summary>
    public static IReadOnlyList<Device> Devices => s_devices;

    internal static Device Cpu => s_devices[^1];

    internal static Device Get(string name)
    {
        foreach (var device in s_devices)
        {
            if (device.Name == name) return device;
        }

        throw new ArgumentException($"Device: '{name}' is not present; this program has {string.Join(", ", s_devices.Select(d => d.Name))}.");
    }
}
