using System.CommandLine;
using Engine.Pipeline.FrontEnds;
using Engine.Pipeline.Recipes;

namespace Engine.Cli.Commands;

/// <summary>The options that say what songs are compared by: <c>--set</c> and <c>--recipe</c>.</summary>
internal sealed class LikenessOptions
{
    private readonly Option<string> _set = CommonOptions.Choice("--set", "Features to compare songs by.", "gtzan57",
        [.. FeatureSpec.Named.Keys]);

    private readonly Option<string?> _recipe = new("--recipe")
    {
        HelpName = "NAME|FILE",
        Description = "Compare songs by the features of a recipe instead: one that engine recipes lists, or a JSON file.",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_set);
        command.Options.Add(_recipe);
    }

    /// <summary>Whether the user named features.</summary>
    public bool IsGiven(ParseResult parsed) =>
        parsed.GetResult(_set) is { Implicit: false } || parsed.GetValue(_recipe) is not null;

    /// <summary>The features.</summary>
    /// <exception cref="CommandLineException">Both options are given.</exception>
    public FrontEndSpec Of(ParseResult parsed)
    {
        if (parsed.GetValue(_recipe) is not { } recipe) return new(22050, FeatureSpec.Named[parsed.GetRequiredValue(_set)]);
        return parsed.GetResult(_set) is { Implicit: false }
            ? throw new CommandLineException("--set and --recipe both name features; leave one of them out.")
            : RecipeCatalog.Find(recipe).FrontEnd;
    }
}
