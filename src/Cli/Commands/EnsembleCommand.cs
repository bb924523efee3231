using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Pipeline.Runs.Ensembles;
using Engine.Plots.Report;

namespace Engine.Cli.Commands;

/// <summary><c>engine ensemble</c>: makes one run of several.</summary>
internal static class EnsembleCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var runs = new Argument<string[]>("RUN")
        {
            Description = "Run folders made by engine train on the same data, split and seed, two or more.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--out") { HelpName = "RUN", Description = "Run folder to create; must not exist yet." };
        var combine = CommonOptions.Choice("--combine",
            "Combine probabilities by track: their mean; weighted as fits held-out training tracks best; or stacked, by a " +
                "logistic regression fitted to those.", "mean", "mean", "weighted", "stacked");
        var device = DeviceOption.Create();
        var json = CommonOptions.Json();
        var extraction = new WorkOptionSet();
        var command = new ExampleCommand(
            "ensemble",
            "Combine runs of one split into a run of its own, whose model holds theirs.",
            "engine ensemble run-svm run-forest --out both",
            "engine ensemble run-svm run-forest run-knn --combine weighted --out weighted",
            "engine ensemble run-svm run-cnn --combine stacked --out stacked --json")
        {
            runs, output, combine, device, json,
        };
        extraction.AddTo(command);
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(output)
                ?? throw new CommandLineException("--out is missing: name the run folder to create.");
            var result = extraction.Run(parsed, session, "combining", work => Ensembling.Run(new EnsemblingOptions
            {
                Runs = parsed.GetRequiredValue(runs),
                Output = folder,
                Combine = Enum.Parse<RunCombination>(parsed.GetRequiredValue(combine), ignoreCase: true),
                Device = parsed.GetValue(device),
                Extraction = work,
                Page = RunPage.Of,
            }));
            if (parsed.GetValue(json))
            {
                RunReport.WriteJson(session, result.Metrics, result.Record.Notes, result.Record.Skipped);
                return CommandLine.Done;
            }

            session.Output.Write(RunReport.Of(result, session.Layout));
            session.Output.WriteLine($"run folder  {folder}");
            session.WriteReport(folder);
            return CommandLine.Done;
        });
        return command;
    }
}
