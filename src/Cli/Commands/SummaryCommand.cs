using System.CommandLine;
using Engine.Cli.Reports;
using Engine.Pipeline.Fitting;
using Engine.Pipeline.Recipes;

namespace Engine.Cli.Commands;

/// <summary><c>engine summary</c>: prints a recipe's network, layer by layer, and what it costs, before any training.</summary>
internal static class SummaryCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var recipe = new Argument<string>("RECIPE") { Description = "A name listed by engine recipes, or a JSON file." };
        var labels = CommonOptions.Number("--labels", "N", "Number of genres the network distinguishes.", 10, 2, 1_000_000);
        var settings = RecipeSettings.Option();
        var json = CommonOptions.Json();
        var limit = CommonOptions.MemoryLimit();
        var command = new ExampleCommand(
            "summary",
            "Print the layers of a recipe's network: shapes, parameters, multiply-adds and memory.",
            "engine summary cs464-conv2d",
            "engine summary cs464-conv2d --set classifier.layers[0].filters=32 --labels 8")
        {
            recipe, labels, settings, json, limit,
        };
        command.SetAction(parsed =>
        {
            var chosen = RecipeSettings.Apply(RecipeCatalog.Find(parsed.GetRequiredValue(recipe)), parsed.GetValue(settings));
            var summary = RecipeSummary.Of(chosen, parsed.GetValue(labels), parsed.GetValue(limit));
            session.Output.Write(parsed.GetValue(json)
                ? SummaryReport.Json(chosen, summary) : SummaryReport.Text(chosen, summary, session.Layout));
            return CommandLine.Done;
        });
        return command;
    }
}
