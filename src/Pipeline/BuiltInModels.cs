using Engine.Classifiers;

namespace Engine.Pipeline;

/// <summary>The models embedded in this library, and their cards.</summary>
internal static class BuiltInModels
{
    private const string Folder = "Engine.Pipeline.Models.", Extension = ".safetensors";

    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. typeof(BuiltInModels).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Folder, StringComparison.Ordinal) && n.EndsWith(Extension, StringComparison.Ordinal))
        .Select(n => n[Folder.Length..^Extension.Length]).Order(StringComparer.Ordinal)];

    /// <summary>The bytes of a model's file.</summary>
    /// <exception cref="EngineException">None of that name is built in.</exception>
    public static byte[] Read(string name) => Names.Contains(name)
        ? Bytes(name + Extension)
        : throw new EngineException(
            $"model '{name}' is not built in; these are: {string.Join(", ", Names)}. GenreModel.Load reads others.");

    /// <summary>The card of a model: what it is, how good, and what not to use it for.</summary>
    public static string Card(string name) => System.Text.Encoding.UTF8.GetString(Bytes(name + ".md"));

    private static byte[] Bytes(string file)
    {
        using var stream = typeof(BuiltInModels).Assembly.GetManifestResourceStream(Folder + file)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
