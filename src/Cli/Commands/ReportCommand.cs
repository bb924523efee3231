using System.CommandLine;
using Engine.Pipeline.Runs;
using Engine.Plots.Report;

namespace Engine.Cli.Commands;

/// <summary><c>engine report</c>: writes the page of finished runs and comparisons again, from their other files.</summary>
internal static class ReportCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var runs = new Argument<string[]>("RUN")
        {
            Description = "Folders made by engine train, tune or compare.",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--out")
        {
            HelpName = "F.html",
            Description = $"The page to write, of a single RUN. Default: {RunFolder.ReportFile} in each folder, replaced.",
        };
        var force = CommonOptions.Force("Overwrite the file named by --out.");
        var command = new ExampleCommand(
            "report",
            "Write a page about a finished run or comparison: one HTML file to open, send or print.",
            "engine report run",
            "engine report run10 compared",
            "engine report run --out run.html")
        {
            runs, output, force,
        };
        command.SetAction(parsed =>
        {
            var folders = parsed.GetRequiredValue(runs);
            var page = parsed.GetValue(output);
            if (page is not null && folders.Length > 1)
                throw new CommandLineException($"--out {page} is one page, but {folders.Length} folders are named; name one, or "
                    + "compare them: engine compare --runs RUN,RUN --out FOLDER.");
            if (page is not null) PageFile.Check(page, parsed.GetValue(force));
            foreach (var folder in folders)
            {
                var file = page ?? Path.Combine(folder, RunFolder.ReportFile);
                PageFile.Write(file, Page(folder, Path.GetDirectoryName(Path.GetFullPath(file))!));
                session.Output.WriteLine(file);
            }

            return CommandLine.Done;
        });
        return command;
    }

    private static string Page(string folder, string place) => File.Exists(Path.Combine(folder, ComparisonFiles.JsonFile))
        ? ComparisonPage.Of(ComparisonFiles.Read(folder), folder) : RunPage.Of(FinishedRun.Load(folder), place);
}
