using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Pipeline.Checking;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;

namespace Engine.Cli.Commands;

/// <summary><c>engine check</c>: finds what would spoil a training before it starts.</summary>
internal static class CheckCommand
{
    // The feature table that everybody has.
    private const string Recipe = "gtzan57-svm";

    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var data = new Argument<string>("DATA")
        {
            Description = "A folder with one sub-folder of recordings per genre, a manifest that names recordings, or a " +
                "feature table (.csv, .tsv), as in engine train.",
        };
        var reading = DataOptionSet.ForTraining();
        var shortest = CommonOptions.Number("--shortest", "SECONDS", "Shorter recordings are listed.",
            CheckOptions.DefaultShortest, 0.0, 86_400.0);
        var verbose = new Option<bool>("--verbose") { Description = "List every file, not the worst few of each kind." };
        var json = CommonOptions.Json();
        var threads = CommonOptions.Threads();
        var maxHours = CommonOptions.Number("--max-hours", "H", "Do not read recordings longer than this.",
            WorkOptions.DefaultMaxHours, 0.001, 10_000);
        var command = new ExampleCommand(
            "check",
            "Find what would spoil a training: unreadable, damaged, silent, short, clipped, band-limited and out-of-phase " +
                "recordings, duplicates, artists in the place of genres, tiny and unequal genres. Of a feature table: " +
                "duplicate rows, constant columns and the genres. Exit code 0: nothing found; 1: something is worth a look; 2: the data " +
                "cannot be read at all.",
            "engine check my-music",
            "engine check songs.csv --verbose",
            "engine check my-music --shortest 25 --json > findings.json",
            "engine check tracks.csv --root fma_small --where set.subset=small",
            "engine check spotify.csv --columns numeric")
        {
            data, shortest, verbose, json,
        };
        reading.AddTo(command);
        command.Options.Add(threads);
        command.Options.Add(maxHours);
        command.SetAction(parsed =>
        {
            var result = Progress.ShowRate(session, "song", "checking", progress => DataCheck.Run(parsed.GetRequiredValue(data),
                new FrontEnd(RecipeCatalog.Get(Recipe).FrontEnd), new CheckOptions
                {
                    Shortest = parsed.GetValue(shortest),
                    Reading = reading.Of(parsed),
                    Work = new WorkOptions
                    {
                        Threads = parsed.GetValue(threads),
                        MaxHours = parsed.GetValue(maxHours),
                        Progress = progress,
                        Cancellation = session.Cancel,
                    },
                }));
            if (parsed.GetValue(json)) session.WriteExactly(CheckReport.Json(result));
            else session.Output.Write(CheckReport.Of(result, parsed.GetValue(verbose), session.Layout));
            return result.Findings.Count > 0 ? CommandLine.Failed : CommandLine.Done;
        });
        return command;
    }
}
