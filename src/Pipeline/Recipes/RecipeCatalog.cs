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

    /// <summary>Short names, accepted wherever a recipe is named; runs and models record the recipe's own.</summary>
    public static IReadOnlyDictionary<string, string> Aliases { get; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["bayes"] = "gtzan57-bayes",
            ["cnn"] = "aiml-cnn",
            ["conv1d"] = "cs464-conv1d-mel",
            ["forest"] = "gtzan57-forest",
            ["knn"] = "gtzan57-knn",
            ["lda"] = "gtzan57-lda",
            ["logistic"] = "gtzan57-logistic",
            ["lstm"] = "cs464-lstm",
            ["mlp"] = "cortis-mlp-fixed",
            ["svm"] = "gtzan57-svm",
            ["transfer"] = "spectro-transfer",
        };

    /// <summary>The recipe of a name or alias.</summary>
    /// <exception cref="EngineException">There is none of that name; the message lists those there are.</exception>
    public static Recipe Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var known = Aliases.GetValueOrDefault(name, name);
        using var stream = typeof(RecipeCatalog).Assembly.GetManifestResourceStream($"{Folder}{known}.json")
            ?? throw new EngineException(
                $"recipe '{name}' is not known{Spelling.Suggest(name, [.. Names, .. Aliases.Keys])}; the recipes are "
                    + $"{string.Join(", ", Names)}. A recipe of your "
                    + "own is named by its file, ending in .json.");
        using var reader = new StreamReader(stream);
        return Recipe.Parse(reader.ReadToEnd(), $"recipe {known}");
    }

    /// <summary>A shipped recipe by its name or alias, or one from a file whose name ends in .json or holds a folder.</summary>
    /// <exception cref="EngineException">There is no such recipe, or the file is not one.</exception>
    public static Recipe Find(string nameOrFile)
    {
        ArgumentNullException.ThrowIfNull(nameOrFile);
        var isFile = nameOrFile.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
            || nameOrFile != Path.GetFileName(nameOrFile)
            || (!Names.Contains(nameOrFile) && !Aliases.ContainsKey(nameOrFile) && Path.Exists(nameOrFile));
        return isFile ? Recipe.Load(nameOrFile) : Get(nameOrFile);
    }
}
