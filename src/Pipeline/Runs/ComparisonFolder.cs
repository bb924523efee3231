using System.Security.Cryptography;
using System.Text;
using Engine.Classifiers;
using Engine.Dsp.Files;
using Engine.Dsp;

namespace Engine.Pipeline.Runs;

/// <summary>
/// The folder of a comparison: a folder for each recipe with the recipe itself, its finished rounds, and the checkpoint of the
/// current round. A manifest, written before anything else, lists what belongs to the comparison: nothing else is removed or
/// overwritten.
/// </summary>
internal sealed class ComparisonFolder(string root)
{
    /// <summary>The file of a recipe's folder that holds the recipe.</summary>
    public const string RecipeFile = "recipe.json";

    private static readonly string[] s_tables =
        [ComparisonFiles.JsonFile, ComparisonFiles.CsvFile, ComparisonFiles.MarkdownFile, RunFolder.ReportFile];

    /// <summary>Checks that the folder holds only files of a comparison.</summary>
    /// <exception cref="EngineException">It holds something else, or is a file.</exception>
    public void RequireOwn()
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        if (File.Exists(root)) throw new EngineException($"{root}: is a file; name a folder.");
        if (!Directory.Exists(root)) return;
        var manifest = ComparisonManifest.Read(root);
        var strange = Directory.EnumerateFileSystemEntries(root).Order(StringComparer.Ordinal)
            .FirstOrDefault(e => !IsOwn(e, manifest));
        if (strange is null) return;
        throw new EngineException($"{root}: holds {Path.GetFileName(strange)}, which does not belong to a comparison; name a " +
            "new folder, or that of a comparison to continue.");
    }

    /// <summary>
    /// The folder and the finished rounds of a recipe. Rounds of a recipe that has since changed are removed, with a warning to
    /// <paramref name="warn"/>.
    /// </summary>
    /// <exception cref="EngineException">
    /// The rounds there have other data, another split or another seed, the folder does not belong to the comparison, or
    /// it cannot be written.
    /// </exception>
    public (string Folder, RoundStore Rounds) Open(RoundJobs jobs, int rounds, Action<string>? warn)
    {
        var (name, text) = (jobs.Recipe.Name, jobs.Recipe.ToJson() + "\n");
        RequireName(name);
        var folder = Path.Combine(root, name);
        var store = new RoundStore(folder);
        try
        {
            Claim(folder, name, text, store, warn);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{folder}: cannot keep the rounds of the comparison: {e.Message}", e);
        }

        var changed = Enumerable.Range(0, rounds).Select(r => store.Changed(r, jobs.Identity(r)))
            .FirstOrDefault(c => c is not null);
        return changed is null ? (folder, store) : throw new EngineException(
            $"{root}: the {changed} of the finished rounds is not that of this comparison. Name another folder, or remove " +
            "this one to start over.");
    }

    // Prepares the folder for this recipe. After a kill at any step, the same call continues.
    private void Claim(string folder, string name, string text, RoundStore store, Action<string>? warn)
    {
        var file = Path.Combine(folder, RecipeFile);
        var before = File.Exists(file) ? File.ReadAllText(file) : null;
        var manifest = ComparisonManifest.Read(root) ?? new ComparisonManifest(root);
        var owned = manifest.DigestOf(name) ?? (before is not null && IsOfEarlierVersion(folder, text) ? Digest(before) : null);
        if (owned is null && Directory.Exists(folder)) throw Strange(folder, "does not belong to this comparison");
        if (before is not null && before != text && Digest(before) != owned)
        {
            throw Strange(file, "has changed since its rounds were run");
        }

        if (owned is not null && owned != Digest(text))
        {
            warn?.Invoke($"recipe {name} differs from the one whose rounds are in {folder}; they are run again.");
            store.Clear();
            RunFolder.DeleteCheckpoint(folder);
            Disk.Delete(file);
        }

        Disk.CreateFolder(root);
        manifest.Write(name, Digest(text));
        Disk.CreateFolder(folder);
        Temporary.Sweep(folder);
        Temporary.Sweep(store.Root);
        if (!File.Exists(file)) AtomicFile.WriteText(file, text);
    }

    private static EngineException Strange(string path, string what) =>
        new($"{path}: {what}; it would be lost. Move it away, or name another folder.");

    private bool IsOwn(string entry, ComparisonManifest? manifest)
    {
        var name = Path.GetFileName(entry);
        if (Temporary.IsName(name) || FolderLock.IsName(name)) return true;
        if (manifest is null) return s_tables.Contains(name) ? HasEarlierVersions() : IsOfEarlierVersion(entry, text: null);
        return name == ComparisonManifest.FileName || s_tables.Contains(name) || manifest.DigestOf(name) is not null
            || IsOfEarlierVersion(entry, text: null);
    }

    private bool HasEarlierVersions() => Directory.EnumerateDirectories(root).Any(d => IsOfEarlierVersion(d, text: null));

    // Earlier versions wrote no manifest: a folder counts as theirs if it holds finished rounds and only files they write, or
    // this very recipe.
    private static bool IsOfEarlierVersion(string folder, string? text)
    {
        if (!Directory.Exists(folder)) return false;
        var file = Path.Combine(folder, RecipeFile);
        var rounds = new RoundStore(folder).Root;
        string[] own = [RecipeFile, RunFolder.CheckpointFile, Path.GetFileName(rounds)];
        if (!File.Exists(file) || Directory.EnumerateFileSystemEntries(folder).Any(e => !own.Contains(Path.GetFileName(e))))
            return false;
        if (!Directory.Exists(rounds) || !Directory.EnumerateFileSystemEntries(rounds).Any())
            return text is null || File.ReadAllText(file) == text;
        return Directory.EnumerateFileSystemEntries(rounds).All(e => RoundStore.IsName(Path.GetFileName(e)));
    }

    private static void RequireName(string name)
    {
        string[] reserved = [.. s_tables, ComparisonManifest.FileName];
        var fits = name.Length > 0 && !name.StartsWith('.') && !name.AsSpan().ContainsAny(Path.GetInvalidFileNameChars())
            && !name.Any(char.IsControl)
            && Encoding.UTF8.GetByteCount(name) <= 255 && !reserved.Contains(name, StringComparer.OrdinalIgnoreCase);
        if (fits) return;
        var shown = name.Length <= 80 ? name : name[..80] + "...";
        throw new EngineException($"compare: the recipe name '{shown}' is not a valid folder name; choose another.");
    }

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
