using Engine.Classifiers;

namespace Engine.Pipeline.Recipes;

/// <summary>The recipes shipped with Engine.</summary>
public static class RecipeCatalog
{
    private const string Folder = "Engine.Pipeline.Recipes.Published.";

    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. typeof(RecipeCatalog).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
        .Select(n => n[Folder.Length..^".json".Length])
        .Order(StringComparer.Ordinal)];

    /// <summary>The recipe <paramref name="name"/>.</summary>
    /// <exception cref="EngineException">There is none of that name; the message lists those there are.</exception>
    public static Recipe Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        using var stream = typeof(RecipeCatalog).Assembly.GetManifestResourceStream($"{Folder}{name}.json")
            ?? throw new EngineException(
                $"recipe '{name}' is not known{Spelling.Suggest(name, Names)}; the recipes are {string.Join(", ", Names)}. A recipe of your "
                    + "own is named by its file, ending in .json.");
        using var reader = new StreamReader(stream);
        return Recipe.Parse(reader.ReadToEnd(), $"recipe {name}");
    }

    /// <summary>A shipped recipe by its name, or one from a file whose name ends in .json or holds a folder.</summary>
    /// <exception cref="EngineException">There is no such recipe, or the file is not one.</exception>
    public static Recipe Find(string nameOrFile)
    {
        ArgumentNullException.ThrowIfNull(nameOrFile);
        var isFile = nameOrFile.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            || nameOrFile != Path.GetFileName(nameOrFile)
            || (!Names.Contains(nameOrFile) && Path.Exists(nameOrFile));
        return isFile ? Recipe.Load(nameOrFile) : Get(nameOrFile);
    }
}
