using Engine.Classifiers;
using Engine.Pipeline.Data;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;

namespace Engine.Pipeline.Fitting;

/// <summary>Recipes for the columns that a user chooses from a table.</summary>
internal static class TableRecipe
{
    private const int MostNamed = 20;

    /// <summary>Recipes whose features are the columns chosen by the options; themselves without such a choice.</summary>
    /// <exception cref="EngineException">A recipe needs audio, or the table cannot be used.</exception>
    public static IReadOnlyList<Recipe> Of(IReadOnlyList<Recipe> recipes, string data, DataOptions options, Action<string>? warn)
    {
        if (options.Columns is null) return recipes;
        foreach (var recipe in recipes)
        {
            if (!recipe.FrontEnd.Features.HasWindows && !recipe.Classifier.NeedsGaussianRows) continue;
            throw new EngineException($"--columns: recipe {recipe.Name} needs audio, not columns of a table; choose one that "
                + "reads plain columns, such as gtzan57-svm.");
        }

        if (Directory.Exists(data) || !TableText.IsName(data))
            throw new EngineException($"{data}: is not a table ending in .csv or .tsv; leave --columns out.");
        var columns = ChosenColumns.Of(data, options, warn)!;
        return [.. recipes.Select(r => Recipe.Parse(
            With(r, new TableFeatures(columns)).ToJson(), $"recipe {r.Name} with --columns"))];
    }

    /// <summary>The same for one.</summary>
    public static Recipe Of(Recipe recipe, string data, DataOptions options, Action<string>? warn) =>
        Of([recipe], data, options, warn)[0];

    /// <summary>What a reader of the figures should know of such a recipe.</summary>
    public static string Note(Recipe recipe) => recipe.FrontEnd.Features is not TableFeatures { Columns: var columns } ? ""
        : $"in place of the recipe's features, {(columns.Count == 1 ? "a column" : $"{columns.Count} columns")} of the table: "
            + string.Join(", ", columns.Take(MostNamed)) + (columns.Count > MostNamed ? ", …" : "");

    /// <summary>A recipe with other features.</summary>
    public static Recipe With(Recipe recipe, FeatureSpec features) =>
        recipe with { FrontEnd = recipe.FrontEnd with { Features = features, Segment = null, Hop = null } };
}
