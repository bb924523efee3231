using System.CommandLine;
using Engine.Classifiers.Pipeline;
using Engine.Cli.Reports;

namespace Engine.Cli.Commands;

/// <summary><c>engine train</c>: trains a recipe on a folder or feature table, tests it on the held-out part, writes a run folder.</summary>
internal static class TrainCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var data = new Argument<string>("DATA") { Description = "A folder with one sub-folder of recordings per genre, or a feature table (.csv)." };
        var recipe = new Option<string>("--recipe") { HelpName = "NAME|FILE", Description = "What to train: a name that engine recipes lists, or a JSON file.", Required = true };
        var output = new Option<string>("--out") { HelpName = "RUN", Description = "The run folder to make.", Required = true };
        var split = new Option<string?>("--split")
        {
            HelpName = "S",
            Description = "How to hold out the test part: stratified, stratified:SHARE, holdout:K, kfold:K, files:TRAIN,[VALID,]TEST, groups:FILE, or leaky-windows. Default: the recipe's.",
        };
        var seed = CommonOptions.Seed();
        var settings = RecipeSettings.Option();
        var extraction = new ExtractionOptionSet();
        var command = new ExampleCommand(
            "train",
            "Train a recipe, test it on the part held out, and write a run folder.",
            "engine train gtzan/genres --recipe gtzan57-knn --out run",
            "engine train features_30_sec.csv --recipe gtzan57-knn --split holdout:10 --seed 1 --out run10",
            "engine train gtzan/genres --recipe aiml-knn --split groups:artists.tsv --set classifier.k=9 --out run9")
        {
            data, recipe, output, split, seed, settings,
        };
        extraction.AddTo(command);
        command.SetAction(parsed =>
        {
            var folder = parsed.GetRequiredValue(output);
            RunFolder.RequireFree(folder);
            var chosen = RecipeSettings.Apply(RecipeCatalog.Find(parsed.GetRequiredValue(recipe)), parsed.GetValue(settings));
            var result = extraction.Run(parsed, session, options => Training.Run(new TrainingOptions
            {
                Data = parsed.GetRequiredValue(data),
                Recipe = chosen,
                Output = folder,
                Split = parsed.GetValue(split),
                Seed = parsed.GetValue(seed),
                Extraction = options,
            }));
            session.Output.Write(RunReport.Of(result));
            session.Output.WriteLine($"run folder  {folder}");
            return CommandLine.Done;
        });
        return command;
    }
}
