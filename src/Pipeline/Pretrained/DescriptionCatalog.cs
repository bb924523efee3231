using System.Collections.Concurrent;
using Engine.Classifiers;

namespace Engine.Pipeline.Pretrained;

/// <summary>The networks whose descriptions are part of Engine; their weights are not.</summary>
internal static class DescriptionCatalog
{
    private const string Folder = "Engine.Pipeline.Pretrained.";

    private static readonly ConcurrentDictionary<string, NetworkDescription> s_parsed = [];

    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. typeof(DescriptionCatalog).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
        .Select(n => n[Folder.Length..^".json".Length])
        .Order(StringComparer.Ordinal)];

    /// <summary>The description of a name.</summary>
    /// <exception cref="EngineException">There is none of that name; the message lists those there are.</exception>
    public static NetworkDescription Get(string name) => s_parsed.GetOrAdd(name, Parse);

    private static NetworkDescription Parse(string name)
    {
        using var stream = typeof(DescriptionCatalog).Assembly.GetManifestResourceStream($"{Folder}{name}.json")
            ?? throw new EngineException($"network '{name}' is not known; there are {string.Join(", ", Names)}. Describe another "
                + "one in a file: --map FILE.");
        using var reader = new StreamReader(stream);
        return NetworkDescription.Parse(reader.ReadToEnd(), $"network {name}");
    }
}
