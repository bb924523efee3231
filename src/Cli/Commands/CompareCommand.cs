using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Plots.Report;

namespace Engine.Cli.Commands;

/// <summary><c>engine compare</c>: compares recipes over the same rounds of one split, or saved runs, with tests.</summary>
internal sealed class CompareCommand
{
    private readonly Argument<string?> _data = new("DATA")
    {
        Description = "A folder with one sub-folder of recordings per genre, a manifest that names recordings, or a feature " +
            "table (.csv, .tsv). Omit with --runs.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _recipes = new("--recipes")
    {
        HelpName = "A,B,...",
        Description = "Recipes to compare: names listed by engine recipes, or JSON files.",
    };

    private readonly Option<string?> _runs = new("--runs")
    {
        HelpName = "RUN,RUN,...",
        Description = "Compare finished runs with the same split and seed by their predictions, without training.",
    };

    private readonly Option<string?> _output = new("--out")
    {
        HelpName = "FOLDER",
        Description = "Folder for the tables and finished rounds. If stopped, the same command continues where it left off.",
    };

    private readonly Option<string> _split =
        new("--split")
        {
            HelpName = "S",
            Description = "The split, as in engine train.",
            DefaultValueFactory = _ => "holdout:10"
        };
    private readonly DataOptionSet _reading = DataOptionSet.ForTraining();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<string> _device = DeviceOption.Create();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly WorkOptionSet _extraction = new();

    private CompareCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var compare = new CompareCommand();
        var command = new ExampleCommand(
            "compare",
            "Compare recipes over the same rounds of one split, or finished runs: one table, with intervals and tests.",
            "engine compare features_30_sec.csv --recipes cortis-mlp-fixed,gtzan57-knn --out compared",
            "engine compare gtzan/genres --recipes gtzan57-knn,mine.json --split groups:artists.tsv --out by-artist",
            "engine compare gtzan/genres --recipes cs464-conv2d,cs464-svm --device cuda --out compared",
            "engine compare --runs run,run10")
        {
            compare._data, compare._recipes, compare._runs, compare._split, compare._seed, compare._device,
            compare._output, compare._json,
        };
        compare._reading.AddTo(command);
        compare._extraction.AddTo(command);
        command.SharesWork = true;
        command.SetAction(parsed => compare.Run(parsed, session));
        return command;
    }

    private int Run(ParseResult parsed, Session session)
    {
        var comparison = parsed.GetValue(_runs) is { } runs ? OfRuns(parsed, runs, session) : OfRecipes(parsed, session);
        session.Output.Write(parsed.GetValue(_json) ? comparison.ToJson() : ComparisonReport.Of(comparison, session.Layout));
        if (parsed.GetValue(_output) is { } output && !parsed.GetValue(_json))
        {
            session.Output.WriteLine($"tables      {output}");
            session.WriteReport(output);
        }

        return CommandLine.Done;
    }

    private Comparison OfRuns(ParseResult parsed, string runs, Session session)
    {
        var given = parsed.GetValue(_data) is not null
            ? _data.Name : ((Option[])[_recipes, _split, _seed, _device, .. _reading.Offered])
                .FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false })?.Name;
        if (given is not null) throw new CommandLineException($"--runs compares runs as they are; leave {given} out.");
        return Comparing.OfRuns(Names(runs), parsed.GetValue(_output), ComparisonPage.Of, session.Warn);
    }

    private Comparison OfRecipes(ParseResult parsed, Session session)
    {
        var data = parsed.GetValue(_data)
            ?? throw new CommandLineException(
                "DATA is missing: name a folder with one sub-folder of recordings per genre, a manifest or a feature table "
                    + "(.csv).");
        var recipes = Names(parsed.GetValue(_recipes) ?? throw new CommandLineException(
            "--recipes is missing: list the recipes to compare, separated by commas, or name finished runs with --runs."));
        var output = parsed.GetValue(_output)
            ?? throw new CommandLineException("--out is missing: name a folder for the tables and finished rounds.");
        var options = new ComparisonOptions
        {
            Data = data,
            Reading = _reading.Of(parsed),
            Recipes = [.. recipes.Select(RecipeCatalog.Find)],
            Output = output,
            Split = parsed.GetValue(_split)!,
            Seed = parsed.GetValue(_seed),
            Device = parsed.GetValue(_device),
            Page = ComparisonPage.Of,
        };
        try
        {
            return _extraction.RunSteps(parsed, session, "comparing", "round",
                (extraction, rounds) => Comparing.Run(options with { Extraction = extraction, Rounds = rounds }));
        }
        catch (OperationCanceledException)
        {
            session.Error.WriteLine("engine: stopped; run the same command again to continue");
            throw;
        }
    }

    private static string[] Names(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
