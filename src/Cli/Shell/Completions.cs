using System.CommandLine;
using Engine.Pipeline.Pretrained;
using Engine.Pipeline.Recipes;

namespace Engine.Cli.Shell;

/// <summary>The values that a shell completes, beside commands and options: recipes, devices, splits and fixed choices.</summary>
internal static class Completions
{
    private static readonly string[] s_devices = ["auto", "cpu", "cuda", "ilgpu-cpu", "opencl"];
    private static readonly string[] s_splits =
        ["stratified", "holdout:10", "kfold:5", "artists", "column", "leaky-windows", "files:", "groups:", "groups-kfold:5:"];

    /// <summary>Adds them to a command and all commands below it.</summary>
    public static void AddTo(Command command)
    {
        foreach (var option in command.Options)
        {
            if (Values(option.Name, option.HelpName) is { } values) option.CompletionSources.Add(_ => values());
        }

        foreach (var argument in command.Arguments)
        {
            if (Values(argument.Name, argument.HelpName) is not { } values) continue;
            argument.CompletionSources.Add(_ => values());
            // Without one, help shows all the values in its place.
            argument.HelpName ??= argument.Name;
        }

        foreach (var inner in command.Subcommands) AddTo(inner);
    }

    private static Func<IEnumerable<System.CommandLine.Completions.CompletionItem>>? Values(string name, string? helpName)
    {
        // Recipes are listed only when asked for.
        Func<IEnumerable<string>>? values = name switch
        {
            "--recipe" or "--recipes" or "RECIPE" => () => RecipeCatalog.Names,
            "--device" => () => s_devices,
            "--split" => () => s_splits,
            "--as" => () => DescriptionCatalog.Names,
            // A choice shows its values as its placeholder: top|parent, not NAME|FILE.
            _ when helpName is not null && helpName.Contains('|') && !helpName.Any(char.IsUpper) => () => helpName.Split('|'),
            _ => null,
        };
        return values is null ? null : () => values().Select(v => new System.CommandLine.Completions.CompletionItem(v));
    }
}
