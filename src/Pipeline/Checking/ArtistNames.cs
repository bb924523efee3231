using Engine.Classifiers.Evaluation.Names;

namespace Engine.Pipeline.Checking;

/// <summary>Compares names as the split <c>artists</c> does: whatever their case, Unicode form and spaces.</summary>
internal static class ArtistNames
{
    /// <summary>A name in the form in which names are compared.</summary>
    public static string Folded(string name) =>
        string.Join(' ', Nfc.Compose(name).ToUpperInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The folded names of artists, several separated by <c>;</c>.</summary>
    public static string[] Of(string? artists) =>
        [.. (artists ?? "").Split(';').Select(Folded).Where(n => n.Length > 0).Distinct()];
}
