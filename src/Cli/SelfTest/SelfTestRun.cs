using System.Diagnostics;
using Engine.Cli.Cases;
using Engine.Tensors;

namespace Engine.Cli.SelfTest;

/// <summary>Every operation of a device against plain loops in double.</summary>
internal static class SelfTestRun
{
    /// <summary>Checks a case; whatever goes wrong is its result and no exception.</summary>
    public static CheckResult Run(Device device, OperationCase operation)
    {
        var start = Stopwatch.GetTimestamp();
        using var scope = new TensorScope();
        var probe = new Probe(device, operation);
        string? fault;
        try
        {
            operation.Body(probe);
            probe.ExpectFramesIntact();
            fault = probe.Fault;
        }
#pragma warning disable CA1031 // Hardware and drivers fail in any way they like, and the other cases go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault = e.Message;
        }

        return new(operation, probe.Share, Stopwatch.GetElapsedTime(start).TotalSeconds, fault);
    }
}
