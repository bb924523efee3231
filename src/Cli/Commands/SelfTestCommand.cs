using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Engine.Cli.Cases;
using Engine.Cli.Reports;
using Engine.Cli.SelfTest;
using Engine.Tensors;
using Engine.Tensors.Gpu;

namespace Engine.Cli.Commands;

/// <summary><c>engine selftest</c>: checks every operation of a device against plain loops; run it on new hardware.</summary>
internal static class SelfTestCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var device = DeviceOption.Create();
        var ptx = new Option<string>("--ptx")
        {
            HelpName = "KERNEL",
            Description = "Print what a GPU kernel becomes for NVIDIA's GPUs, such as 'UnaryMap<Relu>', instead; 'list' prints " +
                "the kernels' names. No GPU is needed.",
        };
        var capability = CommonOptions.Number("--capability", "N", "Compute capability for --ptx: 80 is 8.0.", 80, 70, 90);
        var json = CommonOptions.Json();
        var verbose = new Option<bool>("--verbose")
        {
            Description = "Print every check as it finishes; the last one shows where a driver hangs.",
        };
        var between = new Option<bool>("--ranks")
        {
            Description = "Check the operations between the ranks of a job of mpirun or srun instead, and measure them.",
        };
        var command = new ExampleCommand(
            "selftest",
            "Run every operation of a device and compare the results with plain loops in double precision.",
            "engine selftest",
            "engine selftest --device cuda --verbose",
            "engine selftest --device opencl:1 --json",
            "mpirun -n 4 engine selftest --ranks")
        {
            device, ptx, capability, verbose, between, json,
        };
        command.SharesWork = true;
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(between)) return CheckRanks(session, parsed.GetValue(json));
            if (session.Ranks.Size > 1)
            {
                throw new CommandLineException("engine selftest does not share its work among ranks, but for --ranks; start it " +
                    "once, without mpirun or srun.");
            }

            if (parsed.GetValue(ptx) is { } kernel)
            {
                session.Output.Write(Ptx(kernel, parsed.GetValue(capability)));
                return CommandLine.Done;
            }

            var name = parsed.GetRequiredValue(device);
            var chosen = DeviceOption.Resolve(name);
            var results = parsed.GetValue(verbose) && !parsed.GetValue(json)
                ? PrintEach(chosen, session) : Progress.All(session, "check", CaseTable.All.Count, Checks(chosen, session));
            session.Output.Write(parsed.GetValue(json)
                ? SelfTestReport.Json(chosen, results)
                : SelfTestReport.Text(chosen, CaseTable.Families, results, session.Layout));
            return results.All(r => r.Passed) ? CommandLine.Done : CommandLine.Failed;
        });
        return command;
    }

    private static int CheckRanks(Session session, bool isJson)
    {
        if (session.Ranks.Size == 1)
            throw new CommandLineException("--ranks: there is one rank; start several: mpirun -n 4 engine selftest --ranks.");
        var hosts = session.Ranks.AllTexts(Environment.MachineName);
        RankCheckResult[] results = [.. RankCheck.Run(session.Ranks)];
        session.Output.Write(isJson ? RankReport.Json(session.Ranks, hosts, results)
            : RankReport.Text(session.Ranks, hosts, results, session.Layout));
        return results.All(r => r.Passed) ? CommandLine.Done : CommandLine.Failed;
    }

    private static IEnumerable<CheckResult> Checks(Device device, Session session)
    {
        foreach (var operation in CaseTable.All)
        {
            session.Cancel.ThrowIfCancellationRequested();
            yield return SelfTestRun.Run(device, operation);
        }
    }

    private static List<CheckResult> PrintEach(Device device, Session session)
    {
        var results = new List<CheckResult>();
        session.Output.WriteLine(SelfTestReport.Heading(CaseTable.All));
        foreach (var result in Checks(device, session))
        {
            results.Add(result);
            session.Output.WriteLine(SelfTestReport.Row(CaseTable.All, result));
            session.Output.Flush();
        }

        session.Output.WriteLine();
        return results;
    }

    // Which kernels there are is asked of the assembly, which scripts/publish.sh keeps whole.
    [UnconditionalSuppressMessage("Trimming", "IL2026",
        Justification = "Published executables keep the kernels' assembly whole.")]
    [UnconditionalSuppressMessage("AOT", "IL3050",
        Justification = "ILGPU needs the just-in-time compiler, as all of this command.")]
    private static string Ptx(string kernel, int capability)
    {
        if (kernel == "list") return string.Concat(KernelPtx.Names().Select(n => $"{n}\n"));
        if (!KernelPtx.Names().Contains(kernel))
            throw new CommandLineException($"selftest: there is no kernel '{kernel}'; --ptx list names them.");
        return KernelPtx.Of(kernel, capability);
    }
}
