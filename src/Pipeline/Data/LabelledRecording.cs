using System.ComponentModel;
using Engine.Classifiers;
using Engine.Classifiers.Evaluation;
using Engine.Classifiers.Evaluation.Names;

namespace Engine.Pipeline.Data;

/// <summary>A recording found from a folder of genres, the folder of one genre, or its own path.</summary>
/// <param name="FullPath">Its full path.</param>
/// <param name="RelativePath">Its path below the named folder; for a file named directly, the path as named.</param>
/// <param name="Label">The name of its genre's folder.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record LabelledRecording(string FullPath, string RelativePath, string Label)
{
    /// <summary>
    /// The recordings at a path, labelled as <see cref="Dataset.Open"/> labels them; the path's own folder may be a genre, too.
    /// </summary>
    /// <exception cref="EngineException">
    /// The path does not exist, or it is not clear which folders are the genres.
    /// </exception>
    public static IReadOnlyList<LabelledRecording> List(string path, GenresAt genresAt, Action<string>? warn)
    {
        var files = Dataset.ListAudio(path, warn);
        if (!Directory.Exists(path))
        {
            var label = Folder(Path.GetDirectoryName(Path.GetFullPath(path)));
            return [.. files.Select(f => new LabelledRecording(f, f.Replace(Path.DirectorySeparatorChar, '/'), label))];
        }

        if (files.Count == 0) return [];
        string[] relative = [.. files.Select(f => Path.GetRelativePath(path, f).Replace(Path.DirectorySeparatorChar, '/'))];
        var root = Folder(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        string[][] parts = [.. relative.Select(r => $"{root}/{r}".Split('/'))];
        var places = GenreFolders.Find(path, parts, genresAt);
        return [.. files.Select((f, i) => new LabelledRecording(f, relative[i], GenreFolders.Label(parts[i][places[i]])))];
    }

    /// <summary>The track of each recording, determined for all of them together.</summary>
    public static IReadOnlyList<TrackId> Tracks(IReadOnlyList<LabelledRecording> recordings, Action<string>? warn)
    {
        var names = TrackNames.Of([.. recordings.Select(r => new NamedRow(r.FullPath, r.Label))]);
        foreach (var note in names.Notes) warn?.Invoke(note);
        return [.. names.Tracks.Select(t => t.Track)];
    }

    private static string Folder(string? path) => GenreFolders.Label(Path.GetFileName(path) ?? "");
}
