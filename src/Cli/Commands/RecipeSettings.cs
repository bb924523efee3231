using System.CommandLine;
using Engine.Pipeline.Recipes;

namespace Engine.Cli.Commands;

/// <summary><c>--set key=value</c>: changes individual values of a recipe.</summary>
internal static class RecipeSettings
{
    /// <summary>The option.</summary>
    public static Option<string[]> Option() => new("--set")
    {
        HelpName = "key=value",
        Description = "Change one value of the recipe, such as classifier.k=7 or classifier.layers[0].filters=8. May be "
            + "repeated.",
    };

    /// <summary>The recipe with all changes applied.</summary>
    /// <exception cref="CommandLineException">A setting is not of the form key=value.</exception>
    public static Recipe Apply(Recipe recipe, string[]? settings)
    {
        foreach (var setting in settings ?? [])
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
                throw new CommandLineException($"--set: '{setting}' is not of the form key=value, such as classifier.k=7.");
            recipe = recipe.With(setting[..equals], setting[(equals + 1)..]);
        }

        return recipe;
    }
}
