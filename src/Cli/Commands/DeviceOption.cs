using System.CommandLine;
using Engine.Tensors;

namespace Engine.Cli.Commands;

/// <summary><c>--device NAME</c>: where a command computes.</summary>
internal static class DeviceOption
{
    /// <summary>The option; the processor unless it is given.</summary>
    public static Option<string> Create() => new("--device")
    {
        HelpName = "D",
        Description = "Where to compute: cpu, opencl, opencl:1, cuda, cuda:0, or auto for the best present; engine devices lists them. cuda+tf32: large products on tensor cores, less exact; cuda+graphs: launches that repeat are queued with one call.",
        DefaultValueFactory = _ => "cpu",
    };

    /// <summary>The device called <paramref name="name"/>; never another one instead.</summary>
    /// <exception cref="CommandLineException">No such device is present; the message says why and what there is.</exception>
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
