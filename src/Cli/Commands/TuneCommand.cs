using System.CommandLine;
using Engine.Classifiers.Tuning;
using Engine.Cli.Reports;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Plots.Report;

namespace Engine.Cli.Commands;

/// <summary><c>engine tune</c>: searches for the best values of a recipe on training rows only, then trains with them.</summary>
internal static class TuneCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var data = new Argument<string>("DATA")
        {
            Description =
            "A folder with one sub-folder of recordings per genre, a manifest that names recordings, or a feature " +
                "table (.csv, .tsv)."
        };
        var recipe = new Option<string>("--recipe")
        {
            HelpName = "NAME|FILE",
            Description = "Recipe to tune; it needs a search section.",
            Required = true,
        };
        var output = new Option<string>("--out")
        {
            HelpName = "RUN",
            Description = "The run folder to create. If stopped, the same command continues where it left off.",
            Required = true,
        };
        var trials = CommonOptions.Number("--trials", "N", "Number of trials, each with one set of values.", 50, 1, 100_000);
        var method = CommonOptions.Choice(
            "--method", "How to choose the values: by a Gaussian process fitted to earlier trials, at random, or on a grid.",
            "bayes", "bayes", "random", "grid");
        var folds = CommonOptions.Number("--folds", "K", "Inner folds of the training rows that score each trial.", 5, 2, 1000);
        var split = new Option<string?>("--split")
        {
            HelpName = "S",
            Description = "The outer split, as in engine train; the test rows of its round 1 take no part in the search.",
        };
        var reading = DataOptionSet.ForTraining();
        var seed = CommonOptions.Seed();
        var device = DeviceOption.Create();
        var settings = RecipeSettings.Option();
        var json = CommonOptions.Json();
        var extraction = new WorkOptionSet();
        var command = new ExampleCommand(
            "tune",
            "Search for the best values of a recipe by cross-validation within the training rows, then train and test them.",
            "engine tune features_30_sec.csv --recipe cortis-mlp-tuned --trials 60 --split holdout:10 --out tuned",
            "engine tune features_30_sec.csv --recipe cortis-mlp-tuned --trials 60 --device cuda --out tuned",
            """engine tune gtzan/genres --recipe gtzan57-knn --set 'search=[{"path": "classifier.k", "kind": "integer", "low": 1, "high": 30}]' --method grid --trials 30 --out tuned""")
        {
            data, recipe, trials, method, folds, split, seed, device, settings, output, json,
        };
        reading.AddTo(command);
        extraction.AddTo(command);
        command.SharesWork = true;
        command.SetAction(parsed =>
        {
            var options = new TuningOptions
            {
                Data = parsed.GetRequiredValue(data),
                Reading = reading.Of(parsed),
                Recipe = RecipeSettings.Apply(RecipeCatalog.Find(parsed.GetRequiredValue(recipe)), parsed.GetValue(settings)),
                Output = parsed.GetRequiredValue(output),
                Trials = parsed.GetValue(trials),
                Method = Enum.Parse<TuningMethod>(parsed.GetValue(method)!, ignoreCase: true),
                Folds = parsed.GetValue(folds),
                Split = parsed.GetValue(split),
                Seed = parsed.GetValue(seed),
                Device = parsed.GetValue(device),
                Page = RunPage.Of,
            };
            try
            {
                var result = extraction.RunSteps(parsed, session, "tuning", "trial",
                    (extracting, done) => RecipeTuning.Run(options with { Extraction = extracting, Progress = done }));
                if (parsed.GetValue(json))
                {
                    var (record, metrics) = (result.Training.Record, result.Training.Metrics);
                    RunReport.WriteJson(session, metrics, record.Notes, record.Skipped);
                    return CommandLine.Done;
                }

                session.Output.Write(TuningReport.Of(result, session.Layout));
                session.Output.WriteLine($"run folder  {options.Output}");
                session.WriteReport(options.Output);
                return CommandLine.Done;
            }
            catch (OperationCanceledException)
            {
                session.Error.WriteLine("engine: stopped; run the same command again to continue");
                throw;
            }
        });
        return command;
    }
}
