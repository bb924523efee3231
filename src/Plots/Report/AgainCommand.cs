using System.Globalization;
using System.Text;
using System.Text.Json;
using Engine.Classifiers;
using Engine.Pipeline.Data;
using Engine.Pipeline.Recipes;
using Engine.Pipeline.Runs;
using Engine.Plots.Report.Html;
using static Engine.Plots.Report.Html.Tags;

namespace Engine.Plots.Report;

/// <summary>The command that makes a run again, and what to do first where a command is not enough.</summary>
internal static class AgainCommand
{
    private const string RecipeFile = "recipe.json";

    /// <summary>The command of a run, of its search, or of its test.</summary>
    public static (string Command, string? Note) Of(FinishedRun run)
    {
        if (run.TestOf is { } tested)
            return ($"engine test {Word(tested)} {(run.IsOtherData ? Word(run.Data) + " " : "")}--report again.html", null);
        if (run.Record.Recipe.Classifier is RunsSpec runs) return (OfEnsemble(runs), null);
        return run.Search is { } search ? OfSearch(run.Record, search) : OfTraining(run.Record);
    }

    private static string OfEnsemble(RunsSpec runs)
    {
        var combine = runs.Combine is StackingSpec ? "stacked"
            : runs.Combine is AverageSpec { Weights: not null } ? "weighted" : "mean";
        return $"engine ensemble {string.Join(' ', runs.Members.Select(m => Word(m.Run)))} --combine {combine} --out again";
    }

    private static (string Command, string? Note) OfTraining(RunRecord record)
    {
        var (recipe, note) = Recipe(record.Recipe, record.Reading);
        return ($"engine train {Word(record.Data)} {recipe}{Common(record)} --out again", note);
    }

    private static (string Command, string? Note) OfSearch(RunRecord record, FinishedSearch search)
    {
        var (recipe, note) = Recipe(search.Header.Recipe, record.Reading);
        var header = search.Header;
        var trials = header.GridTrials ?? search.Trials.Count;
        var method = header.Method.ToString().ToLowerInvariant();
        return ($"engine tune {Word(record.Data)} {recipe} --trials {trials} --method {method} "
            + $"--folds {header.Folds}{Common(record)} --out again", note);
    }

    /// <summary>
    /// The command of a comparison: its recipes by name where Engine ships them as they are, else by the files it keeps.
    /// </summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="folder">Its folder.</param>
    public static string OfComparison(Comparison comparison, string folder)
    {
        string[] names = [.. comparison.Systems.Select(s => s.Name).Distinct()];
        if (!ComparisonFiles.IsOfRecipes(folder)) return $"engine compare --runs {Word(string.Join(',', names))} --out again";
        var recipes = names.Select(n => ComparisonFiles.RecipeOf(folder, n) is { } file && !IsShipped(n, file) ? file : n);
        var devices = comparison.Systems.Select(s => s.Device).Where(d => d != "cpu").Distinct().ToArray();
        return $"engine compare {Word(comparison.Data)} --recipes {Word(string.Join(',', recipes))} "
            + $"--split {Word(comparison.Split)} --seed {comparison.Seed}{Options(comparison.Reading)}"
            + (devices.Length == 1 ? $" --device {Word(devices[0])}" : "") + " --out again";
    }

    /// <summary>A command as the page shows it.</summary>
    public static Element Shown(string command) => new Element("pre", Code(command)).Class("command").With("tabindex", 0)
        .With("role", "region").With("aria-label", "The command that runs it again");

    private static string Options(DataOptions? reading) =>
        string.Concat((reading?.Given() ?? []).Select(o => $" {o.Option} {Word(o.Value)}"));

    private static bool IsShipped(string name, string file) =>
        RecipeCatalog.Names.Contains(name) && RecipeCatalog.Get(name).Equals(Pipeline.Recipes.Recipe.Load(file));

    private static string Common(RunRecord record)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $" --split {Word(record.Split)} --seed {record.Seed}");
        if (record.Device != "cpu") text.Append(" --device ").Append(Word(record.Device));
        if (record.GenresAt != GenresAt.Auto) text.Append(" --genres-at ").Append(record.GenresAt.ToString().ToLowerInvariant());
        text.Append(Options(record.Reading));
        if (record.Skipped.Count > 0) text.Append(" --on-error skip");
        return text.ToString();
    }

    // A shipped recipe by its name, with the values that were changed; any other by its file.
    private static (string Option, string? Note) Recipe(Recipe recipe, DataOptions? reading)
    {
        // With --columns the recipe's own features are beside the point.
        if (reading?.Columns is not null && RecipeCatalog.Names.Contains(recipe.Name))
            recipe = recipe with { FrontEnd = RecipeCatalog.Get(recipe.Name).FrontEnd };
        if (RecipeCatalog.Names.Contains(recipe.Name) && Settings(RecipeCatalog.Get(recipe.Name), recipe) is { } settings)
            return ($"--recipe {recipe.Name}{settings}", null);
        return ($"--recipe {RecipeFile}",
            $"The recipe is not one that Engine ships. Save what stands under \"recipe\" in {RunFolder.RecordFile} as "
                + $"{RecipeFile}.");
    }

    private static string? Settings(Recipe shipped, Recipe used)
    {
        using var document = JsonDocument.Parse(used.ToJson());
        var text = new StringBuilder();
        try
        {
            var changed = shipped;
            foreach (var (path, value) in Differences(shipped, document.RootElement))
            {
                changed = changed.With(path, value);
                text.Append(" --set ").Append(Word($"{path}={value}"));
            }

            return changed.Equals(used) ? text.ToString() : null;
        }
        catch (EngineException)
        {
            return null; // values that only fit together, such as layers that were added
        }
    }

    private static List<(string Path, string Value)> Differences(Recipe shipped, JsonElement used)
    {
        using var document = JsonDocument.Parse(shipped.ToJson());
        var differences = new List<(string, string)>();
        Compare(document.RootElement, used, "", differences);
        return differences;
    }

    private static void Compare(JsonElement before, JsonElement now, string path, List<(string, string)> differences)
    {
        if (before.ValueKind == JsonValueKind.Object && now.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in now.EnumerateObject())
            {
                var inner = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                if (before.TryGetProperty(member.Name, out var old)) Compare(old, member.Value, inner, differences);
                else differences.Add((inner, member.Value.GetRawText()));
            }
        }
        else if (before.ValueKind == JsonValueKind.Array && now.ValueKind == JsonValueKind.Array
            && before.GetArrayLength() == now.GetArrayLength())
        {
            for (var i = 0; i < now.GetArrayLength(); i++) Compare(before[i], now[i], $"{path}[{i}]", differences);
        }
        else if (before.GetRawText() != now.GetRawText())
        {
            differences.Add((path, now.ValueKind == JsonValueKind.String ? now.GetString()! : OneLine(now)));
        }
    }

    private static string OneLine(JsonElement value) => string.Join("", value.GetRawText().Split('\n').Select(l => l.Trim()));

    private static string Word(string text) => ShellWord.Of(text);
}
