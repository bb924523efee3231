using System.CommandLine;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>--device NAME</c>: where a command computes.</summary>
internal static class DeviceOption
{
    /// <summary>The option; the default is the processor.</summary>
    public static Option<string> Create() => new("--device")
    {
        HelpName = "D",
        Description = "Device to compute on: cpu, opencl, opencl:1, cuda, cuda:0, or auto for the best available; engine " +
            "devices lists them. cuda+tf32: large matrix products run on tensor cores, less exactly; cuda+graphs: repeated " +
            "launches are queued with one call.",
        DefaultValueFactory = _ => "cpu",
    };

    /// <summary>The device called <paramref name="name"/>, never a substitute.</summary>
    /// <exception cref="CommandLineException">The device is not available; the message says why and what is.</exception>
    public static Device Resolve(string name)
    {
        try
        {
            return Device.Get(name);
        }
        catch (DeviceException e)
        {
            throw new CommandLineException(e.Message);
        }
    }
}
