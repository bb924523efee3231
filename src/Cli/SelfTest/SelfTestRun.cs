using System.Diagnostics;
using Engine.Cli.SelfTest.Checks;
using Engine.Tensors;

namespace Engine.Cli.SelfTest;

/// <summary>Every operation of a device against plain loops in double.</summary>
internal static class SelfTestRun
{
    /// <summary>All checks, family by family.</summary>
    public static IReadOnlyList<Check> All { get; } =
    [
        .. MemoryChecks.All, .. ElementwiseChecks.All, .. MatMulChecks.All, .. Conv2dChecks.All, .. Pool2dChecks.All, .. NormChecks.All,
        .. SoftmaxChecks.All, .. ReduceChecks.All, .. LayoutChecks.All, .. DropoutChecks.All, .. UpdateChecks.All, .. RecurrentChecks.All, .. SpectralChecks.All,
    ];

    /// <summary>Runs a check; whatever goes wrong is its result and no exception.</summary>
    public static CheckResult Run(Device device, Check check)
    {
        var start = Stopwatch.GetTimestamp();
        using var scope = new TensorScope();
        var probe = new Probe(device, check);
        string? fault;
        try
        {
            check.Run(probe);
            probe.ExpectFramesIntact();
            fault = probe.Fault;
        }
#pragma warning disable CA1031 // Hardware and drivers fail in any way they like, and the other checks go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault = e.Message;
        }

        return new(check, probe.Share, Stopwatch.GetElapsedTime(start).TotalSeconds, fault);
    }
}
