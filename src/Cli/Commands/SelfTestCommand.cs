using System.CommandLine;
using Engine.Cli.Cases;
using Engine.Cli.Reports;
using Engine.Cli.SelfTest;

namespace Engine.Cli.Commands;

/// <summary><c>engine selftest</c>: checks every operation of a device against plain loops; run it on new hardware.</summary>
internal static class SelfTestCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var device = DeviceOption.Create();
        var json = CommonOptions.Json();
        var command = new ExampleCommand(
            "selftest",
            "Run every operation of a device and compare the results with plain loops in double precision.",
            "engine selftest",
            "engine selftest --device cuda",
            "engine selftest --device opencl:1 --json")
        {
            device, json,
        };
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(device);
            if (name.Contains("+tf32", StringComparison.Ordinal))
            {
                throw new CommandLineException(
                    $"selftest: products on {name} are less exact than its budgets allow; leave +tf32 out.");
            }

            var chosen = DeviceOption.Resolve(name);
            var report = new SelfTestReport(session.Output, chosen, CaseTable.All, parsed.GetValue(json));
            foreach (var operation in CaseTable.All)
            {
                session.Cancel.ThrowIfCancellationRequested();
                report.Add(SelfTestRun.Run(chosen, operation));
            }

            return report.Finish() ? CommandLine.Done : CommandLine.Failed;
        });
        return command;
    }
}
