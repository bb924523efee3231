using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Pipeline.Runs;
using Engine.Plots.Report;

namespace Engine.Cli.Commands;

/// <summary><c>engine test</c>: tests a run again, on its own held-out part or on other data.</summary>
internal static class TestCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var run = new Argument<string>("RUN") { Description = "A run folder made by engine train." };
        var data = new Argument<string?>("DATA")
        {
            Description = "Other recordings, a manifest or a feature table; tracks the model was trained on are left out. " +
                "Default: the run's own held-out part.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var reading = DataOptionSet.ForTesting();
        var device = DeviceOption.Create();
        var json = CommonOptions.Json();
        var report = new Option<string?>("--report") { HelpName = "F.html", Description = "Write a page of the test." };
        var force = CommonOptions.Force("Overwrite the page.");
        var extraction = new WorkOptionSet();
        var command = new ExampleCommand(
            "test",
            "Test a run on its own held-out data, or on other data.",
            "engine test run",
            "engine test run other/genres --json",
            "engine test run other/genres --report other.html",
            "engine test run --device auto")
        {
            run, data, device, json, report, force,
        };
        reading.AddTo(command);
        extraction.AddTo(command);
        command.SetAction(parsed =>
        {
            var page = parsed.GetValue(report);
            if (page is not null) PageFile.Check(page, parsed.GetValue(force));
            var result = extraction.Run(parsed, session, "testing", options => Testing.Run(new TestingOptions
            {
                Run = parsed.GetRequiredValue(run),
                Data = parsed.GetValue(data),
                Reading = reading.Of(parsed),
                Device = parsed.GetValue(device),
                Extraction = options,
            }));
            if (parsed.GetValue(json))
            {
                RunReport.WriteJson(session, result.Metrics, result.Notes, result.Skipped);
            }
            else
            {
                session.Output.Write(RunReport.Of(result, session.Layout));
            }

            if (page is null) return CommandLine.Done;
            var name = parsed.GetRequiredValue(run);
            PageFile.Write(page, RunPage.Of(FinishedRun.Of(name, result), Path.GetDirectoryName(Path.GetFullPath(page))!));
            if (!parsed.GetValue(json)) session.Output.WriteLine($"report      {page}");
            return CommandLine.Done;
        });
        return command;
    }
}
