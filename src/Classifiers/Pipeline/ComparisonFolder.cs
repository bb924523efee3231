namespace Engine.Classifiers.Pipeline;

/// <summary>
/// The folder of a comparison: a folder for each recipe with the recipe itself, its finished rounds, and the checkpoint of the
/// round in hand.
/// </summary>
internal sealed class ComparisonFolder(string root)
{
    private const string RecipeFile = "recipe.json";

    private static readonly string[] s_tables = [ComparisonFiles.JsonFile, ComparisonFiles.CsvFile, ComparisonFiles.MarkdownFile];

    /// <summary>Checks that the folder holds nothing that is not a comparison's.</summary>
    /// <exception cref="EngineException">It does, or is a file.</exception>
    public void RequireOwn()
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        if (File.Exists(root)) throw new EngineException($"{root}: is a file; name a folder.");
        if (!Directory.Exists(root)) return;
        var strange = Directory.EnumerateFileSystemEntries(root).FirstOrDefault(e => !s_tables.Contains(Path.GetFileName(e)) && !File.Exists(Path.Combine(e, RecipeFile)));
        if (strange is not null) throw new EngineException($"{root}: holds {Path.GetFileName(strange)}, which is not of a comparison; name a new folder, or that of a comparison to go on with.");
    }

    /// <summary>
    /// The folder and the finished rounds of a recipe. If the recipe is not the one whose rounds are there, they are removed, which
    /// <paramref name="warn"/> is told.
    /// </summary>
    /// <exception cref="EngineException">The rounds there are of other data, another split or another seed, or nothing can be written.</exception>
    public (string Folder, RoundStore Rounds) Open(RoundJobs jobs, int rounds, Action<string>? warn)
    {
        var (name, text) = (jobs.Recipe.Name, jobs.Recipe.ToJson() + "\n");
        if (name.AsSpan().ContainsAny(Path.GetInvalidFileNameChars()) || name.StartsWith('.')) throw new EngineException($"compare: the recipe's name '{name}' cannot be that of a folder; give it another.");
        var folder = Path.Combine(root, name);
        var file = Path.Combine(folder, RecipeFile);
        var store = new RoundStore(folder);
        try
        {
            if (File.Exists(file) && File.ReadAllText(file) != text)
            {
                warn?.Invoke($"recipe {name} is not the one that {folder} holds rounds of; they are done again.");
                Directory.Delete(folder, recursive: true);
            }

            Directory.CreateDirectory(folder);
            if (!File.Exists(file)) RunFolder.WriteText(file, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{folder}: cannot keep the rounds of the comparison: {e.Message}", e);
        }

        var changed = Enumerable.Range(0, rounds).Select(r => store.Changed(r, jobs.Identity(r))).FirstOrDefault(c => c is not null);
        return changed is null ? (folder, store) : throw new EngineException($"{root}: the {changed} of the finished rounds there is not that of this comparison. Name another folder, or remove this one to begin anew.");
    }
}
