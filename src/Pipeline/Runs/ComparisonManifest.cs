using System.Text;
using Engine.Classifiers;
using Engine.Dsp;

namespace Engine.Pipeline.Runs;

/// <summary>
/// The <c>recipes.sha256</c> of a comparison: a line for each recipe whose folder belongs to the comparison, with the digest of
/// its <c>recipe.json</c> as the comparison wrote it. <c>sha256sum --check</c> reads it, too.
/// </summary>
internal sealed class ComparisonManifest(string root)
{
    public const string FileName = "recipes.sha256";

    private const string Separator = "  ", Ending = "/recipe.json";

    private readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);

    /// <summary>The manifest of a folder; null if it has none.</summary>
    /// <exception cref="EngineException">It cannot be read, or is not a manifest.</exception>
    public static ComparisonManifest? Read(string root)
    {
        var path = Path.Combine(root, FileName);
        if (!File.Exists(path)) return null;
        var manifest = new ComparisonManifest(root);
        foreach (var line in RunFolder.ReadText(path).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = line.IndexOf(Separator, StringComparison.Ordinal);
            if (at != 64 || !line.EndsWith(Ending, StringComparison.Ordinal))
            {
                throw new EngineException($"{path}: '{line}' is not a line of a comparison's recipe list; name another folder.");
            }
            manifest._digests[line[(at + Separator.Length)..^Ending.Length]] = line[..at];
        }

        return manifest;
    }

    /// <summary>The digest of a recipe; null if its folder does not belong to the comparison.</summary>
    public string? DigestOf(string name) => _digests.GetValueOrDefault(name);

    /// <summary>Adds or changes a recipe and writes the file, unless nothing changes.</summary>
    public void Write(string name, string digest)
    {
        if (DigestOf(name) == digest) return;
        _digests[name] = digest;
        var lines = new StringBuilder();
        foreach (var (recipe, of) in _digests) lines.Append(of).Append(Separator).Append(recipe).Append(Ending).Append('\n');
        AtomicFile.WriteText(Path.Combine(root, FileName), lines.ToString());
    }
}
