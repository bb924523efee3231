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
        Description = "Device to compute on: cpu, cuda, cuda:1, opencl, or auto for the best available; engine devices lists " +
            "them.",
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
