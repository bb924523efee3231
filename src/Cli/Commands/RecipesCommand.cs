using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Engine.Cli.Reports;
using Engine.Cli.Text;
using Engine.Pipeline.Fitting.Needs;
using Engine.Pipeline.Pretrained;
using Engine.Pipeline.Recipes;

namespace Engine.Cli.Commands;

/// <summary><c>engine recipes</c>: lists the recipes, or prints one to copy and edit.</summary>
internal static class RecipesCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Session session)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "The recipe to print as JSON.",
            Arity = ArgumentArity.ZeroOrOne
        };
        var json = CommonOptions.Json();
        var limit = CommonOptions.MemoryLimit();
        var command = new ExampleCommand(
            "recipes",
            "List the recipes, or print one as JSON to copy and edit.",
            "engine recipes",
            "engine recipes svm",
            "engine recipes gtzan57-knn > mine.json")
        {
            name, json, limit,
        };
        command.SetAction(parsed =>
        {
            session.Output.Write((parsed.GetValue(name), parsed.GetValue(json)) switch
            {
                ({ } one, _) => One(RecipeCatalog.Find(one), parsed.GetValue(limit)),
                (null, true) => Json(),
                _ => Table(session.Layout),
            });
            return CommandLine.Done;
        });
        return command;
    }

    private static string One(Recipe recipe, long? memoryLimit)
    {
        recipe.RequireMemory(memoryLimit);
        return recipe.ToJson().TrimEnd() + "\n";
    }

    private static string Json() =>
        new JsonArray([.. RecipeCatalog.Names.Select(n => JsonNode.Parse(RecipeCatalog.Get(n).ToJson()))]).ToJsonString(
            JsonText.Indented) + "\n";

    private static string Table(Layout layout)
    {
        var start = new TextTable("to start with", "recipe");
        start.Add("a few hundred songs, no GPU", "svm: trained in seconds, probabilities that mean what they say");
        start.Add("the best accuracy on new artists", "logistic --set front_end.segment=10, or ensemble");
        start.Add("the best accuracy of all, after engine import", "transfer: a network that others trained listens");
        start.Add("thousands of songs, a GPU", "cnn: a network that listens to the spectrogram itself");
        start.Add("not sure", "engine compare MUSIC --recipes svm,logistic,forest --out compared");
        var table = new TextTable("recipe", "alias", ">published", "description");
        foreach (var recipe in RecipeCatalog.Names.Select(RecipeCatalog.Get))
        {
            var alias = RecipeCatalog.Aliases.FirstOrDefault(a => a.Value == recipe.Name).Key ?? "";
            table.Add(recipe.Name, alias, recipe.Published?.Accuracy?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-",
                recipe.Description);
        }

        return new ReportText(layout).Table(start).Line().Table(table).Line()
            .Paragraph("alias: a short name for the same recipe. published: the accuracy reported by its authors. "
                + "engine recipes NAME prints the whole recipe.")
            .Line().Paragraph($"Recipes with a set embedding ({Embedding()}) need the weights of pre-trained networks, which "
                + "are not part of Engine: engine import makes them from public files, and without them the recipe says which.")
            .ToString();
    }

    private static string Embedding() => string.Join(", ", RecipeCatalog.Names.Where(
        n => RecipeCatalog.Get(n).FrontEnd.Features.Parts.Any(p => p is EmbeddingFeatures)));
}
