using System.CommandLine;
using Engine.Classifiers;
using Engine.Pipeline.Data;

namespace Engine.Cli.Shards;

/// <summary><c>--files-from</c>: recordings that a list names, such as another program writes.</summary>
internal static class FileList
{
    /// <summary>The option.</summary>
    public static Option<string?> Option() => new("--files-from")
    {
        HelpName = "LIST|-",
        Description = "A file that names a recording on each line, or a manifest (.csv, .tsv); - reads such lines from " +
            "standard input.",
    };

    /// <summary>The recordings that a list or a manifest names; empty for null.</summary>
    /// <exception cref="EngineException">The list cannot be read, or names nothing.</exception>
    public static IReadOnlyList<string> Recordings(string? list) => list is not null && LabelledRecording.IsManifest(list)
        ? [.. LabelledRecording.List(list, new DataOptions(), null).Select(r => r.FullPath)] : Read(list);

    /// <summary>The paths that a list names, or a manifest itself, which tells more; empty for null.</summary>
    /// <exception cref="EngineException">The list cannot be read, or names nothing.</exception>
    public static IReadOnlyList<string> Read(string? list)
    {
        if (list is null) return [];
        if (LabelledRecording.IsManifest(list)) return [list];
        string[] paths;
        try
        {
            var text = list == "-" ? new StreamReader(Console.OpenStandardInput()).ReadToEnd() : File.ReadAllText(list);
            paths = [.. text.Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Length > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"--files-from {list}: cannot be read: {e.Message}", e);
        }

        return paths.Length > 0 ? paths : throw new EngineException($"--files-from {list}: names no file.");
    }
}
